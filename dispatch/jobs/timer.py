"""Every kind of timer dispatch sets. A timer is a hint: its handler looks at the state before it does anything."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class TimerKind(StrEnum):
    """Subject and guard of each; the guard makes one row a (kind, subject, guard)."""

    OFFER_EXPIRY = "offer_expiry"  # subject the offer, guard 0: its lease, or the cap until it is submitted
    ESCALATE = "escalate"  # subject the job, guard its version when set: still nobody, ask the next lead
    NOBODY_ON_SHIFT = "nobody_on_shift"  # subject the job, guard its version; set by the matcher, due at once
    NOBODY_LEFT = "nobody_left"  # subject the job, guard its version; set by the matcher, due at once
    FROZEN = "frozen"  # subject the job, guard its version; due at once: the ward lead is asked about a stopped visit
    CLOSE = "close"  # subject the job, guard its version; set by the matcher when it meets a P3 or P4 off hours, due at once
    OPEN = "open"  # subject the job, guard its version: staffed hours begin, or a visit that was put off goes on
    WATCH = "watch"  # subject the job, guard the moment: look at who has it (no sign of life, all well?)
    ALARM = "alarm"  # subject the job, guard its version: an alarm that nobody has ended is told again
    OFFICE = "office"  # subject the job, guard its version: handed off, has the office done it?
    SLA = "sla"  # subject the job, guard counts; which promise is next, the job knows
    NEWS = "news"  # subject the job, guard the moment: a resident who has heard nothing for a while is told how it stands
    INCIDENT = "incident"  # subject the incident, guard how often it rang: nobody has ended it, the city desk hears so
    SESSION = "session"  # subject the job, guard its version: people soon set out for a session; does anybody help there?
    MEMBERS = "members"  # subject the responder, guard the moment: an absence, a vetting or a course ends
    IN_DOUBT = "in_doubt"  # subject the job, guard its version; due at once: who was to go is not there any more
    HORIZON = (
        "horizon"  # subject the nil UUID or the last responder of a page, guard the day: make the shifts that came into view
    )
    SHIFT = "shift"  # subject the shift, guard a confirming.Step: they are asked, asked again, or counted out
    DRILL = "drill"  # subject the drill, guard its step: ask a few phones, or count out who was silent
    AUDIENCE = "audience"  # subject the broadcast, guard its next page: name some more of whom it is for
    SWAP = "swap"  # subject the swap, guard its wave: ask, ask the next, or end it
    OPENING = "opening"  # subject the opening, guard its wave: nobody has taken it, ask the next


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that a decision asks for; the store writes it in the same transaction."""

    kind: TimerKind
    subject: UUID
    due_at: datetime
    guard: int
