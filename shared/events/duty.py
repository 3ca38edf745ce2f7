"""Who is really at work: what people say of it (from notify), and what holds now (from dispatch)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import Contract, Recipient


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
