"""Answers to the one question on the table. Pure; None: it was something else, and is read as whatever it says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from intake.conversations.behalf import for_whom_anew, is_for_other
from intake.conversations.conversation import Ask, Conversation, Draft, Stage
from intake.conversations.filling import corrected
from intake.conversations.heard import Heard, Intent
from intake.conversations.intents import bare_of, words_of
from intake.conversations.saying import Line, Say, commune_name
from intake.conversations.steps import Command, Facts, Step, again, asked, handed_over, lost, question
from intake.guidance.offering import Outcome, answer_of
from intake.places.gazetteer import bare


def correct(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step:
    """ "Sai rồi, địa chỉ là …" says what is right; without that it is asked what is wrong."""
    if talk.draft.is_empty and talk.code is not None and heard.category is None:  # what is filed a person puts right
        return handed_over(talk, Line.TO_PERSON_CORRECT, now)
    draft = corrected(talk.draft, heard)
    if draft != talk.draft:
        return asked(replace(talk, draft=draft, tries=0), facts, now)
    if talk.draft.is_empty:  # nothing can be wrong yet
        return asked(talk, facts, now)
    talk = replace(talk.at(Stage.LISTENING, Ask.WHAT_WRONG, now), strikes=0)
    return Step(talk, (question(talk),))


def _right(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    if heard.number == 1 or heard.intent is Intent.YES:
        begun = replace(talk.at(Stage.FILING, None, now), filings=talk.filings + 1, strikes=0)
        return Step(begun, (), Command.FILE)
    if heard.number == 2 or heard.intent is Intent.NO:  # noqa: PLR2004 - "2 sửa"
        return correct(talk, heard, facts, now)
    return None


def _what_wrong(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    number = heard.number or _part_named(heard.text)
    if number == _NUMBER and talk.draft.visited_phone is not None:  # the one that somebody else is asked on before anybody comes
        return asked(replace(talk, draft=for_whom_anew(talk.draft)), facts, now)
    if number == _NUMBER:  # also of somebody whose own we know: it may be another one that is called
        talk = replace(talk.at(Stage.LISTENING, Ask.PHONE, now), strikes=0)
        return Step(talk, (question(talk),))
    if heard.intent is Intent.YES:  # all is right after all
        return asked(talk, facts, now)
    emptied = _WRONG.get(number or 0)
    if emptied is not None:
        return asked(replace(talk, draft=emptied(talk.draft)), facts, now)
    draft = corrected(talk.draft, heard)
    return None if draft == talk.draft else asked(replace(talk, draft=draft), facts, now)


def _part_named(text: str) -> int | None:
    """ "Địa chỉ", "sai tên": one of what was asked about, in its own words."""
    met = _PARTS.fullmatch(words_of(text))
    return None if met is None or met.lastindex is None else met.lastindex


def _tried(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    """A "vâng" may say that they will try: only a clear word ends it, and whatever they tell goes on to a request."""
    outcome = answer_of(heard.text)
    if heard.secret:  # what nobody should send answers nothing
        return again(talk, now)
    if outcome is Outcome.HELPED:
        helped = replace(talk.at(Stage.IDLE, None, now), draft=Draft(), strikes=0, wants_call=False)
        return Step(helped, (Say(Line.TIP_HELPED),))
    if outcome is Outcome.NOT_HELPED or heard.intent is Intent.NO:
        return asked(talk, facts, now, Say(Line.TIP_GOES_ON))
    return again(talk, now) if heard.intent is Intent.YES else None


def _of_kinds(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    other = len(talk.draft.kinds) + 1
    number = other if heard.intent is Intent.NO else heard.number
    if number is None or number > other:
        return None
    if number == other:  # another one: they say it in other words
        return asked(replace(talk, draft=replace(talk.draft, trouble=None, kinds=())), facts, now)
    chosen = replace(talk.draft, category=talk.draft.kinds[number - 1], kinds=())
    return asked(replace(talk, draft=chosen), facts, now)


def _of_communes(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    """A question of the resolver's is answered in words, or with a yes where it names the one there is; a list by its figure; and
    each by the name of one that was named. What neither decides a person finds out."""
    communes = talk.draft.communes
    named = _named(heard.text, communes)
    number = named or heard.number
    if talk.draft.place_question is not None and named is None:
        if number is not None and len(communes) > 1:
            return lost(talk, facts, now)  # no figure says which street
        number = 1 if len(communes) == 1 and (number == 1 or heard.intent is Intent.YES) else None
    if number is not None and number <= len(communes):
        chosen = replace(talk.draft, commune_code=communes[number - 1], communes=(), place_question=None)
        return asked(replace(talk, draft=chosen), facts, now)
    if heard.number is not None or heard.intent is not None:
        left_open = replace(talk.draft, communes=(), place_question=None, place_is_open=True)
        return asked(replace(talk, draft=left_open), facts, now)
    return None


def _named(text: str, communes: Sequence[str]) -> int | None:
    """Which of them is said, and nothing else: "Giảng Võ", "ở Giảng Võ ạ"."""
    said = bare_of(text)
    names = [bare_of(bare(commune_name(code))) for code in communes]
    found = [place for place, name in enumerate(names, start=1) if re.fullmatch(_BEFORE_A_NAME + re.escape(name), said)]
    return found[0] if len(found) == 1 else None


def _for_whom(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    """With the number of whoever is to be visited it is settled, too; without one, the desk calls."""
    told, phone = is_for_other(heard.text), talk.draft.phone
    if heard.phone is not None or told or (told is None and (heard.number == 1 or heard.intent is Intent.YES)):
        own = None if phone == heard.phone else phone  # it was theirs all along
        draft = replace(talk.draft, for_other=True, visited_phone=heard.phone, phone=own)
    elif told is False or heard.number == 2 or heard.intent is Intent.NO:  # noqa: PLR2004 - "2 chính mình"
        draft = replace(talk.draft, for_other=False, visited_phone=None)
    else:
        return None
    return asked(replace(talk, draft=draft), facts, now)


def _whether_to_cancel(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    """A cancelled request does not come back: "thôi" may mean either, and is asked about."""
    cancels = heard.intent is Intent.CANCEL and heard.code in {None, talk.code}
    if heard.number == 1 or heard.intent is Intent.YES or (cancels and _says_cancel(heard.text)):
        return Step(talk.at(Stage.CANCELLING, None, now), (), Command.CANCEL_REQUEST)
    if heard.number == 2 or heard.intent is Intent.NO or _KEEP.fullmatch(bare_of(heard.text)):  # noqa: PLR2004 - "2 giữ"
        return Step(talk.at(Stage.IDLE, None, now), (Say(Line.KEPT, {"code": talk.code or ""}),))
    return lost(talk, facts, now) if cancels else None


def _says_cancel(text: str) -> bool:
    plain = words_of(text)
    return bool(_NO_NEED.search(plain) or (_CANCEL.search(plain) and not _NOT_CANCEL.search(plain)))


def _which_number(talk: Conversation, heard: Heard, facts: Facts, now: datetime) -> Step | None:
    """A number is calling.py's."""
    if heard.intent is not Intent.NO:
        return None
    talk = replace(talk, wants_call=False)
    if talk.draft.is_empty:
        return Step(talk.at(Stage.IDLE, None, now), (Say(Line.HELP),))
    return asked(talk, facts, now)


