"""One text to thousands: notify asks for the people, dispatch, who knows them, names them page by page. Bodies for both sides."""

from enum import StrEnum
from uuid import UUID

from shared.events.assignments import ResponderKind
from shared.events.contract import Contract, Recipient


class Listeners(StrEnum):
    """Who is meant."""

    RESPONDERS = "responders"  # of the roster, whose phone is confirmed
    RESIDENTS = "residents"  # who have a request that is open
    LEADS = "leads"  # ward leads and deputies; of the whole city the city desk, too


class Audience(Contract):
    """Whom a broadcast is for. What is empty leaves nobody out; of what does not belong to `who` nothing may be said."""

    who: Listeners
    communes: tuple[str, ...] = ()
    kinds: tuple[ResponderKind, ...] = ()  # of responders
    on_duty: bool = False  # of responders: whose shift runs now
    categories: tuple[str, ...] = ()  # of residents: what their request is about


class BroadcastRequested(Contract):
    """Body of broadcast.requested: who are these people? The text stays with whoever asks."""

    city: str
    broadcast_id: UUID
    audience: Audience


class BroadcastPage(Contract):
    """Body of broadcast.page: some of them. Whoever stands on two pages is the same person; `last`: these were all."""

    city: str
    broadcast_id: UUID
    page: int
    last: bool
    recipients: tuple[Recipient, ...] = ()
