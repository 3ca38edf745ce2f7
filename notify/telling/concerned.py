"""Whom an event concerns: whose phone is locked, whose keys are needed. Pure."""

from collections.abc import Iterable
from uuid import UUID

from notify.taking import Wanted
from notify.telling.about import About
from shared.events.assignments import AssignmentChanged, ResponderRef
from shared.events.contract import Sealed
from shared.events.conversations import ConversationSaid
from shared.events.duty import PersonNews, PresenceChanged
from shared.events.envelope import Event
from shared.events.requests import RequestChanged
from shared.events.shifts import ShiftAsked, SwapChanged


def about_of(event: Event) -> About | None:
    body = event.body
    if isinstance(body, AssignmentChanged):  # most are
        return About(event=event, change=body, recipients=body.recipients)
    if isinstance(body, RequestChanged):
        return About(event=event, request=body.request, recipients=body.recipients)
    if isinstance(body, ConversationSaid):
        return About(event=event, said=body)
    return About(event=event, person=body, recipients=body.recipients) if isinstance(body, PersonNews) else None


def _phones(abouts: Iterable[About]) -> set[UUID]:
    found: set[UUID] = set()
    for about in abouts:
        found.update(recipient.contact_point_id for recipient in about.recipients)
        if about.consent is not None:
            found.add(about.consent.contact_point_id)
        if about.said is not None:
            found.add(about.said.contact_point_id)
        if about.inquiry is not None:
            found.add(about.inquiry.contact_point_id)
        if about.person is not None:
            found.add(about.person.contact_point_id)
        if about.change is not None and about.change.offer is not None:
            found.add(about.change.offer.contact_point_id)
        if about.change is not None and about.change.job.responder is not None:
            found.add(about.change.job.responder.contact_point_id)
    return found


def key_ids(abouts: Iterable[About]) -> set[UUID]:
    found: set[UUID] = set()
    for about in abouts:
        if about.said is not None:
            found.add(about.said.text.key_id)
        elif about.person is None:
            found.update({about.details.key_id, about.resident.address.key_id})
        else:
            found.update(box.key_id for box in _names_in(about.person))
        found.update(recipient.address.key_id for recipient in about.recipients)
        if about.change is not None and about.change.job.responder is not None:
            found.update(_keys_of(about.change.job.responder))
        found.update(box.key_id for box in (about.change.choices if about.change else ()))
    return found


def _names_in(person: PersonNews) -> tuple[Sealed, ...]:
    """Of others than those who are written to."""
    if isinstance(person, PresenceChanged):
        return (*person.names, *person.not_counted)
    colleague = person.colleague if isinstance(person, ShiftAsked | SwapChanged) else None
    return (colleague,) if colleague is not None else ()


def _keys_of(responder: ResponderRef) -> set[UUID]:
    return {box.key_id for box in (responder.name, responder.phone, responder.member, responder.partner) if box is not None}


def wanted(abouts: Iterable[About]) -> Wanted:
    abouts = list(abouts)
    return Wanted(
        phones=_phones(abouts),
        jobs={about.job_id for about in abouts if about.job_id is not None},
        recipients=[(about.event.id, recipient) for about in abouts for recipient in about.recipients],
    )
