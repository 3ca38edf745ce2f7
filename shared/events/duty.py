"""Who is really at work: what people say of it (from notify), and what holds now (from dispatch)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract, Recipient, Sealed


class Duty(StrEnum):
    ON = "on"  # asked whenever a shift of theirs runs
    OFF = "off"  # asked for nothing until they, or somebody for them, say that they are back
    BREAK = "break"  # asked for nothing until a moment; back by itself


class DutySaid(Contract):
    """Body of duty.said: somebody wrote "NGHI", "NGHI 30" or "LAM". Whom the phone belongs to is for dispatch to know."""

    city: str
    contact_point_id: UUID
    duty: Duty
    minutes: int | None = None  # of a break
    received_at: datetime  # a break runs from here, whenever it is processed


class PresenceSaid(Contract):
    """Body of presence.said: a team's phone says who of it is there, or is not. Whose phone it is, is for dispatch to know."""

    city: str
    contact_point_id: UUID
    present: bool
    names: Sealed  # purpose "name": as they were typed, apart by ", "
    received_at: datetime


class PersonNews(Contract):
    """What somebody has to hear about their own work, without any request."""

    city: str
    contact_point_id: UUID
    recipients: tuple[Recipient, ...] = ()


class DutyChanged(PersonNews):
    """Body of duty.changed: how this responder stands from now on."""

    responder_id: UUID
    duty: Duty
    until: datetime | None = None  # of a break
    visits: int = 0  # accepted and not over: they stay theirs
    on_shift_until: datetime | None = None  # of the shift that runs now
    next_shift_at: datetime | None = None  # when none runs


class PresenceOutcome(StrEnum):
    """What came of a presence.said."""

    NOTED = "noted"  # it holds: `names` are those who count now
    UNKNOWN = "unknown"  # nobody of the team is called that: nothing was changed, `names` are those who are known
    AMBIGUOUS = "ambiguous"  # several are: nothing was changed, `names` are whom it could mean


class PresenceChanged(PersonNews):
    """Body of presence.changed: an answer to a team's own phone. Names are sealed, purpose "name"."""

    responder_id: UUID
    outcome: PresenceOutcome
    names: tuple[Sealed, ...] = ()
    not_counted: tuple[Sealed, ...] = ()  # said to be there, and not vetted
