"""A text as words: folded, with what stands before each, and the words that say what a name is. Linear in the text's length."""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from intake.places.spelling import from_telex, toneless
from shared.errors import Invalid
from shared.folding import folded

MOST_CHARACTERS: Final = 4000


class Gap(IntEnum):
    """What stands before a word."""

    SPACE = 0
    SOFT = 1  # a dash or a full stop: names go on over it, as in "Văn Miếu - Quốc Tử Giám"
    HARD = 2  # a comma, a bracket, a new line: no name goes on over it


class Word(NamedTuple):
    text: str  # folded, i for y
    raw: str
    gap: Gap


class Unit(IntEnum):
    """What the word before a name says it is."""

    WARD = 1
    COMMUNE = 2
    TOWN = 3  # thị trấn: former units only
    DISTRICT = 4
    CITY = 5  # thành phố, thị xã: a district of ours, Hanoi itself, or another city
    PROVINCE = 6
    OFFICE = 7  # "UBND …": a ward or commune, whichever


WARD_LEVEL: Final = frozenset({Unit.WARD, Unit.COMMUNE, Unit.TOWN, Unit.OFFICE})
_UNITS: Final = {
    **dict.fromkeys(("phuong", "p", "f", "ph", "phg", "phuog", "phuogn"), Unit.WARD),
    **dict.fromkeys(("xa", "x"), Unit.COMMUNE),
    **dict.fromkeys(("tt", "ttr", "thitran"), Unit.TOWN),
    **dict.fromkeys(("quan", "q", "huien", "h"), Unit.DISTRICT),
    **dict.fromkeys(("tp", "tx", "thixa", "thanhpho"), Unit.CITY),
    "tinh": Unit.PROVINCE,
    "ubnd": Unit.OFFICE,
}
_SPELT_UNITS: Final = frozenset({"phường", "xã", "quận", "huyện", "tỉnh"})
_TONELESS_UNITS: Final = frozenset(map(toneless, _SPELT_UNITS))
_NO_UNITS: Final = frozenset({("xa", "hoi"), ("xa", "vien"), ("xa", "giao"), ("huien", "ui"), ("quan", "ui"), ("tinh", "ui")})
_PAIRS: Final = {("thi", "tran"): Unit.TOWN, ("thi", "xa"): Unit.CITY, ("thanh", "pho"): Unit.CITY}


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What follows is a street, a hamlet, a house, a person, or something near by: no unit, whatever it is called.
BESIDE: Final = _set_of(
    "duong d pho ngo ngach hem kiet so sn nha to tdp thon xom doi khu kdt ktt kcn cho cc toa cum ap lang ql chua dinh den mieu"
    " cau ho ga bv truong thcs thpt hoc vien xe cu lo chung dai dh cd gan canh ong ba anh chi co chu bac em"
)
NEXT_TO: Final = _set_of("gan giap sat canh")
# Between commas these may stand beside a name and say no more than that somebody lives there.
POLITE: Final = _set_of("alo da o tai a nhe nha oi roi cu moi minh em toi chau con")
# A number after these is theirs; a name after it is no street.
COUNTED: Final = _set_of("to tdp thon xom doi khu tang cum ap toa phong")
SPOKEN: Final = _set_of("khong mot hai ba bon tu nam lam sau bai tam chin muoi tram linh le")
_SPELT: Final = _set_of("không một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám chín mười mươi trăm linh lẻ")
_NUMBERED: Final = _set_of("so to tdp ngo ngach hem kiet tang phong thon xom doi nha")

_TYPED: Final = re.compile(r"[wjz]|.f|aa|ee|oo|dd")  # in no Vietnamese word that is spelt out
_WORD: Final = re.compile(r"[a-z0-9]+")
_HARD: Final = re.compile(r"[,;:|()\[\]\n\r]|\s/\s")


def words_of(text: str) -> list[Word]:
    """Raises Invalid for more than MOST_CHARACTERS."""
    if len(text) > MOST_CHARACTERS:
        raise Invalid("address", f"is longer than {MOST_CHARACTERS} characters; send the address alone")
    text = unicodedata.normalize("NFC", text)
    flat = folded(text)
    found, end = [], 0
    for match in _WORD.finditer(flat):
        between = flat[end : match.start()]
        gap = (
            Gap.SPACE
            if between in {"", " "}
            else Gap.HARD
            if _HARD.search(between)
            else Gap.SOFT
            if between.strip()
            else Gap.SPACE
        )
        raw, end = text[match.start() : match.end()], match.end()
        found.append(Word(_plain(match.group()), raw, gap))
    return found


def unit_at(words: list[Word], i: int) -> tuple[Unit, int] | None:
    """The unit that the word at `i` announces, and after how many words its name begins."""
    word = words[i].text
    if i + 1 < len(words) and words[i + 1].gap < Gap.HARD and (pair := _PAIRS.get((word, words[i + 1].text))) is not None:
        return pair, 2
    unit = None if i + 1 < len(words) and (word, words[i + 1].text) in _NO_UNITS else _UNITS.get(word)
    return None if unit is None or _other_word(words[i].raw) else (unit, 1)


def spells_unit(word: Word) -> bool:
    """With its marks it is no beginning of a name: "phường Mai" is not "Phương Mai"."""
    return word.raw.lower() in _SPELT_UNITS


@lru_cache(maxsize=8192)
def _other_word(raw: str) -> bool:
    """What differs from a unit by its tone alone: "Phương", "quán"."""
    if raw.isascii() or raw.lower() in _SPELT_UNITS:
        return False
    return toneless(raw) in _TONELESS_UNITS


def numbers_in(words: list[Word]) -> list[bool]:
    """Which words are numbers, in figures or spoken: "số ba Đình Ngang" has no Ba Đình in it."""
    found = [word.text[0].isdigit() for word in words]
    for i in range(1, len(words)):
        before, word = words[i - 1].text, words[i]
        if word.text in SPOKEN and word.gap < Gap.HARD:
            after_number = found[i - 1] and before in SPOKEN
            found[i] = (before in _NUMBERED or after_number) and (word.raw.lower() in _SPELT or word.raw.isascii())
    return found


def _plain(word: str) -> str:
    """i for y; a word that no Vietnamese word looks like is read as typed without the switch."""
    if _TYPED.search(word):
        word = from_telex(word)
    return word.replace("y", "i")
