"""What a group visit makes of texts: other words for the same events, for nobody comes to a door. Used by telling.py."""

from collections.abc import Mapping
from typing import Final

from notify.batch import Batch
from notify.purpose import Purpose
from notify.telling.about import About
from notify.telling.details import details_of, phrase_of, text_of
from notify.telling.writing import write
from notify.templates import when_text
from shared.events.assignments import AssignmentChanged, JobState
from shared.events.contract import Recipient

CANCELLED: Final = "session_cancelled"
# Why one of them is not there, for the helper; vi, en. At most 40 letters.
_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "not_coming": ("báo không đến", "does not come"),
    "not_there": ("không có mặt, sẽ được giúp tại nhà", "was not there, is helped at home"),
    CANCELLED: ("không cần nữa, buổi đã hủy", "no longer needed, it is cancelled"),
}
# In place of the words for a visit at home. None: nothing is said, because they come themselves.
_OTHER: Final[Mapping[Purpose, Purpose | None]] = {
    Purpose.ACCEPTED_RESIDENT: Purpose.SESSION_TAKEN_RESIDENT,
    Purpose.ACCEPTED_RESPONDER: Purpose.SESSION_RESPONDER,
    Purpose.CLEARED_RESPONDER: None,
    Purpose.EN_ROUTE_RESIDENT: None,
    Purpose.EN_ROUTE_RESPONDER: None,
}
_LEFT: Final[Mapping[Purpose, Purpose]] = {
    Purpose.RELEASED_RESIDENT: Purpose.SESSION_LEFT_RESIDENT,
    Purpose.RELEASED_RESPONDER: Purpose.SESSION_LESS_RESPONDER,
}


def tell_of_session(batch: Batch, about: About, recipient: Recipient, purpose: Purpose, number: int | None) -> bool:
    """True: this is all there is to say to them, in words of its own."""
    change = about.change
    if change is None or change.job.session_at is None:
        return False
    other = _purpose(change, purpose)
    if other is not None:
        write(batch, about, recipient, other, fields(batch, change, recipient.language, number))
    return other is not None or purpose in _OTHER


def _purpose(change: AssignmentChanged, purpose: Purpose) -> Purpose | None:
    if purpose is Purpose.ACCEPTED_RESPONDER and change.reason == "session_rides":
        return Purpose.SESSION_RIDER_RESPONDER
    if change.reason in _SAID and purpose in _LEFT:
        return _LEFT[purpose]
    return _OTHER.get(purpose)


def fields(batch: Batch, change: AssignmentChanged, language: str, number: int | None = None) -> dict[str, str]:
    """Of whoever says that they come the name; of the others the code. Only what is known."""
    job, english = change.job, language == "en"
    details = details_of(job.details, batch.opened)
    name = text_of(details.get("name")) if job.comes or job.visit_consent else None
    helper = job.responder
    who = batch.opened(helper.member, "name") or batch.opened(helper.name, "name") if helper else None
    said = _SAID.get(change.reason or "")
    found = {
        "code": job.code,
        "session": when_text(job.session_at, batch.now, language) if job.session_at else None,
        "venue": batch.opened(job.venue, "venue"),
        "count": str(job.shared_by),
        "comers": str(change.coming or 0),
        "number": str(number) if number is not None else None,
        "name": name or job.code,
        "who": who or ("TechRescue" if english else "người của TechRescue"),
        "phrase": phrase_of(details, job.visit),
        "said": said[english] if said else None,
    }
    return {key: value for key, value in found.items() if value}


async def which_of_them(batch: Batch, about: About) -> None:
    """A word for all says nothing of anybody: which numbers are left, their phone knows."""
    change, offer = about.change, about.change.offer if about.change else None
    line = batch.lines.get(offer.contact_point_id) if offer else None
    if change is None or offer is None or line is None:
        return
    numbers = sorted(job.number for job in line.phone.live_jobs if job.offer_id == offer.offer_id)
    for recipient in about.recipients:
        write(batch, about, recipient, Purpose.SESSION_WHO, {"choices": ", ".join(map(str, numbers))})


def asks_for_consent(job: JobState) -> bool:
    """Before somebody comes to a home; to a session people come themselves."""
    return job.visit_consent is None and job.responder is not None and job.session_at is None


def recipients_of(about: About) -> tuple[Recipient, ...]:
    return about.change.recipients if about.change else ()
