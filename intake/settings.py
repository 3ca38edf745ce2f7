"""What a deployment may choose about intake, and what it gets when it chooses nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

from intake.hotline.settings import HotlineSettings
from intake.places.settings import PlaceSettings
from shared.errors import Misconfigured
from shared.service_levels import CLOSED_BY_SILENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` within a window of `seconds`."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How many days each class of personal data is kept once nobody works with it any more."""

    details_days: int = 365  # of a request that is over: name, number, address, what was told
    surveys_days: int = 180  # why somebody gave which mark
    messages_days: int = 30  # what people wrote, after somebody has read it

    def __post_init__(self) -> None:
        if min(self.details_days, self.surveys_days, self.messages_days) < 1:
            raise Misconfigured("personal data is kept for at least a day")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    city: str = "hanoi"
    filing_lanes: int = 2  # measured best: one writes while the other is prepared
    filing_batch: int = 32  # measured best of 16 to 128 with 64 callers (decision 0004)
    locate_seconds: float = 15 * 60  # how long the city desk has to find out where a request is
    close_seconds: float = CLOSED_BY_SILENCE.total_seconds()  # an unanswered "is it fixed?" closes by itself
    fixed_ask_seconds: float = 24 * 3600  # so long after a request was resolved its resident is asked whether it works
    survey_days: int = 7  # so long a mark may be given by text
    web_per_phone: Limit = Limit(most=5, seconds=3600)
    # Forty people stand in front of one dead counter, as many behind a carrier's NAT: each with two troubles, and then again.
    web_per_address: Limit = Limit(most=200, seconds=3600)
    wrong_codes_per_address: Limit = Limit(most=30, seconds=900)
    chat_seconds: float = 24 * 3600  # after its last message a chat on our page ends
    chats_per_address: Limit = Limit(most=200, seconds=3600)  # the same forty
    messages_per_chat: Limit = Limit(most=30, seconds=60)
    messages_per_address: Limit = Limit(most=600, seconds=60)
    phrases_per_visit: Limit = Limit(most=60, seconds=3600)  # right codes: a "no" always gets through
    searches_per_address: Limit = Limit(most=120, seconds=60)  # of guidance; a family, an office or a carrier's NAT share one
    open311_per_address: Limit = Limit(most=120, seconds=60)  # looks through the public list without a token
    searches_per_token: Limit = Limit(most=600, seconds=3600)
    reveals_per_token: Limit = Limit(most=60, seconds=3600)  # of numbers and addresses: a busy hour of one operator
    duplicate_radius_m: float = 250  # within it, of the same kind and …
    duplicate_seconds: float = 86400  # … within so long: perhaps the same
    strangers_per_request: Limit = Limit(most=10, seconds=3600)  # marks, and of wishes to call it off: with the code alone
    called_per_account: Limit = Limit(most=10, seconds=3600)  # numbers that a chat wants called, and is not known to have
    hold_unconfirmed_seconds: float = 0  # so long a request waits for its number to be confirmed; 0: it is helped at once
    number_code_seconds: float = 24 * 3600  # so long a code for a new number is good
    keep: Keep = field(default_factory=Keep)
    meeting_url: str | None = None  # of a room on the web for a call; None: there are none
    places: PlaceSettings = field(default_factory=PlaceSettings)
    keep_answers_seconds: float = 30 * 86400  # how long an Idempotency-Key is remembered
    hotline: HotlineSettings = field(default_factory=HotlineSettings)

    @property
    def survey_open(self) -> timedelta:
        return timedelta(days=self.survey_days)

    def __post_init__(self) -> None:
        if self.filing_lanes < 1 or self.filing_batch < 1:
            raise Misconfigured("intake needs at least one filing lane and a batch of at least one")
        if min(self.locate_seconds, self.close_seconds, self.keep_answers_seconds, self.chat_seconds) <= 0:
            raise Misconfigured("intake: times must be positive")
