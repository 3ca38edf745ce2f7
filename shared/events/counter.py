"""What is said of walk-in queues: only that somebody's turn has come, and only where they wanted to be told."""

from uuid import UUID

from shared.events.duty import PersonNews


class TicketCalled(PersonNews):
    """Body of ticket.called: come to this desk. `recipients` is whoever holds the ticket."""

    ticket_id: UUID
    number: int
    point: str  # the name of the service point
    desk: str
    again: bool = False  # the second and last call
