"""How a helper says what came of a visit, in whatever order, with or without marks. Text in pieces in, meaning out. Pure.

People write "xong 14", "14 vang nha", "ok em xong roi 14". What is not surely one thing is asked back, once; a "no" or a question
beside the word ("chưa xong", "xong chưa") makes it no answer at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from notify.short_numbers import number_of
from shared.events.messages import Answer

MARKED_ABSENT: Final = "vắng"  # with its mark it can only be "nobody at home"; without, "vang" is a yes as well
_LONGEST: Final = 6
_MOST: Final = 24  # longer texts tell a story, and a person has to read it


def _phrases(answer: Answer, *texts: str) -> dict[tuple[str, ...], Answer]:
    return {tuple(text.split()): answer for text in texts}


_WORDS: Final[Mapping[tuple[str, ...], Answer]] = {
    **_phrases(Answer.DONE, "xong", "da xong", "lam xong", "sua xong", "hoan thanh", "done", "finished", "fixed"),
    **_phrases(
        Answer.ABSENT, MARKED_ABSENT, f"{MARKED_ABSENT} nha", f"{MARKED_ABSENT} mat", "vang nha", "vang mat", "di vang",
        "nha vang", "vang chu", "khong co nha", "ko co nha", "khong o nha", "ko o nha", "khong co ai", "ko co ai",
        "khong co ai o nha",
        "khong ai o nha", "ko ai o nha", "khong gap", "ko gap", "khong gap ai", "ko gap ai", "khong gap duoc", "khong ai mo cua",
        "ko ai mo cua", "khong mo cua", "absent", "not home", "not at home", "nobody home", "nobody at home", "no one home",
    ),
    **_phrases(
        Answer.REFUSED, "nguoi dan tu choi", "dan tu choi", "chu nha tu choi", "ho tu choi", "bac tu choi", "ba tu choi",
        "ong tu choi", "khong can nua", "ko can nua", "khong can giup", "ko can giup", "khong can giup nua", "khong can den",
        "refused", "resident refused", "no help needed",
    ),
    **_phrases(
        Answer.WRONG_ADDRESS, "sai dia chi", "dia chi sai", "nham dia chi", "sai nha", "nham nha", "sai dc", "khong tim thay nha",
        "ko tim thay nha", "khong tim duoc nha", "khong tim thay dia chi", "ko tim thay dia chi", "dia chi khong dung",
        "khong dung dia chi", "wrong address", "cannot find it", "address not found",
    ),
    **_phrases(
        Answer.UNSAFE, "khong an toan", "ko an toan", "k an toan", "nguy hiem", "mat an toan", "unsafe", "not safe", "dangerous",
    ),
    **_phrases(
        Answer.NEEDS_OFFICE, "can co quan", "co quan", "chuyen co quan", "phai len phuong", "can len phuong", "len phuong",
        "ra phuong", "phai ra phuong", "len xa", "phai len xa", "len cong an", "phai len cong an", "ra cong an",
        "can cong an phuong", "office", "needs office", "needs an office", "need an office",
    ),
    **_phrases(
        Answer.SECOND_VISIT, "hen lai", "hen buoi khac", "hen lan sau", "can buoi nua", "them buoi nua", "them mot buoi",
        "buoi khac",
        "can den lai", "phai den lai", "quay lai sau", "second visit", "another visit", "come back", "come again",
    ),
    **_phrases(
        Answer.NEEDS_VISIT, "can den", "can den nha", "can den noi", "can den tan noi", "can den tan nha", "can nguoi den",
        "phai den", "phai den nha", "phai den tan noi", "can toi nha", "phai toi nha", "needs visit", "needs a visit",
        "need a visit", "visit needed", "somebody has to go",
    ),
    **_phrases(Answer.EN_ROUTE, "on the way", "on my way"),
    **_phrases(Answer.ON_SCENE, "arrived"),
    **_phrases(Answer.WELL, "on", "van on", "on ca", "binh thuong", "khong sao", "ko sao", "all well", "all good", "fine"),
    **_phrases(Answer.SOS, "sos", "cuu toi", "cuu em", "cuu voi", "cuu toi voi", "cuu em voi", "help me"),
}  # fmt: skip
_POLITE: Final = (
    "a ah o e ho da roi nhe nha ne day do nay vang ok oke okay okie em anh chi bac co toi minh tui chau bao cao tin la thi viec "
    "so ma job case nguoi dan ba ong cu khach chu gia dinh het luon duoc xin chao cam on loi nhan it is the at we here this was "
    "of for please sorry thanks thank you resident house"
)
_DENYING: Final = "chua khong ko k kg chang sap gan dang neu gio khi nao may muon not no yet when if"
_FILLERS: Final = frozenset(_POLITE.split())
_DENIES: Final = frozenset(_DENYING.split())


@dataclass(frozen=True, slots=True)
class Said:
    """`answer` None: it speaks of an outcome, but of which is not sure."""

    answer: Answer | None
    number: int | None


def read(plain: Sequence[str]) -> Said | None:
    """`plain`: words without marks, in lower case, but for `MARKED_ABSENT`. None: it speaks of no outcome, or denies it."""
    if tuple(plain) == ("cuu",):  # alone a cry for help; among others it may be "nghien cuu"
        return Said(Answer.SOS, None)
    found: dict[Answer, None] = {}
    numbers: list[int] = []
    others: list[str] = []
    place = 0
    while place < len(plain):
        answer, length = _longest(plain, place)
        if answer is not None:
            found[answer] = None
        elif (number := number_of(plain[place])) is not None:
            numbers.append(number)
        elif plain[place] not in _FILLERS:
            others.append(plain[place])
        place += length
    return _meant(list(found), numbers, others, long=len(plain) > _MOST)


def _meant(found: list[Answer], numbers: list[int], others: list[str], *, long: bool) -> Said | None:
    number = numbers[0] if len(set(numbers)) == 1 else None
    if Answer.SOS in found:
        return Said(Answer.SOS, number)
    if not found or long or not _DENIES.isdisjoint(others):
        return None
    if Answer.UNSAFE in found:  # said among other things it is what counts
        return Said(Answer.UNSAFE, number)
    sure = len(found) == 1 and not others and len(set(numbers)) <= 1
    return Said(found[0] if sure else None, number)


def _longest(plain: Sequence[str], place: int) -> tuple[Answer | None, int]:
    for length in range(min(_LONGEST, len(plain) - place), 0, -1):
        answer = _WORDS.get(tuple(plain[place : place + length]))
        if answer is not None:
            return answer, length
    return None, 1
