"""What a deployment may set about notify; the defaults are what the city promised, or measured. Seconds are floats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from notify.forgetting import Keeping
from notify.message import SendingRules
from notify.sending.budget import Budgets
from notify.sending.throttle import Limits
from shared.events.contract import ChannelKind

PER_PERSON = ((2, timedelta(hours=1)), (4, timedelta(hours=24)))  # broadcasts: more of them nobody reads


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    city: str = "hanoi"  # where a text comes from that belongs to nothing we know
    sending: SendingRules = field(default_factory=SendingRules)
    limits: Limits = field(default_factory=Limits)
    budgets: Budgets = field(default_factory=Budgets)
    keeping: Keeping = field(default_factory=Keeping)
    claim_batch: int = 200  # messages one claim takes at most
    in_flight: int = 600  # sends that wait for the carrier at the same time, each on a connection of its own
    poll_seconds: float = 1.0  # when nobody rings: a moved clock, another process's rows
    down_first_seconds: float = 0.5  # a carrier that is away is tried again after this, doubled up to
    down_last_seconds: float = 15.0
    find_out_seconds: float = 30.0  # a shut route that no text has tried for so long gets one to a number of ours
    outage_seconds: float = 60.0  # a channel that takes nothing for so long is out, and people are called
    outage_calls: int = 200  # with so many calls to make, P3 and P4 wait for a route
    mend_seconds: float = 900.0  # where a person has to mend something, it is tried again after this; nobody is obeyed longer
    breaker_sends: int = 20  # so many sends within the window say how a carrier is
    breaker_share: float = 0.5  # of them without an answer: it is as good as away
    refused_people: int = 20  # so many in a row, for no reason of their own and nobody taken in between: it refuses everybody
    breaker_window_seconds: float = 60.0
    chats: Mapping[ChannelKind, str] = field(default_factory=dict)  # where people can link an account: what ours is called there
    answer_to: str | None = None  # the number that questions name which go over a route that nobody can answer
    missed_call_number: str | None = None  # offers name it: a missed call to it is a yes; None: nobody counts them
    early_receipt_seconds: float = 3600.0  # a receipt of a reference that nobody has recorded yet is kept so long
    bundle_seconds: float = 30.0  # more escalations to the same lead wait this long for each other
    broadcast_per_second: int = 250  # texts of all broadcasts together, on all replicas
    broadcast_limits: Limits = field(
        default_factory=lambda: Limits(windows=PER_PERSON, lead_windows=PER_PERSON)
    )  # beside the allowance of everything else
    sweep_seconds: float = 1.0
    question_grace_seconds: float = 30.0  # dispatch ends questions; after this we do not wait for its word
