"""Every way to write a name, and what it may mean. Made once at the start; looked up word by word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from intake.places.gazetteer import Gazetteer, bare
from intake.places.spelling import key_of, sound_of, toned_name
from intake.places.words import Unit
from shared.folding import folded


class Means(IntEnum):
    COMMUNE = 1
    FORMER_UNIT = 2
    DISTRICT = 3
    HANOI = 4
    PROVINCE = 5
    ELSEWHERE = 6  # a former district of another province
    LANDMARK = 7  # of the deployment's own list: a street, a market, a block of flats


class Reading(NamedTuple):
    """One thing a name may mean. `id` is a code, or a district's name; `toned` is empty where the diacritics are not known."""

    means: Means
    id: str
    toned: str = ""
    unit: Unit | None = None  # what it is itself, where that tells two of one name apart


_UNIT_OF: Final = {"Phường": Unit.WARD, "Xã": Unit.COMMUNE, "Thị": Unit.TOWN}
_SAID_OF_HANOI: Final = ("Hà Nội", "HN", "Hà Tây", "Thủ đô", "TPHN")
_SAID_OF_DISTRICTS: Final = {
    "Quận Hai Bà Trưng": ("HBT", "Hai Bà"),
    "Quận Bắc Từ Liêm": ("BTL", "Bắc TL", "Từ Liêm"),
    "Quận Nam Từ Liêm": ("NTL", "Nam TL", "Từ Liêm"),
}
# Two letters mean a district only after "quận": "TX" is a town, "HD" a contract.
SAID_AFTER_QUAN: Final = {
    "bd": "Quận Ba Đình",
    "hk": "Quận Hoàn Kiếm",
    "dd": "Quận Đống Đa",
    "cg": "Quận Cầu Giấy",
    "hm": "Quận Hoàng Mai",
    "lb": "Quận Long Biên",
    "th": "Quận Tây Hồ",
    "tx": "Quận Thanh Xuân",
    "hd": "Quận Hà Đông",
}
_SAID_OF_OTHERS: Final = ("Sài Gòn", "SG", "HCM", "TPHCM", "Hồ Chí Minh", "Huế", "Vũng Tàu", "Đắc Lắc")
_NUMERALS: Final = {"1": ("i", "mot"), "2": ("ii", "hai")}


@dataclass(frozen=True, slots=True)
class Index:
    """`keys` by `key_of`; `starts` are all beginnings of keys; `sounds` by sound; `syllables` of a key as it is written."""

    keys: Mapping[str, tuple[Reading, ...]]
    starts: frozenset[str]
    sounds: Mapping[str, tuple[str, ...]]
    single: frozenset[str]  # names of one syllable: a word like any other, unless it stands alone or after its kind
    within: Mapping[str, tuple[str, ...]]  # district → keys of what lies in it
    wards: tuple[str, ...]  # keys of communes, former units and districts
    districts: tuple[str, ...]


def build_index(gazetteer: Gazetteer, landmarks: Mapping[str, Sequence[str]]) -> Index:
    keys: dict[str, list[Reading]] = {}
    single: set[str] = set()
    within: dict[str, list[str]] = {}
    sounds: dict[str, list[str]] = {}
    for name, reading in _names(gazetteer, landmarks):
        key = key_of(name)
        if len(key) < 2:  # noqa: PLR2004 - a letter names nothing
            continue
        known = keys.setdefault(key, [])
        if reading not in known:
            known.append(reading)
        if len(name.split()) == 1 and reading.toned:  # names given up come without their spaces
            single.add(key)
        sounds.setdefault("".join(map(sound_of, _syllables(name))), []).append(key)
        for district in _lies_in(gazetteer, reading):
            within.setdefault(district, []).append(key)
    return Index(
        keys={key: tuple(readings) for key, readings in keys.items()},
        starts=frozenset(key[:end] for key in keys for end in range(1, len(key) + 1)),
        sounds={sound: tuple(dict.fromkeys(found)) for sound, found in sounds.items()},
        single=frozenset(single),
        within={district: tuple(dict.fromkeys(found)) for district, found in within.items()},
        wards=_keys_of(keys, Means.COMMUNE, Means.FORMER_UNIT, Means.DISTRICT),
        districts=_keys_of(keys, Means.DISTRICT),
    )


def _keys_of(keys: Mapping[str, Sequence[Reading]], *means: Means) -> tuple[str, ...]:
    return tuple(key for key, readings in keys.items() if any(reading.means in means for reading in readings))


def _syllables(name: str) -> list[str]:
    return [key_of(word) for word in folded(name).split() if key_of(word)]


def _names(gazetteer: Gazetteer, landmarks: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Reading]]:
    yield from _of_wards(gazetteer)
    yield from _of_cities(gazetteer)
    for said, codes in landmarks.items():
        for code in codes:
            yield said, Reading(Means.LANDMARK, code)


def _of_wards(gazetteer: Gazetteer) -> Iterator[tuple[str, Reading]]:
    for commune in gazetteer.communes:
        name = bare(commune.name)
        yield name, Reading(Means.COMMUNE, commune.code, toned_name(name), _UNIT_OF[commune.name.split()[0]])
    for unit in gazetteer.units.values():
        name, kind = bare(unit.name), _UNIT_OF[unit.name.split()[0]]
        for said in _said_of_unit(name):
            yield said, Reading(Means.FORMER_UNIT, unit.code, toned_name(said), kind)
    for key, code in gazetteer.abolished:
        kind = _UNIT_OF[gazetteer.units[code].name.split()[0]]  # what a town took in was no town
        yield key, Reading(Means.FORMER_UNIT, code, unit=None if kind is Unit.TOWN else kind)


def _of_cities(gazetteer: Gazetteer) -> Iterator[tuple[str, Reading]]:
    for district in gazetteer.districts:
        for said in (bare(district), *_SAID_OF_DISTRICTS.get(district, ())):
            yield said, Reading(Means.DISTRICT, district, toned_name(said))
    for said in _SAID_OF_HANOI:
        yield said, Reading(Means.HANOI, "")
    for said, is_province in (*gazetteer.elsewhere, *((said, True) for said in _SAID_OF_OTHERS)):
        yield said, Reading(Means.PROVINCE if is_province else Means.ELSEWHERE, said, toned_name(said))


def _said_of_unit(name: str) -> list[str]:
    """A number is said in words, and mostly left out: "Mỹ Đình 1" is said "Mỹ Đình một" or "Mỹ Đình"."""
    number = name[-1]
    if number not in _NUMERALS:
        return [name]
    stem = name[:-1].strip()
    return [name, stem, *(f"{stem} {said}" for said in _NUMERALS[number])]


def _lies_in(gazetteer: Gazetteer, reading: Reading) -> list[str]:
    if reading.means is Means.FORMER_UNIT:
        return [gazetteer.units[reading.id].district]
    if reading.means is Means.COMMUNE:
        return [district for district, codes in gazetteer.districts.items() if reading.id in codes]
    return []
