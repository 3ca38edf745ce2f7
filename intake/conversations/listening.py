"""One message becomes what it says: in any order, with and without marks. Pure but for the two data sets behind its ports.

What is masked here is kept nowhere: everything after this line works on the masked text.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from intake.conversations.behalf import behalf_in
from intake.conversations.beside_place import MOST_CUTS, cuts
from intake.conversations.conversation import Ask, Conversation
from intake.conversations.door_words import at_the_door
from intake.conversations.doubts import asks_why, doubts_us
from intake.conversations.heard import Heard, Intent, Place, Resolver, Suggester
from intake.conversations.intents import intent_of, may_be_a_name, without_correction, without_greeting, words_of
from intake.conversations.names import name_in, name_of
from intake.conversations.place_span import LOOKS_LIKE_PLACE, place_span
from intake.conversations.wishes import number_to_call, without_the_wish
from shared.categories import FRAUD
from shared.errors import Invalid
from shared.folding import folded
from shared.masking import Mask, mask_message, speaks_of_code
from shared.phones import WRITTEN, parse_phone
from shared.security.codes import normalise_code

LONGEST: Final = 2000  # of a message, and of what a request says
LONGEST_ADDRESS: Final = 300
SURE_OF_PLACE: Final = 0.75  # of a commune that nobody was asked for
SURE_WHEN_ASKED: Final = 0.55
SURE_OF_KIND: Final = 0.5
MOST_CHOICES: Final = 3

_UNSHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")
_MASKED: Final = re.compile("|".join(re.escape(one.value) for one in Mask))
# A secret, and the words that led to it: none of it is a name, a place or a trouble.
_SECRET: Final = re.compile(
    r"(?:\b(?:ma|otp|so|the|mat|khau|password|pass|pin|cvv|cvc|can|cuoc|cccd|cmnd|cmt|cong|dan|tai|khoan|xac|thuc|nhan|cua|toi|em|chau"
    r"|bac|minh|la|day|nay|mk|atm|code|my|is|card|number)\b[\s:=]*)*"
    f"(?:{'|'.join(re.escape(folded(one.value)) for one in Mask)})"
)
_CHOICE: Final = re.compile(r"(?:so |viec |cau |y )?([1-9])[.)]?")
_CODE: Final = re.compile(r"\btr[\s.\-–_]?([0-9a-z]{4})[\s.\-–_]?([0-9a-z]{4})\b", re.IGNORECASE)
_PHONE_LEAD: Final = re.compile(
    r"(?:so (?:dien thoai|dt|may)|sdt|dien thoai|dt|goi (?:toi|em)?|so|phone(?: number)?|call me(?: at| on)?)\s*(?:la|is|:)?\s*$"
)
_POINT: Final = re.compile(r"Vị trí / location: (-?\d{1,3}\.\d+), (-?\d{1,3}\.\d+)")
_FEW_WORDS: Final = 3
_HAPPENED: Final = re.compile(
    r"\b(?:bi|roi|khong|ko|chua|muon|duoc|tien)\b|\b(?:toi|em|bac|chau|con|minh) (?:can|dang|da|nho|vua)\b"
)
_ENGLISH: Final = frozenset({
    "the", "my", "is", "are", "am", "i", "a", "an", "to", "can", "cannot", "help", "please", "with", "not", "and",
    "need", "want", "how", "what", "where", "hello", "hi", "have", "has", "does", "do", "it", "in", "me", "you",
    "your", "for", "of", "this", "that", "thanks", "thank",
})  # fmt: skip
_ENGLISH_ALONE: Final = frozenset({"hello", "hi", "help", "please", "thanks", "thank"})  # "An" and "Do" are names
_VIETNAMESE: Final = frozenset({
    "toi", "khong", "cua", "la", "bi", "nha", "em", "anh", "chi", "bac", "co", "chu", "o", "tai", "va", "cho", "duoc",
    "nhe", "a", "may", "lam", "nguoi", "giup", "voi", "dang", "nay", "ko", "minh", "chau", "dung", "sai", "thoi",
})  # fmt: skip


class Listener:
    """One per process; the resolver and the suggester know the city and the kinds of trouble."""

    def __init__(self, resolver: Resolver, suggester: Suggester) -> None:
        self._resolver = resolver
        self._suggester = suggester

    def listen(self, said: str, talk: Conversation, *, at: datetime, point: tuple[float, float] | None = None) -> Heard:
        """What the message says, as the present question makes it understandable."""
        clear = cleaned(said)
        shown = mask_message(clear, after_code=talk.is_after_code(at))
        half = shown != clear and mask_message(clear) == clear  # hidden only because a code was spoken of before
        door, masked = at_the_door(shown)
        secret = shown != clear or _MASKED.search(clear) is not None  # here, or by notify before it came
        where = point or _point_in(clear)
        plain = words_of(masked)
        choice = _CHOICE.fullmatch(plain)
        named = talk.asking is Ask.NAME and may_be_a_name(masked)
        base = Heard(
            text=masked,
            at=at,
            language=None if where is not None else language_of(masked),
            intent=None if choice or named else _intent_of(masked, talk),
            secret=secret,
            of_code=not half and (secret or speaks_of_code(masked)),
            door=door,
            number=int(choice[1]) if choice else None,
            code=_code_in(masked),
        )
        if where is not None:
            return replace(base, place=self._at(where, talk))
        if door is not None or choice is not None or base.intent in _SAY_NOTHING_ELSE or not masked:
            return base
        return self._of_matter(base, talk)

    def _of_matter(self, base: Heard, talk: Conversation) -> Heard:
        text = without_greeting(_without_secrets(base.text) if base.secret else base.text)
        if not text:
            return base if base.secret else replace(base, intent=base.intent or Intent.GREETING)
        phone, text = _phone_in(text)
        text = _CODE.sub(" ", text)
        name, rest = name_in(text)
        if talk.asking is Ask.NAME and name is None and base.intent is None:
            name, rest = name_of(rest), ("" if name_of(rest) else rest)
        place, rest = self._place_in(rest, talk, beside=name is not None or phone is not None)
        if base.intent is Intent.CALLBACK and place is not None and not (place.commune_code or place.communes):
            place = None  # asked where they are: "gọi điện cho bác nhé" is no address
        found = replace(base, phone=phone, name=name, place=place, behalf=behalf_in(base.text))
        if base.intent is Intent.CALLBACK:  # what they tell beside it is heard, if it is surely that
            found = replace(found, to_call=number_to_call(base.text))
            told = self._with_trouble(found, without_the_wish(rest), talk)
            return told if told.category is not None else found
        if base.intent is not None and base.intent is not Intent.CORRECT and base.intent is not Intent.GREETING:
            return found
        return self._with_trouble(found, without_correction(rest) if base.intent is Intent.CORRECT else rest, talk)

    def _place_in(self, text: str, talk: Conversation, *, beside: bool) -> tuple[Place | None, str]:
        """The place, and the text without it and the words that led to it. `beside`: they have told something else, too."""
        asked = talk.asking in {Ask.PLACE, Ask.WHICH_PLACE}
        where = place_span(text)
        if not text.strip() or (where is None and not asked):
            return None, text
        led = where is not None and where[0] < where[1]
        lead, start, end = where if where is not None and (led or not asked) else (0, 0, len(text))
        span = text[start:end]
        place = self._placed(span, talk, asked=asked)
        if where is None and place is not None and not (place.commune_code or place.communes) and (beside or _tells_more(span)):
            return None, text  # asked where they are, they went on with their story
        rest = text if place is None else f"{text[:lead]} {text[end:]}".strip(" ,")
        if place is None or asked or _says_something(rest):
            return place, rest
        return self._without_trouble(span, place, talk) or (place, rest)

    def _at(self, point: tuple[float, float], talk: Conversation) -> Place:
        """A pin that nobody here can go to is none: they are told so, and asked where help is needed."""
        found = self._resolver.at(*point)
        if found.commune_code is not None:
            return Place(point=point)
        return Place(question=found.question_en if talk.language == "en" else found.question)

    def _without_trouble(self, span: str, whole: Place, talk: Conversation) -> tuple[Place, str] | None:
        """What stands beside the address and is surely a trouble and no place; what is left is still in the same commune."""
        for told, left in islice(cuts(span), MOST_CUTS):
            if LOOKS_LIKE_PLACE.search(folded(told).strip()) or not _says_something(told):
                continue
            if self._suggester.suggest(told).confidence >= SURE_OF_KIND:
                place = self._placed(left, talk, asked=False)
                if place is not None and whole.commune_code in {None, place.commune_code}:
                    return place, told.strip(" ,.")
        return None

    def _placed(self, span: str, talk: Conversation, *, asked: bool) -> Place | None:
        if talk.asking is Ask.WHICH_PLACE and talk.draft.address:
            span = f"{span}, {talk.draft.address}"
        span = span.strip(" ,.;")[:LONGEST_ADDRESS]
        found = self._resolver.resolve(span)
        sure = SURE_WHEN_ASKED if asked else SURE_OF_PLACE
        if found.commune_code is not None and found.confidence >= sure:
            return Place(address=span, commune_code=found.commune_code)
        communes = tuple(one.commune_code for one in found.candidates[:MOST_CHOICES])
        if not communes and not asked:
            return Place(address=span) if LOOKS_LIKE_PLACE.search(folded(span)) else None
        question = found.question_en if talk.language == "en" else found.question
        return Place(address=span, communes=communes, question=question)

    def _with_trouble(self, found: Heard, rest: str, talk: Conversation) -> Heard:
        """What is left over is the trouble, if it is more than the answer to another question."""
        if talk.asking in _OF_THEM and (found.place or found.name or found.phone):
            return found
        if not _says_something(rest):
            return found
        told = self._suggester.suggest(_MASKED.sub(" ", rest))
        sure = told.category is not None and told.confidence >= SURE_OF_KIND
        asked = talk.asking in {Ask.TROUBLE, Ask.KIND, None}
        if not sure and len(rest.split()) < _FEW_WORDS and not (asked and told.candidates):
            return found
        if not sure and not asked and not _tells_more(rest):
            return found
        kinds = () if sure else tuple(key for key, _ in told.candidates[:MOST_CHOICES])
        trouble = found.text if found.name or found.phone or found.place else rest.strip(" ,.")
        return replace(found, trouble=trouble[:LONGEST], category=told.category if sure else None, kinds=kinds)


_OF_THEM: Final[Collection[Ask | None]] = frozenset({Ask.PLACE, Ask.WHICH_PLACE, Ask.NAME, Ask.PHONE, Ask.WHOM})
_SAY_NOTHING_ELSE: Final[Collection[Intent]] = frozenset(
    {Intent.YES, Intent.NO, Intent.DOUBT, Intent.WHY, Intent.HELP, Intent.THANKS, Intent.GREETING}
)


def cleaned(said: str) -> str:
    """Composed, on one line, without what nobody sees; as the forms want it."""
    return " ".join(_UNSHOWN.sub(" ", unicodedata.normalize("NFC", said[:LONGEST])).split())


_A_NAME: Final = 3  # words, with which a place or a person may be named in any language


def language_of(text: str) -> str | None:
    """English only where its little words outweigh Vietnamese ones and marks, which an address has in any language: a name or a
    bare number says nothing."""
    words = re.findall(r"(?:[^\W\d_]|')+", text.lower())
    marked = sum(not word.isascii() for word in words)
    english, vietnamese = sum(word in _ENGLISH for word in words), sum(word in _VIETNAMESE for word in words)
    if marked and not english + vietnamese and len(words) <= _A_NAME:
        return None
    vietnamese += marked
    if vietnamese > english or marked == english > 0:
        return "vi"
    if len(words) == 1:
        return "en" if words[0] in _ENGLISH_ALONE else None
    return "en" if english > vietnamese and english * 4 >= len(words) else None


def _intent_of(text: str, talk: Conversation) -> Intent | None:
    of_fraud = FRAUD in {talk.draft.category, *talk.draft.kinds}
    if talk.asking in _OF_THEM and asks_why(text):
        return Intent.WHY
    return Intent.DOUBT if doubts_us(text, of_fraud=of_fraud) else intent_of(text)


def _says_something(text: str) -> bool:
    """More than "em ơi giúp tôi với". Of one language: in "máy in" a word of either stands."""
    words = {word for word in re.findall(r"[^\W\d_]+", folded(text)) if len(word) > 1}
    return not (words <= _ENGLISH or words <= _VIETNAMESE)


def _tells_more(text: str) -> bool:
    """A sentence about what happened, and no name of a place."""
    return _HAPPENED.search(folded(text)) is not None and len(text.split()) > _FEW_WORDS


def _without_secrets(masked: str) -> str:
    left, end = [], 0
    for met in _SECRET.finditer(folded(masked)):
        left.append(masked[end : met.start()])
        end = met.end()
    return " ".join(" ".join((*left, masked[end:])).split()).strip(" ,.;:")


def _point_in(text: str) -> tuple[float, float] | None:
    """As notify writes down a place that was shared in a chat."""
    met = _POINT.search(text)
    return (float(met[1]), float(met[2])) if met is not None else None


def _code_in(text: str) -> str | None:
    met = _CODE.search(text)
    if met is None:
        return None
    try:
        return normalise_code(f"TR{met[1]}{met[2]}")
    except Invalid:
        return None


def _phone_in(text: str) -> tuple[str | None, str]:
    """The first number a helper could call, and the text without it."""
    for met in WRITTEN.finditer(text):
        try:
            phone = parse_phone(met[0])
        except Invalid:
            continue
        if phone.kind != "foreign":
            lead = _PHONE_LEAD.search(folded(text[: met.start()]))
            before = text[: lead.start() if lead else met.start()]
            return phone.e164, f"{before} {text[met.end() :]}".strip(" ,")
    return None, text
