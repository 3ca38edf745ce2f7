"""An address as people write and say it → one commune, or candidates and the question that decides. Offline."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from intake.places import questions
from intake.places.areas import Areas, read_areas
from intake.places.deciding import AWAY, Decider, Evidence
from intake.places.gazetteer import Gazetteer, read_gazetteer
from intake.places.guesses import guess, guess_district, guess_within
from intake.places.index import Means, build_index
from intake.places.landmarks import read_landmarks
from intake.places.mentions import Mention, Reader
from intake.places.pins import has_link, point_in, without_links
from intake.places.resolution import Resolution, certain, open_question
from intake.places.words import WARD_LEVEL, Unit, words_of

PIN_IN_AREA: Final = 0.99
_OF_WARDS: Final = (Means.COMMUNE, Means.FORMER_UNIT)
_STREET_WORDS: Final = frozenset(["duong", "pho", "ngo", "ngach", "hem", "so", "sn"])


class Resolver:
    """`resolve` is a pure function of its text. `areas`: a deployment's own polygons."""

    def __init__(
        self, gazetteer: Gazetteer, landmarks: dict[str, tuple[str, ...]] | None = None, areas: Areas | None = None
    ) -> None:
        self._gazetteer = gazetteer
        self._areas = areas
        self._index = build_index(gazetteer, landmarks or {})
        self._decider = Decider(gazetteer)

    def resolve(self, text: str) -> Resolution:
        """Raises Invalid for a text of more than 4,000 characters, and nothing else whatever it holds."""
        words = words_of(text)
        if (point := point_in(text)) is not None:
            return self.at(*point)
        if has_link(text):
            words = words_of(without_links(text))
            if not words:
                return Resolution(None, 0.0, (), *questions.LINK_WITHOUT_POINT)
        reader = Reader(words, self._index)
        reader.read()
        return self._decider.decide(self._evidence(reader))

    def at(self, lat: float, lon: float) -> Resolution:
        """A pin: exact within a deployment's own areas, else by the nearest centre, which near a border may err."""
        communes = self._gazetteer.communes
        if self._areas is not None:
            code = self._areas.at(lat, lon)
            return self._outside() if code is None else certain(code, PIN_IN_AREA, point=(lat, lon))
        nearest = communes.two_nearest(lat, lon)
        if nearest is None:
            return self._outside()
        (first, first_m), (_, second_m) = nearest
        return certain(first.code, 0.95 - 0.2 * first_m / max(second_m, 1.0), point=(lat, lon))

    @staticmethod
    def _outside() -> Resolution:
        return open_question({}, questions.PIN_OUTSIDE)

    def _evidence(self, reader: Reader) -> Evidence:
        mentions = reader.mentions
        announced = [mention for mention in mentions if mention.unit in WARD_LEVEL]
        wards = [mention for mention in announced if not mention.near] or announced
        districts = [m for m in mentions if m.unit in {Unit.DISTRICT, Unit.CITY} and m.means(Means.DISTRICT)]
        bare = [m for m in mentions if m.unit is None and not m.beside]
        either = None
        if not districts:
            said = [mention for mention in bare if mention.means(Means.DISTRICT)]
            others = wards or [m for m in bare if m.means(*_OF_WARDS) and m not in said[-1:]]
            if said and (others or not said[-1].means(*_OF_WARDS) or self._guessed(reader, said[-1:])):
                districts = said[-1:]
            elif said:
                either = said[-1]
        if not districts and either is None:
            districts = guess_district(reader)
        names = tuple(dict.fromkeys(reading.id for mention in districts for reading in mention.means(Means.DISTRICT)))
        if names:
            wards = [self._within(reader, mention, names) for mention in wards]
        loose = [mention for mention in bare if not reader.in_hole(mention)]
        wards = wards or self._unannounced(loose, districts, names, either) or list(guess(reader, names))
        wards = wards or self._unannounced(bare, districts, names, either)
        hanoi = any(mention.means(Means.HANOI) and not mention.beside for mention in mentions)
        province = not (hanoi or names) and _province(mentions)
        return Evidence(
            wards=tuple(wards),
            districts=names,
            either=either,
            streets=tuple(mention for mention in mentions if mention.beside),
            landmarks=_landmarks(mentions),
            in_hanoi=hanoi,
            province=province,
            elsewhere=not hanoi and (_elsewhere(reader) or (province and all(mention.quality < 1 for mention in wards))),
            has_street=any(reader.numbers) or any(word.text in _STREET_WORDS for word in reader.words),
        )

    def _within(self, reader: Reader, mention: Mention, names: Sequence[str]) -> Mention:
        if any(self._decider.lies_in(reading, names) for reading in mention.means(*_OF_WARDS)):
            return mention
        guessed = guess_within(reader, mention, names)
        # A name that is known elsewhere, just as it stands: what is like it here is asked about, never taken.
        return mention if guessed is None else replace(guessed, quality=guessed.quality * AWAY)

    def _guessed(self, reader: Reader, said: Sequence[Mention]) -> bool:
        names = [reading.id for mention in said for reading in mention.means(Means.DISTRICT)]
        return bool(guess(reader, names))

    def _unannounced(
        self, bare: Sequence[Mention], districts: Sequence[Mention], names: Sequence[str], either: Mention | None
    ) -> list[Mention]:
        """The last name that lies in the district, where one is named: what stands before it is mostly the street."""
        found = [m for m in bare if m.means(*_OF_WARDS) and m is not either and m not in districts]
        if names:
            found = [m for m in found if any(self._decider.lies_in(reading, names) for reading in m.means(*_OF_WARDS))]
        return found[-1:]


def _landmarks(mentions: Sequence[Mention]) -> frozenset[str]:
    """What all of them have in common, else all."""
    found = [{reading.id for reading in m.means(Means.LANDMARK)} for m in mentions if m.means(Means.LANDMARK)]
    if not found:
        return frozenset()
    return frozenset(set.intersection(*found) or set.union(*found))


def _elsewhere(reader: Reader) -> bool:
    """Another city or province, said as such or at the end; a street is called like one often enough."""
    end = _end(reader)
    return any(m.unit is not None or m.end >= end for m in _others(reader.mentions))


def _province(mentions: Sequence[Mention]) -> bool:
    """One stands by itself: "Hải Phòng, phường Ngô Quyền". It may be a hamlet of here; and the ward may be one of there."""
    return any(mention.alone for mention in _others(mentions))


def _others(mentions: Sequence[Mention]) -> list[Mention]:
    ours = (Means.COMMUNE, Means.FORMER_UNIT, Means.DISTRICT, Means.HANOI, Means.LANDMARK)
    return [m for m in mentions if m.means(Means.PROVINCE, Means.ELSEWHERE) and not m.means(*ours) and not m.beside]


def _end(reader: Reader) -> int:
    """Where the address ends, not counting the country."""
    words = [word.text for word in reader.words]
    while words and (words[-1] in {"viet", "nam", "vn", "vietnam"} or words[-1].isdigit()):
        words.pop()
    return len(words)


@cache
def load_resolver(landmarks_file: Path | None = None, areas_file: Path | None = None) -> Resolver:
    """One a process. Raises Misconfigured for a deployment's file that does not fit."""
    gazetteer = read_gazetteer()
    landmarks = None if landmarks_file is None else read_landmarks(landmarks_file, gazetteer.communes)
    areas = None if areas_file is None else read_areas(areas_file, gazetteer.communes)
    return Resolver(gazetteer, landmarks, areas)
