"""What did this person mean? Text in, meaning out; which question it belongs to is decided in matching.py. Pure.

People type on old phones, without diacritics, with dots, capitals and politeness around the one thing that counts. Whatever is
not surely an answer is no answer: "tôi không đến được" must never become "đến".
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Final

from notify.answers import outcome_words
from notify.answers.contact_words import HelpWord, Rang, TextsWord, contact_word
from notify.answers.duty_words import DutyWord, duty_word
from notify.answers.late_words import LateWord, late_word
from notify.answers.outcome_words import MARKED_ABSENT
from notify.answers.presence_words import PresenceWord, presence_word
from notify.answers.reason_words import is_a_story, why
from notify.answers.swap_words import SwapWord, swap_word
from notify.answers.words import AFTER, BEFORE_NUMBER, BETWEEN, CLOSINGS, JOB_WORDS, NO, NO_NAME, OPENINGS, SELF, VOCATIVES, YES
from notify.short_numbers import number_of
from notify.sms_text import fold
from shared.events.messages import Answer, DeclineReason

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
_LONGEST_NAME_WORDS: Final = 4
_LONGEST_NAME: Final = 40
_LONGEST_NAMING: Final = 64
_LONGEST: Final = 320  # two parts: what is longer is a story for a person, and not read word by word
_ANSWER_AND_NUMBER: Final = 3  # "127": 1 27

_ALARMS: Final = frozenset({Answer.SOS, Answer.UNSAFE})
_NAMING: Final = re.compile(
    # No two neighbours that could share a character: what strangers write is read in one go, however odd it is.
    r"(?P<first>giao\s+(?:việc\s+|viec\s+)?)?(?P<number>\d+)[\s:,.-]+(?P<then>(?:giao\s+)?(?:cho\s+)?)"
    r"(?P<name>\w[\w.-]*(?:\s+\w[\w.-]*)*)",
    re.IGNORECASE,
)
_NAMES_ALONE: Final = frozenset({("nhan",), ("hong",), ("tra",)})
_NO_NAMES: Final = frozenset({*YES, *NO, *JOB_WORDS} - _NAMES_ALONE)
_AND: Final = frozenset({"va", "voi", "and"})
_BEFORE_A_FIGURE: Final = frozenset({"luc", "sau", "khoang", "tam", "them", "truoc", "con"})  # "sau 8": a time, not a roster's id


@dataclass(frozen=True, slots=True)
class Choice:
    """ "1", "2 27", "có", "1 27 LAN": yes or no to a question; `code` names it, `member` says who goes.

    `or_name`: after a yes it may be the name of who goes ("27 Nhân", "27 Hồng"). `reason`: of a no that gives one; `implied`: it
    is nothing but the reason ("bận rồi"), which is a no to an offer and to nothing else.
    """

    yes: bool
    code: int | None = None
    member: str | None = None
    or_name: str | None = None
    reason: DeclineReason | None = None
    implied: bool = False
    word: str = field(
        default="", compare=False
    )  # how it was said: of a job one has, "vang 14" and "tu choi 14" mean something else


@dataclass(frozen=True, slots=True)
class JobWord:
    """ "DEN 14", "DI", "DI 14 LAN": news of an accepted job; `member` says who goes."""

    answer: Answer
    number: int | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """ "27 LAN", "GIAO 27 V-12": this person, by name or code of the roster, goes to what 27 is about."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It speaks of what came of a visit, but of which outcome is not sure: "xong nhung phai hen lai"."""

    number: int | None = None


Meaning = Choice | JobWord | Naming | Unclear | HelpWord | LateWord | TextsWord | Rang | DutyWord | PresenceWord | SwapWord


def parse(text: str) -> Meaning | None:
    """None: no answer that a machine should act on."""
    if len(text) > _LONGEST:
        return None
    raw = unicodedata.normalize("NFKC", text)
    written = _TOKEN.findall(raw)
    plain = [_plain(token) for token in written]
    if not plain:
        return HelpWord() if "?" in raw else None
    naming = _naming(raw) or _polite_naming(plain, written)
    asked = contact_word(plain, written)
    if asked is not None:
        return asked
    outcome = _outcome(plain)
    short = (_implied(plain, written) if outcome is None else None) or _short(plain, written)
    if short is not None:
        return short
    if isinstance(outcome, JobWord) and outcome.answer in _ALARMS:  # no name in the world goes before a cry for help
        return outcome
    answer = presence_word(raw) or outcome or late_word(plain, written, raw) or naming
    return answer or duty_word(_without_closing(plain, written)[0]) or swap_word(raw)


