"""Why somebody says no: "bận việc", "xa quá", "ốm rồi". Words in, one of a few reasons out. Pure.

Half of these words are other words without their marks ("ban" is "you", "xa" a commune), so a marked word counts only with the
right mark, and a text counts only when nothing but reasons, politeness and one number stands in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from notify.short_numbers import number_of
from shared.events.messages import DeclineReason

_LONGEST: Final = 5
_STORY_WORDS: Final = range(5, 25)  # fewer may be a name, more a story for a person to read


def _phrases(reason: DeclineReason, *texts: str) -> dict[tuple[str, ...], DeclineReason]:
    return {tuple(text.split()): reason for text in texts}


_WORDS: Final[Mapping[tuple[str, ...], DeclineReason]] = {
    **_phrases(
        DeclineReason.BUSY, "ban", "dang ban", "ban viec", "ban viec nha", "ban hoc", "ban hop", "ban con", "ban roi",
        "dang hop",
        "hop", "dang hoc", "di hoc", "co viec", "co viec ban", "co viec rieng", "co viec nha", "co viec gia dinh",
        "co viec khac",
        "viec khac", "viec rieng", "viec nha", "viec gia dinh", "dang do viec", "do viec",
        "dang lam viec khac", "dang di lam", "khong ranh", "ko ranh", "k ranh", "chua ranh", "dang o cho lam", "ket viec",
        "khong co thoi gian", "ko co thoi gian", "het gio lam", "busy", "at work", "working", "in a meeting", "no time",
    ),
    **_phrases(
        DeclineReason.FAR, "xa", "xa qua", "qua xa", "o xa", "dang o xa", "nha xa", "duong xa", "xa lam", "hoi xa",
        "dang o que",
        "o que", "ve que", "dang ve que", "dang o tinh", "di tinh", "dang di tinh", "dang di cong tac", "di cong tac",
        "khong o ha noi", "ko o ha noi", "khong gan", "ko gan", "dang o cho khac", "far", "too far", "far away", "out of town",
    ),
    **_phrases(
        DeclineReason.SKILL, "khong biet lam", "ko biet lam", "k biet lam", "chua biet lam", "khong lam duoc", "ko lam duoc",
        "k lam duoc", "khong sua duoc", "ko sua duoc", "khong chuyen mon", "khong co chuyen mon", "khong dung chuyen mon",
        "khong ranh mang nay", "khong thao", "ko thao", "chua lam bao gio", "chua lam cai nay", "kho qua", "kho lam",
        "dont know how", "do not know how", "cannot do it", "cant do it", "not my skill",
    ),
    **_phrases(
        DeclineReason.SICK, "om", "dang om", "bi om", "om roi", "benh", "dang benh", "bi benh", "sot", "dang sot", "bi sot",
        "met",
        "met qua", "dang met", "dau", "bi dau", "dau dau", "dau bung", "dau lung", "khong khoe", "ko khoe", "k khoe",
        "nam vien",
        "dang nam vien", "di vien", "di kham", "di kham benh", "bi tai nan", "con om", "sick", "ill", "not well", "unwell",
    ),
    **_phrases(
        DeclineReason.OTHER, "hong xe", "xe hong", "khong co xe", "ko co xe", "k co xe", "het xang", "mua to", "troi mua",
        "mua qua",
        "ngap", "ngap duong", "tac duong", "ket xe", "toi qua", "khuya qua", "khuya roi", "muon roi", "muon qua", "con nho",
        "trong con", "dam cuoi", "dam ma", "nha co tang", "het ca", "ly do khac", "ly do rieng", "khong di duoc", "ko di duoc",
        "k di duoc", "khong den duoc", "ko den duoc", "k den duoc", "khong qua duoc", "ko qua duoc", "khong toi duoc",
        "ko toi duoc", "khong tien", "ko tien", "cannot come", "cant come", "cannot go",
        "cant go", "other reason",
    ),
}  # fmt: skip
# After a no of its own: "không biết làm" is "không", and then "biết làm".
_AFTER_NO: Final[Mapping[tuple[str, ...], DeclineReason]] = {
    (*phrase[1:],): reason for phrase, reason in _WORDS.items() if phrase[0] in {"khong", "ko"} and len(phrase) > 1
}
# What these words are with their right marks; any other mark makes another word of it.
_MARKED: Final[Mapping[str, frozenset[str]]] = {
    "ban": frozenset({"ban", "bận"}),
    "xa": frozenset({"xa"}),
    "hop": frozenset({"hop", "họp"}),
    "hoc": frozenset({"hoc", "học"}),
    "met": frozenset({"met", "mệt"}),
    "om": frozenset({"om", "ốm"}),
    "sot": frozenset({"sot", "sốt"}),
    "dau": frozenset({"dau", "đau"}),
    "lam": frozenset({"lam", "làm", "lắm"}),
    "toi": frozenset({"toi", "tối", "tới", "tôi"}),
    "muon": frozenset({"muon", "muộn"}),
}
_POLITE: Final = (
    "a ah da vang em anh chi bac co chu toi minh tui vi do la nen thi cho xin loi phep roi nhe nha qua lam nay hom gio luc bay "
    "hien tai thong cam tiec viec so ma sorry im i am because oi sau dang bi het nhan voi luon cung ca mai"
)
_FILLERS: Final = frozenset(_POLITE.split())
_RANK: Final = tuple(DeclineReason)  # of several the first: what says more than "other" is kept


@dataclass(frozen=True, slots=True)
class Why:
    reason: DeclineReason
    number: int | None = None


def why(plain: Sequence[str], written: Sequence[str], *, after_no: bool = False) -> Why | None:
    """`plain`: words without marks, in small letters; `written`: as they came. None: it is no reason, or not only one."""
    words = [_as_meant(*pair) for pair in zip(plain, written, strict=True)]
    if ("ban", "oi") in pairwise(words):
        return None  # "bạn ơi" without its mark: somebody is called
    found: set[DeclineReason] = set()
    numbers: set[int] = set()
    place = 0
    while place < len(words):
        reason, length = _longest(words, place, after_no=after_no and place == 0)
        if reason is not None:
            found.add(reason)
        elif (number := number_of(words[place])) is not None:
            numbers.add(number)
        elif words[place] not in _FILLERS:
            return None
        place += length
    if not found or len(numbers) > 1:
        return None
    return Why(min(found, key=_RANK.index), next(iter(numbers), None))


def is_a_story(plain: Sequence[str]) -> bool:
    """After "2 27" a whole sentence: a reason that we do not know. Digits could be another answer."""
    return len(plain) in _STORY_WORDS and all(word.isalpha() for word in plain) and _TURNS.isdisjoint(plain)


_TURNS: Final = frozenset({"nham", "nhan", "ok", "yes", "nhung", "chua", "duoc", "co", "dong"})  # the no may be none


def _as_meant(plain: str, written: str) -> str:
    right = _MARKED.get(plain)
    return plain if right is None or written.lower() in right else "\0"


def _longest(words: Sequence[str], place: int, *, after_no: bool) -> tuple[DeclineReason | None, int]:
    for length in range(min(_LONGEST, len(words) - place), 0, -1):
        phrase = tuple(words[place : place + length])
        reason = _WORDS.get(phrase) or (_AFTER_NO.get(phrase) if after_no else None)
        if reason is not None:
            return reason, length
    return None, 1
