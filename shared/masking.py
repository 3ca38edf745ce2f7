"""What must never be stored or published: one-time codes, passwords, cards, citizen IDs, bank accounts. Pure.

Phone numbers stay readable: the text is sealed, and a helper has to be able to call. When in doubt a number is masked; a
dossier number lost costs a question, a card number kept costs somebody's savings. figures.py and passwords.py read,
masking_hints.py listens.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.figures import FEW_SPOKEN, Group, may_hold_number, numbers_in
from shared.folding import folded
from shared.masking_hints import HIDDEN, Hint, hints_in
from shared.no_codes import no_codes_in
from shared.passwords import asks_for_password, looks_like_password, may_name_password, passwords_in, whole_word


class Mask(StrEnum):
    """What stands in the place of a number. None of these words is itself a hint, so that masking twice changes nothing."""

    CODE = "[đã che mã]"
    CARD = "[đã che thẻ]"
    CITIZEN_ID = "[đã che giấy tờ]"
    ACCOUNT = "[đã che số]"


_NEAR: Final = 60  # characters in front in which a hint counts
_BEHIND: Final = 24  # "123456 là mã OTP"
# … and what may stand between: not "125 Láng, quên mật khẩu".
_POINTS_BACK: Final = re.compile(
    r"\W*(?:(?:la|do|day|nay|ay|chinh|thi|is|was|my|your|the|cai|moi|so|vua|cua|em|toi|bac|minh|chau)\b\W*){0,4}"
)
_NAMES_PAPERS: Final = re.compile(
    r"[\s:=-]*(?:(?:la|day|nay|thi|is|was|my|your|the|so|moi|cu|cua|cong|dan|ca|nhan|gan|chip|mang|em|toi|bac|minh|chau|me|bo|ong|ba"
    r"|anh|chi|con)\b[\s:=-]*){0,6}"
)  # … between "cccd" and its number: no end of a sentence, no comma
_BESIDE: Final = 12  # … in which it counts for three spoken figures, which may be "ba bốn năm nay"
_PHONE: Final = re.compile(
    r"0[35789]\d{8}|02\d{9}|0(?:12\d|16[2-9]|18[68]|199)\d{7}|84[35789]\d{8}|842\d{9}|840[35789]\d{8}|1[89]00(?:\d{4}|\d{6})"
)
_MOBILE: Final = re.compile(r"0[35789]\d{8}")  # ten digits; papers have 9 or 12
_SHORT_PHONE: Final = re.compile(r"[35789]\d{8}")  # lost its leading 0, as spreadsheets do
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_DATE: Final = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d(?!\d)")
_COUNTED: Final = re.compile(
    r"\W*(?:lan|nguoi|hom|ngay|thang|nam|tuan|cai|may|gio|phut|buoc|chu|so|ky tu|nay|nua|bon|dua|chiec|cuoc)\b"
)
_NINE: Final = 9
_LONGEST_NUMBER: Final = 19
_MOST_GROUPS: Final = 2 * _LONGEST_NUMBER  # some hold no figure of their own: "mươi"
_CARD: Final = range(13, 20)  # ISO/IEC 7812
_CARD_GROUPS: Final = ((4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3))  # as they are embossed, whatever the sum says
_CITIZEN_ID: Final = 12
_OLD_CITIZEN_ID: Final = 9
_MISTYPED_ID: Final = range(7, 20)  # after "cccd": one digit too many or too few is still somebody's number; a passport has 7
_ACCOUNT: Final = range(6, 20)
_LONG: Final = 10  # digits in one piece, or in spoken ones, that are no phone
_CODE: Final = range(3, 9)
_LONE_CODE: Final = range(4, 9)  # all that a message holds
_HALF_CODE: Final = 3  # … where a code was spoken of just before: "123", and then "456"
_SUM_OR_TIME: Final = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3}){0,2}[.,]000|(?:[01]?\d|2[0-3]):[0-5]\d")  # "500.000", "14:30"
_HOUSE_OR_DATE: Final = re.compile(r"\d{1,4}(?:/\d{1,4}){1,3}")  # "35/12", "2/9/1945"
_OURS: Final = frozenset({"1022", "112", "113", "114", "115"})
_WORD: Final = re.compile(r"[^\W_]+")
_LOOSE: Final = re.compile(r"pin|pass|(?:day|bon|sau|[46]) (?:chu )?so")  # hints only beside a number
_PIECE: Final = re.compile(r"[^\s,;\"'“”()\[\]]+(?<![.,:?])")
_LONGEST_PASSWORD: Final = 80  # with a polite word or two
_POLITE: Final = frozenset(
    {*("a", "da", "vang", "day", "do", "nay", "ne", "nhe", "nha", "la", "no", "ma", "oi", "here", "is", "it")}
    | {*("em", "anh", "chi", "chau", "bac", "con", "cua", "toi", "minh")}
)
_FAR_CODE: Final = range(5, 9)  # the hint stands elsewhere in the text
_DOSSIER: Final = re.compile(
    r"\b[hg]\d\d(?:\.\d+)*-\d{6}-\d{3,5}\b|(?<=\.)[hg]\d\d-\d{6}-\d{3,5}\b"
)  # "000.00.01.H26-240512-0001"

_LAT, _LON = r"(?:[89]|1\d|2[0-4])\.\d{3,15}", r"10[2-9]\.\d{3,15}"
_PIN: Final = re.compile(rf"(?<![\d.])(?:{_LAT}[,;/ ]{{1,2}}{_LON}|{_LON}[,;/ ]{{1,2}}{_LAT})(?![\d.])")  # where somebody is


@dataclass(frozen=True, slots=True)
class _Hints:
    """What the words around one run speak of. The nearest word in front says what a number is; a code is one anyway."""

    code: bool
    beside: bool  # the code's word stands right in front
    card: bool
    citizen_id: bool
    papers_named: bool  # the papers' word stands right in front
    account: bool
    bank: bool
    code_anywhere: bool


def mask(text: str) -> str:
    """The text with every number and password masked that must not be kept. Expects NFC, as the forms give it."""
    named, numbered = may_name_password(text), may_hold_number(text)
    if not named and not numbered:
        return text
    plain = folded(text)
    passwords = list(passwords_in(text, plain)) if named else []
    found = [(start, end, Mask.CODE) for start, end in passwords]
    if numbered:
        found = sorted((*found, *_numbers(text, plain, passwords)))
    if named:
        found = [(*whole_word(text, start, end), kind) if kind is Mask.CODE else (start, end, kind) for start, end, kind in found]
    pieces: list[str] = []
    done = 0
    for start, end, kind in found:
        if end <= done:  # two numbers of one word
            continue
        pieces += (text[done:start], kind)
        done = end
    return "".join((*pieces, text[done:])) if pieces else text


def _numbers(text: str, plain: str, leave: list[tuple[int, int]]) -> Iterator[tuple[int, int, Mask]]:
    """(from, to, mask); what lies in `leave` is hidden with a password, or no code."""
    words = hints_in(text, plain)
    leave = [*leave, *(match.span() for kept in (_DOSSIER, _PIN) for match in kept.finditer(plain))]
    leave += ((hint.start, hint.end) for hint in words)  # "mã 6 số"
    if words:
        leave += no_codes_in(text, plain)
    secret, code_anywhere = any(hint.kind in HIDDEN for hint in words), any(hint.kind == "code" for hint in words)
    begins = [hint.start for hint in words]
    for run in numbers_in(text, plain, secret=secret, leave=leave):
        start, end = run[0].start, run[-1].end
        near = words[bisect_left(begins, start - _NEAR) : bisect_right(begins, end + _BEHIND)]
        yield from _findings(text, plain, run, _hints(plain, near, start, end, code_anywhere=code_anywhere))


def speaks_of_code(text: str) -> bool:
    """A code or a password is named, or was masked here: what comes next may be one. A battery is a "pin", too, and a gate is
    passed."""
    plain = folded(text)
    if asks_for_password(plain):
        return True
    return any(hint.kind == "code" and not _LOOSE.fullmatch(plain, hint.start, hint.end) for hint in hints_in(text, plain))


def mask_message(text: str, *, after_code: bool = False) -> str:
    """Of a chat: what is nothing but a number, and as long as a code, is one. The word for it stands in the message before.
    `after_code`: it surely does, so half a code is hidden, too, and a word that looks like a password."""
    masked = mask(text)
    if masked != text:
        return masked
    if after_code and (span := _lone_password(text)):
        return f"{text[: span[0]]}{Mask.CODE}{text[span[1] :]}"
    if not may_hold_number(text):
        return text
    plain = folded(text)
    runs = numbers_in(text, plain, secret=True)
    if len(runs) != 1 or not set(_WORD.findall(plain[: runs[0][0].start] + " " + plain[runs[0][-1].end :])) <= _POLITE:
        return text
    start, end = runs[0][0].start, runs[0][-1].end
    number = "".join(group.digits for group in runs[0])
    is_code = _is_lone_code(text[start:end], number, after_code=after_code)
    return f"{text[:start]}{Mask.CODE}{text[end:]}" if is_code else text


def _is_lone_code(written: str, number: str, *, after_code: bool) -> bool:
    as_long = len(number) in _LONE_CODE or (after_code and len(number) == _HALF_CODE)
    if not as_long or number in _OURS or _YEAR.fullmatch(number) or _PHONE.fullmatch(number):
        return False
    doubtful = after_code and len(number) in _FAR_CODE  # a day of birth is many a password
    return not _SUM_OR_TIME.fullmatch(written) and (doubtful or not _HOUSE_OR_DATE.fullmatch(written))


def _lone_password(text: str) -> tuple[int, int] | None:
    if len(text) > _LONGEST_PASSWORD:
        return None
    words = [match for match in _PIECE.finditer(text) if folded(match[0]) not in _POLITE]
    return words[0].span() if len(words) == 1 and looks_like_password(words[0][0]) else None


def _hints(plain: str, near: list[Hint], start: int, end: int, *, code_anywhere: bool) -> _Hints:
    """`near`: those from _NEAR in front of the run to _BEHIND it, in order."""
    last = {hint.kind: hint for hint in near if hint.end <= start}
    begins = {kind: hint.start for kind, hint in last.items()}
    phone = begins.get("phone", -1)
    bank = begins.get("bank", -1) > phone
    behind = any(hint.kind == "code" and _POINTS_BACK.fullmatch(plain, end, hint.start) for hint in near)
    return _Hints(
        code="code" in last or behind,
        beside="code" in last and start - last["code"].end <= _BESIDE,
        card=begins.get("card", -1) > phone,
        citizen_id=begins.get("citizen_id", -1) > phone,
        papers_named="citizen_id" in last and _NAMES_PAPERS.fullmatch(plain, last["citizen_id"].end, start) is not None,
        account=bank or begins.get("account", -1) > phone,
        bank=bank,
        code_anywhere=code_anywhere,
    )


def _findings(text: str, plain: str, run: list[Group], hints: _Hints) -> Iterator[tuple[int, int, Mask]]:
    """(from, to, mask) for what to hide in one run, in order, never overlapping."""
    at = 0
    while at < len(run):
        if not hints.code and _DATE.match(text, run[at].start):
            at += 3
            continue
        taken, kind = _longest(plain, run[at : at + _MOST_GROUPS], hints)
        if kind is not None:
            yield run[at].start, run[at + taken - 1].end, kind
        at += taken


def _longest(plain: str, groups: list[Group], hints: _Hints) -> tuple[int, Mask | None]:
    """How many groups belong together, and what they are; (1, None) for a number that may stay."""
    number = ""
    found: tuple[int, Mask | None] = 1, None
    for count, group in enumerate(groups, start=1):
        number += group.digits
        if len(number) > _LONGEST_NUMBER and count > 1:
            break
        if _is_phone(number, hints, alone=count == len(groups)):
            return count, None  # nothing that begins with a phone number is read as something longer
        if count > 1 and _is_phone(group.digits, hints, alone=count == len(groups) and len(number) != _CITIZEN_ID):
            break  # … and none is swallowed by what stands in front of it
        kind = _kind(number, hints, groups[:count])
        if kind is Mask.CODE and _only_counts(plain, groups[:count], hints):
            kind = None
        if kind is not None:
            found = count, kind
    return found


def _only_counts(plain: str, groups: list[Group], hints: _Hints) -> bool:
    """ "Không ba bốn lần": three spoken figures that count something, or that stand far from the word for a code."""
    if len(groups) > FEW_SPOKEN or not all(group.spoken for group in groups):
        return False
    return not hints.beside or _COUNTED.match(plain, groups[-1].end) is not None


def _is_phone(number: str, hints: _Hints, *, alone: bool) -> bool:
    """`alone`: no more figures follow. A citizen ID in pieces may begin as a mobile number does."""
    if hints.bank or hints.card:
        return False  # "stk 0912345678": an account may look like a phone
    if hints.citizen_id:  # "mất căn cước. 0912345678" is whom to call, "cccd 0912345678" is a slip
        return alone and not hints.papers_named and _MOBILE.fullmatch(number) is not None
    if hints.code and len(number) in _CODE:
        return False  # "mã OTP là 18001234": a code may look like a service number
    return _PHONE.fullmatch(number) is not None or _SHORT_PHONE.fullmatch(number) is not None


def _kind(number: str, hints: _Hints, groups: list[Group]) -> Mask | None:
    length = len(number)
    embossed = tuple(len(group.digits) for group in groups) in _CARD_GROUPS
    if length in _CARD and (hints.card or embossed or _luhn(number)):
        return Mask.CARD
    if length == _CITIZEN_ID or (length == _OLD_CITIZEN_ID and hints.citizen_id):
        return Mask.CITIZEN_ID
    if _is_code(number, hints):
        return Mask.CODE
    if hints.citizen_id and length in _MISTYPED_ID:
        return Mask.CITIZEN_ID
    in_one_piece = len(groups) == 1 or all(group.spoken for group in groups)
    if ((hints.account or hints.card) and length in _ACCOUNT) or (in_one_piece and length >= _LONG):
        return Mask.ACCOUNT
    return None


def _is_code(number: str, hints: _Hints) -> bool:
    if hints.code:
        return len(number) in _CODE
    return hints.code_anywhere and len(number) in _FAR_CODE and not _YEAR.fullmatch(number[:4])


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - _NINE if value > _NINE else value
    return total % 10 == 0