def _short(plain: list[str], written: list[str]) -> Choice | JobWord | None:
    """As we ask people to answer, with politeness around it."""
    word, (plain, written) = _word(plain), _without_closing(plain, written)
    for skip in _openings(plain):
        found = _choice(plain[skip:], written[skip:]) or _job_word(plain[skip:], written[skip:])
        if isinstance(found, Choice):
            a_name = found.member is None or plain[0] in {"1", "2"} or not _outcome(plain)
            return replace(found, word=word) if a_name else None
        if found is not None:
            return found
    return None


def _implied(plain: list[str], written: list[str]) -> Choice | None:
    """A reason alone: "bận việc rồi em ơi", "không đi được 27"."""
    said = why(plain, written)
    return Choice(False, said.number, reason=said.reason, implied=True) if said else None


def _naming(text: str) -> Naming | None:
    """Without "giao" only what can be nothing but a name, or a code with a digit in it."""
    match = _NAMING.fullmatch(text.strip().rstrip(".! \t\n"))
    number = number_of(match["number"]) if match else None
    if match is None or number is None:
        return None
    name = " ".join(match["name"].split()).rstrip(".,!? ")
    words = [fold(word).lower() for word in name.split()]
    plainly = len(words) <= _LONGEST_NAME_WORDS and all(
        word.isalpha() and len(word) > 1 and word not in NO_NAME for word in words
    )
    a_code = len(words) == 1 and any(letter.isdigit() for letter in name) and any(letter.isalpha() for letter in name)
    if not words or len(name) > _LONGEST_NAMING or not (match["first"] or match["then"] or plainly or a_code):
        return None
    return Naming(number, name)


def _polite_naming(plain: list[str], written: list[str]) -> Naming | None:
    """ "dạ 27 chị Lan ạ"."""
    plain, written = _without_closing(plain, written)
    for skip in _openings(plain):
        number = number_of(plain[skip]) if len(plain) > skip else None
        if number is not None and _is_name(plain[skip + 1 :]):
            return Naming(number, " ".join(written[skip + 1 :]))
    return None


def _outcome(plain: list[str]) -> JobWord | Unclear | None:
    said = outcome_words.read(plain)
    if said is None:
        return None
    return Unclear(said.number) if said.answer is None else JobWord(said.answer, said.number)


def _plain(token: str) -> str:
    lower = token.lower()
    return lower if lower == MARKED_ABSENT else fold(lower).lower()


def _word(plain: list[str]) -> str:
    """The words alone: "vang nha", "tu choi"."""
    return " ".join(word for word in plain if word.isalpha())


def _choice(plain: list[str], written: list[str]) -> Choice | None:
    if plain and len(plain[0]) == _ANSWER_AND_NUMBER and plain[0][0] in "12" and plain[0].isdigit():
        plain, written = [plain[0][0], plain[0][1:], *plain[1:]], [written[0][0], written[0][1:], *written[1:]]
    plain, written = _number_first(plain, written)
    code_first = number_of(plain[0]) if plain else None
    if code_first is not None:
        plain, written = plain[1:], written[1:]
    yes, length = _yes_or_no(plain)
    if yes is None and code_first is not None and plain and plain[0] in SELF and tuple(plain[1:]) not in _NAMES_ALONE:
        plain, written = plain[1:], written[1:]  # "27 em không nhận"
        yes, length = _yes_or_no(plain)
    if yes is None:
        return None
    if code_first is not None and _is_name(plain) and not (plain[length:] and _is_polite(plain[length:])):
        return Choice(yes, code_first, or_name=" ".join(written))
    digit, plain, written = plain[0] == "2", plain[length:], written[length:]
    if code_first is not None:
        return _named(yes, code_first, plain, written, digit=digit)
    plain, written = _number_first(plain, written, BETWEEN)
    code = number_of(plain[0]) if plain else None
    if code is not None:
        return _named(yes, code, plain[1:], written[1:], digit=digit)
    return _bare(yes, plain, written)


def _bare(yes: bool, plain: list[str], written: list[str]) -> Choice | None:
    if _is_polite(plain) or all(word in VOCATIVES and word != "ban" for word in plain):
        return Choice(yes)
    said = None if yes else why(plain, written, after_no=True)
    return Choice(False, said.number, reason=said.reason) if said else None


