"""What one message was understood to say. Values only; listening.py makes them, machine.py decides on them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Intent(StrEnum):
    CRY = "cry"  # somebody is in danger
    PERSON = "person"  # a human being, please
    CALLBACK = "callback"  # call me
    CANCEL = "cancel"  # never mind
    CORRECT = "correct"  # that is wrong
    STATUS = "status"  # how does it stand?
    DOUBT = "doubt"  # are you who you say, and what do you want of me?
    WHY = "why"  # what do you ask that for?
    HELP = "help"  # what can I write?
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`address`: as they wrote it. Without a commune: the candidates, and what would decide between them."""

    address: str | None = None
    commune_code: str | None = None
    communes: tuple[str, ...] = ()
    question: str | None = None
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`text` is masked. `number`: nothing but a figure, which chooses."""

    text: str
    at: datetime
    language: str | None = None  # None: it does not show
    intent: Intent | None = None
    secret: bool = False  # a code, a card or the like stood in it
    of_code: bool = False  # a code or a password was spoken of, or a secret stood in it; not for half a code
    number: int | None = None
    code: str | None = None  # of a request
    door: str | None = None  # what somebody at their door has said; "": they want them gone
    name: str | None = None
    phone: str | None = None  # E.164
    behalf: str | None = None  # somebody near to them, whom it may be for
    to_call: str | None = None  # E.164: where they want to be called, in so many words
    trouble: str | None = None
    category: str | None = None
    kinds: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def tells(self) -> bool:
        """Anything of what a request is made of."""
        return any((self.name, self.phone, self.trouble, self.place))


class ScoredCommune(Protocol):
    @property
    def commune_code(self) -> str: ...
    @property
    def score(self) -> float: ...


class Resolution(Protocol):
    """What the resolver of addresses says (intake/places/)."""

    @property
    def commune_code(self) -> str | None: ...
    @property
    def confidence(self) -> float: ...
    @property
    def candidates(self) -> tuple[ScoredCommune, ...]: ...
    @property
    def question(self) -> str | None: ...
    @property
    def question_en(self) -> str | None: ...


class Resolver(Protocol):
    def resolve(self, text: str) -> Resolution: ...
    def at(self, lat: float, lon: float) -> Resolution: ...


class Suggestion(Protocol):
    """What the suggester of categories says (intake/kinds/)."""

    @property
    def category(self) -> str | None: ...
    @property
    def confidence(self) -> float: ...
    @property
    def candidates(self) -> tuple[tuple[str, float], ...]: ...


class Suggester(Protocol):
    def suggest(self, text: str) -> Suggestion: ...
