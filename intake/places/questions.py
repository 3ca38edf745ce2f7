"""The one question that decides, as an operator or a bot asks it: polite, with the names to choose from. Words only."""

from collections.abc import Sequence
from typing import Final

from intake.places.gazetteer import FormerUnit, Gazetteer, bare, spoken
from intake.places.resolution import Question

_MOST_NAMED: Final = 4  # more cannot be kept in mind by whoever hears them

NOTHING_KNOWN: Final = Question(
    "Bác ở đường nào, phường hay xã nào của Hà Nội ạ?", "Which street, and which ward or commune of Hanoi, please?"
)
OUTSIDE: Final = Question(
    "Địa chỉ này ở ngoài Hà Nội. Bác cần hỗ trợ ở đâu tại Hà Nội ạ?",
    "This address lies outside Hanoi. Where in Hanoi is help needed?",
)
PIN_OUTSIDE: Final = Question(
    "Vị trí bác gửi ở ngoài Hà Nội. Bác cần hỗ trợ ở đường nào, phường hay xã nào ạ?",
    "The location you sent lies outside Hanoi. Which street, and which ward or commune, please?",
)
LINK_WITHOUT_POINT: Final = Question(
    "Đường dẫn này không có tọa độ. Bác gửi vị trí trực tiếp, hoặc cho biết đường và phường, xã được không ạ?",
    "This link holds no coordinates. Please send your location itself, or say the street and the ward or commune.",
)


def of_split_unit(gazetteer: Gazetteer, unit: FormerUnit, codes: Sequence[str], *, knows_street: bool) -> Question:
    """A former unit whose people went to several communes: the street decides, or whoever lives there knows."""
    vi, en = _choice(gazetteer, codes)
    was = spoken(unit.name)
    if knows_street:
        return Question(f"Địa chỉ thuộc {was} cũ nay là {vi} ạ?", f"That part of the former {unit.name} is now {en}?")
    return Question(
        f"Bác ở đường (thôn, tổ) nào của {was} cũ ạ? Nay là {vi}?",
        f"Which street (or hamlet) of the former {unit.name}? It is now {en}?",
    )


def of_namesakes(units: Sequence[FormerUnit]) -> Question:
    """Former units of one name in several districts. Streets bear the same names, and we know none of them: it may be neither."""
    districts = ", ".join(list(dict.fromkeys(spoken(unit.district) for unit in units))[:_MOST_NAMED])
    name = bare(units[0].name)
    return Question(
        f"{name} mà bác nói là ở {districts} cũ hay ở nơi khác ạ?",
        f"Is that {name} in the former {districts}, or somewhere else?",
    )


def within_district(districts: Sequence[str]) -> Question:
    vi, en = _or([spoken(district) for district in districts], "hay"), _or(districts, "or")
    return Question(
        f"Bác ở phường, xã nào của {vi} (cũ) và đường nào ạ?",
        f"Which ward or commune of (the former) {en}, and which street?",
    )


def between(gazetteer: Gazetteer, codes: Sequence[str]) -> Question:
    vi, en = _choice(gazetteer, codes)
    return Question(f"Nhà bác nay thuộc {vi} ạ?", f"Is your home now in {en}?")


def is_it(gazetteer: Gazetteer, code: str) -> Question:
    name = gazetteer.name(code)
    return Question(f"Có phải bác ở {spoken(name)} không ạ?", f"Do you mean {name}?")


def is_it_former(unit: FormerUnit) -> Question:
    return Question(
        f"Có phải bác ở {spoken(unit.name)} cũ, {spoken(unit.district)}, không ạ?",
        f"Do you mean the former {unit.name}, {unit.district}?",
    )


def _choice(gazetteer: Gazetteer, codes: Sequence[str]) -> tuple[str, str]:
    names = [gazetteer.name(code) for code in codes[:_MOST_NAMED]]
    return _or([spoken(name) for name in names], "hay"), _or(names, "or")


def _or(names: Sequence[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
