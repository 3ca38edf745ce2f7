"""Who can go: a team, a volunteer, an engineer or a mobile point. Capacity and its guard; no I/O."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.errors import Refused
from shared.events.assignments import ResponderKind, ResponderRef
from shared.events.contract import ChannelKind, Recipient, Role, Sealed


class CapacityFull(Refused):
    def __init__(self) -> None:
        super().__init__("full", "this responder has no free place; finish or release another visit first")


class Inactive(Refused):
    def __init__(self) -> None:
        super().__init__("inactive", "this responder is not on the roster any more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A phone or account: how to write to whoever stands behind it. `address` None: erased, nobody can be written to."""

    id: UUID
    address: Sealed | None
    language: str = "vi"
    channels: tuple[ChannelKind, ...] = (ChannelKind.SMS,)
    confirmed_at: datetime | None = None
    doubted: bool = False  # a message did not arrive there, or a drill went unanswered, and nothing has come since


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """What decisions need of the row; the matcher's index reads its own columns."""

    id: UUID
    kind: ResponderKind
    name: Sealed | None
    contact_point_id: UUID
    declared_capacity: int
    present_members: int | None
    capacity: int
    load: int
    active: bool = True
    languages: tuple[str, ...] = ()  # spoken; empty: nobody has said


def effective_capacity(declared: int, present: int | None, load: int) -> int:
    """A team can do what its present members can; never below its load, so that the guard holds while a team shrinks.

    The same rule as `dispatch.effective_capacity` in the schema.
    """
    return max(load, declared if present is None else min(declared, present))


def taking(responder: Responder) -> Responder:
    """One visit more. Raises CapacityFull, Inactive."""
    if not responder.active:
        raise Inactive
    if responder.load >= responder.capacity:
        raise CapacityFull
    return replace(responder, load=responder.load + 1)


def giving_back(responder: Responder) -> Responder:
    """One visit less; a capacity that had to wait for it shrinks now."""
    load = max(responder.load - 1, 0)
    return replace(
        responder, load=load, capacity=effective_capacity(responder.declared_capacity, responder.present_members, load)
    )


def ref(
    responder: Responder,
    contact: Contact | None,
    member: Sealed | None = None,
    partner: Sealed | None = None,
    *,
    unnamed: bool = False,
    by_phone: bool = False,
) -> ResponderRef:
    return ResponderRef(
        responder_id=responder.id,
        kind=responder.kind,
        contact_point_id=responder.contact_point_id,
        name=responder.name,
        phone=contact.address if contact else None,
        member=member,
        partner=partner,
        languages=responder.languages,
        unnamed=unnamed,
        by_phone=by_phone,
    )


def recipient(contact: Contact | None, role: Role, name: Sealed | None = None) -> tuple[Recipient, ...]:
    """Nobody when the person was erased: the event still tells everyone else what happened."""
    if contact is None or contact.address is None:
        return ()
    return (
        Recipient(
            role=role,
            contact_point_id=contact.id,
            address=contact.address,
            name=name,
            language=contact.language,
            channels=contact.channels,
        ),
    )
