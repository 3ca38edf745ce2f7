"""Somebody's turn at a service point: told to whoever left a number there. The words are in templates/."""

from notify.batch import Batch
from notify.purpose import Purpose
from notify.telling.about import About
from notify.telling.writing import write
from shared.events.counter import TicketCalled


async def ticket_called(batch: Batch, about: About) -> None:
    """Nobody telephones for it: it is called out where they wait."""
    news = about.person
    if not isinstance(news, TicketCalled):
        return
    found = {"ticket": str(news.number), "point": news.point, "desk": news.desk, "again": "last" if news.again else ""}
    for recipient in news.recipients:
        if not batch.is_called(about, recipient):
            write(batch, about, recipient, Purpose.TICKET_CALLED, found)