Answer = Callable[[Conversation, Heard, Facts, datetime], Step | None]
ANSWERS: Final[Mapping[Ask | None, Answer]] = {
    Ask.RIGHT: _right,
    Ask.WHAT_WRONG: _what_wrong,
    Ask.KIND: _of_kinds,
    Ask.TRIED: _tried,
    Ask.WHICH_PLACE: _of_communes,
    Ask.WHOM: _for_whom,
    Ask.CANCEL: _whether_to_cancel,
    Ask.CALL: _which_number,
}
_BEFORE_A_NAME: Final = r"(?:(?:da|la|o|thuoc|phuong|xa|p\.?|x\.?) ?)*"
_WRONG: Final[Mapping[int, Callable[[Draft], Draft]]] = {
    1: lambda draft: replace(draft, trouble=None, category=None, kinds=()),
    2: lambda draft: replace(
        draft, address=None, commune_code=None, point=None, communes=(), place_question=None, place_is_open=False
    ),
    3: lambda draft: for_whom_anew(replace(draft, name=None)),
}
_NUMBER: Final = 4
_PARTS: Final = re.compile(
    r"(?:sai |nham |cai |o |phan |the |my )*(?:(viec|viec can giup|noi dung|what i need)|(dia chi|so nha|address)"
    r"|(ten|ho ten|name)|(so dien thoai|dien thoai|sdt|so dt|phone|phone number))(?: sai| nham| roi| a| co| em)*"
)
_KEEP: Final = re.compile(
    r"(?:(?:thoi|khong|ko|vang|da|cu|van|xin|hay|muon|toi|no),? )*(?:giu|keep)"
    r"(?: (?:lai|nguyen|yeu cau|viec|phieu|it|my|request))*"
)
_NO_NEED: Final = re.compile(r"\b(?:(?:khong|ko|k) can (?:giup )?nua|duoc roi|tu (?:lam|sua|xem)|need (?:it|help))\b")
_CANCEL: Final = re.compile(r"\b(?:huy|cancel)\b")
_NOT_CANCEL: Final = re.compile(r"\b(?:(?:khong|ko|k|khoi|chua|not|don't|dont)\b.{0,15}\b(?:huy|cancel)|dung huy)\b")