def _number_first(plain: list[str], written: list[str], before: frozenset[str] = BEFORE_NUMBER) -> tuple[list[str], list[str]]:
    """ "việc 27" and, after a yes or a no, "em 27" are "27"."""
    place = next((at for at, word in enumerate(plain) if word not in before), len(plain))
    named = place < len(plain) and number_of(plain[place]) is not None
    return (plain[place:], written[place:]) if named else (plain, written)


def _named(yes: bool, code: int, plain: list[str], written: list[str], *, digit: bool) -> Choice | None:
    """What follows the code is the name of who goes, or after a no the reason; or the text is no answer at all."""
    if yes:
        polite = _is_polite(plain)
        return Choice(True, code, None if polite else " ".join(written)) if polite or _is_name(plain) else None
    said = why(plain, written, after_no=True)
    if said is not None and said.number in {None, code}:
        return Choice(False, code, reason=said.reason)
    if _is_polite(plain):
        return Choice(False, code)
    a_reason = digit and is_a_story(plain) and outcome_words.read(plain) is None
    return Choice(False, code, reason=DeclineReason.OTHER) if a_reason else None


def _is_polite(plain: list[str]) -> bool:
    """ "em nhé", "nhé anh", "em nhận": nothing more is said. "Anh" alone is somebody's name."""
    closed = not CLOSINGS.isdisjoint(plain)
    words = [word for place, word in enumerate(plain) if not (word == "nhan" and place and plain[0] in SELF)]
    return AFTER.issuperset(words) or (closed and {*AFTER, *VOCATIVES}.issuperset(words))


def _is_name(plain: list[str]) -> bool:
    """A few words, or what a roster calls somebody ("TV 01"); or two: "Lan và Minh". Who is called that, dispatch says."""
    ands = [place for place, word in enumerate(plain) if word in _AND]
    if len(ands) == 1 and 0 < ands[0] < len(plain) - 1:
        return _is_name(plain[: ands[0]]) and _is_name(plain[ands[0] + 1 :])
    if not plain or tuple(plain) in _NO_NAMES or len(plain) > _LONGEST_NAME_WORDS or len(" ".join(plain)) > _LONGEST_NAME:
        return False
    if len(plain) == 2 and plain[1].isdigit() and plain[0] not in _BEFORE_A_FIGURE:  # noqa: PLR2004 - a word and its figure
        return plain[0].isalpha() and plain[0] not in NO_NAME
    return all(word.isalpha() and word not in NO_NAME for word in plain) and len(plain[0]) > 1


def _job_word(plain: list[str], written: list[str]) -> JobWord | None:
    plain, written = _number_first(plain, written)
    if len(plain) > 1 and number_of(plain[0]) is not None:  # "14 den"
        plain, written = [*plain[1:], plain[0]], [*written[1:], written[0]]
    for length in (4, 3, 2, 1):
        answer = JOB_WORDS.get(tuple(plain[:length]))
        if answer is None:
            continue
        rest = [word for word in plain[length:] if word not in AFTER and word not in BEFORE_NUMBER]
        if not rest:
            return JobWord(answer)
        number = number_of(rest[0])
        if number is not None and len(rest) == 1:
            return JobWord(answer, number)
        return _setting_out(plain[length:], written[length:]) if answer is Answer.EN_ROUTE else None
    return None


def _setting_out(plain: list[str], written: list[str]) -> JobWord | None:
    """ "DI 14 LAN", "DI việc 14 LAN": that they go, and who."""
    if plain[0] in BEFORE_NUMBER:
        plain, written = plain[1:], written[1:]
    number = number_of(plain[0]) if plain else None
    return JobWord(Answer.EN_ROUTE, number, " ".join(written[1:])) if number is not None and _is_name(plain[1:]) else None


def _yes_or_no(plain: list[str]) -> tuple[bool | None, int]:
    for length in (4, 3, 2, 1):
        phrase = tuple(plain[:length])
        if len(phrase) == length and phrase in YES:
            return True, length
        if len(phrase) == length and phrase in NO:
            return False, length
    return None, 0


def _openings(plain: list[str]) -> list[int]:
    """How many leading words may be politeness ("dạ vâng em nhận"): none first, so that "vâng" alone stays a yes."""
    skips = [0]
    for skip in skips:
        skips += [skip + len(opening) for opening in OPENINGS if tuple(plain[skip : skip + len(opening)]) == opening]
    return skips


def _without_closing(plain: list[str], written: list[str]) -> tuple[list[str], list[str]]:
    keep = len(plain)
    while keep > 1 and plain[keep - 1] in CLOSINGS:
        keep -= 1
    return plain[:keep], written[:keep]
