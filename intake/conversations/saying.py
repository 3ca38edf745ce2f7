"""What the machine says, before it has words: which line, with what in it. The words are in texts_vi.py and texts_en.py. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Final

from intake.conversations import texts_en, texts_vi
from intake.conversations.conversation import Draft
from intake.privacy.consent_text import TEXTS
from shared.categories import CATEGORIES
from shared.events.conversations import TalkChannel
from shared.folding import folded
from shared.geo.communes import COMMUNES
from shared.phones import parse_phone


class Line(StrEnum):
    HELLO = "hello"
    HELP = "help"
    WELCOME_BACK = "welcome_back"
    ASK_TROUBLE = "ask_trouble"
    ASK_KIND = "ask_kind"
    FRAUD = "fraud"
    TIP = "tip"
    TIP_HELPED = "tip_helped"
    TIP_GOES_ON = "tip_goes_on"
    ASK_TRIED = "ask_tried"
    ASK_PLACE = "ask_place"
    ASK_WHICH_PLACE = "ask_which_place"
    ASK_NAME = "ask_name"
    ASK_PHONE = "ask_phone"
    ASK_WHOM = "ask_whom"
    ASK_RIGHT = "ask_right"
    ASK_WHAT_WRONG = "ask_what_wrong"
    ASK_CANCEL = "ask_cancel"
    ASK_CALL = "ask_call"
    CALL_BACK = "call_back"
    NOT_UNDERSTOOD = "not_understood"
    NO_SECRETS = "no_secrets"
    WHO_WE_ARE = "who_we_are"
    WHY_WE_ASK = "why_we_ask"
    FILING = "filing"
    FILED = "filed"
    FILED_ELSEWHERE = "filed_elsewhere"
    STANDS = "stands"
    STANDS_NOWHERE = "stands_nowhere"
    NO_SUCH_CODE = "no_such_code"
    CANCELLED = "cancelled"
    CANCELLED_REQUEST = "cancelled_request"
    NOT_CANCELLED = "not_cancelled"
    DROPPED = "dropped"
    CANCEL_ASKED = "cancel_asked"
    DOOR = "door"
    DOOR_NOBODY = "door_nobody"
    DOOR_WHICH = "door_which"
    CANCEL_WHICH = "cancel_which"
    KEPT = "kept"
    THANKS = "thanks"
    REMINDER = "reminder"
    GOODBYE = "goodbye"
    FAREWELL = "farewell"
    TO_PERSON = "to_person"
    WITH_PERSON = "with_person"
    TO_PERSON_CRY = "to_person_cry"
    TO_PERSON_LOST = "to_person_lost"
    TO_PERSON_CORRECT = "to_person_correct"
    TO_PERSON_FAILED = "to_person_failed"


@dataclass(frozen=True, slots=True)
class Say:
    """`draft`: what is read back; the rest are words ready to be read."""

    line: Line
    words: Mapping[str, str] = field(default_factory=dict)
    draft: Draft | None = None


_LANGUAGES: Final[Mapping[str, ModuleType]] = {"vi": texts_vi, "en": texts_en}
# As much of what they wrote as an SMS of two parts has room for.
_ROOM_SMS: Final = {"trouble": 40, "address": 52, "name": 20, "behalf": 12}
_ROOM_CHAT: Final = {"trouble": 300, "address": 200, "name": 60, "behalf": 40}
CUT: Final = "..."  # ends the sentence, too
MOST_CHAT: Final = 2000  # of Zalo; Telegram takes more


def words_for(lines: Sequence[Say], language: str, channel: TalkChannel, *, own_number: bool) -> str:
    """One message. An SMS is short and stands on one line; a chat has room."""
    by_sms = channel is TalkChannel.SMS
    texts = _LANGUAGES.get(language, texts_vi)
    said = [_worded(one, texts, language, by_sms=by_sms, own_number=own_number) for one in lines]
    return (" " if by_sms else "\n").join(said)[:MOST_CHAT]


def _worded(say: Say, texts: ModuleType, language: str, *, by_sms: bool, own_number: bool) -> str:
    form = texts.SMS.get(say.line) if by_sms else None
    text: str = form or texts.TEXTS[say.line]
    found = dict(say.words)
    if say.draft is not None:
        found |= _of_draft(say.draft, language, texts, by_sms=by_sms, own_number=own_number)
    return text.format_map(found).replace(f"{CUT}.", CUT)


def _of_draft(draft: Draft, language: str, texts: ModuleType, *, by_sms: bool, own_number: bool) -> dict[str, str]:
    room = _ROOM_SMS if by_sms else _ROOM_CHAT
    kinds = [kind_name(key, language) for key in draft.kinds]
    communes = [commune_name(code) for code in draft.communes]
    commune = commune_name(draft.commune_code) if draft.commune_code else ""
    address = shortened(draft.address or (texts.SHARED_POINT if draft.point else ""), room["address"])
    if commune and folded(commune) not in folded(address):
        where = texts.LIES_IN.format(address=address, commune=commune) if address else commune
    else:
        where = address
    name = shortened(draft.name or "", room["name"])
    if draft.for_other:
        numbers = [] if draft.visited_phone is None else [number_text(draft.visited_phone)]
        name = texts.FOR_OTHER.format(name=name, whom=", ".join([shortened(draft.behalf or "", room["behalf"]), *numbers]))
    return {
        "trouble": shortened((draft.trouble or "").rstrip(" ."), room["trouble"]),
        "kind": kind_name(draft.category, language) if draft.category else "",
        "where": where,
        "name": name,
        "phone": number_text(draft.phone) if draft.phone else (texts.THIS_NUMBER if own_number else ""),
        "consent": f"{TEXTS[draft.consent].told(language)} " if draft.consent else "",
        "kinds": choices([*kinds, texts.ANOTHER]),
        "communes": draft.place_question or f"{texts.WHICH_WARD} {choices([*communes, texts.ANOTHER])}",
    }


def choices(names: Sequence[str]) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))


def kind_name(key: str, language: str) -> str:
    known = CATEGORIES.get(key)
    return key if known is None else known.label_en if language == "en" else known.label_vi


def commune_name(code: str) -> str:
    commune = COMMUNES.by_code(code)
    return commune.name if commune is not None else code


def number_text(e164: str) -> str:
    """As people here write it."""
    parse_phone(e164)
    return f"0{e164.removeprefix('+84')}" if e164.startswith("+84") else e164


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3].rstrip(' .,;')}{CUT}"
