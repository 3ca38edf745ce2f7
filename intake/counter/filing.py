"""A ticket becomes a request: through the ordinary filing, under a key of its own, so that two desks make one of it."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg

from intake.counter import store, words
from intake.counter.forms import TicketFiling
from intake.counter.notes import note
from intake.counter.ticket import Ticket, TicketIsOver, TicketStatus, Urgent
from intake.filing import Filed, Filer
from intake.forms import RequestForm, Vulnerable
from intake.queries import QUERIES
from intake.reception import Reception
from shared.events.requests import Channel
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import TICKETS

FILABLE: Final = frozenset({TicketStatus.WAITING, TicketStatus.CALLED, TicketStatus.DONE})


class TicketFiler:
    """One per process."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, reception: Reception, filer: Filer) -> None:
        self._pool = pool
        self._vault = vault
        self._reception = reception
        self._filer = filer

    async def file(self, ticket_id: UUID, form: TicketFiling, caller: Caller) -> tuple[Filed, dict[str, str]]:
        """The answer of an ordinary filing, and what is printed. Raises NotFound, Refused, Invalid, KeyReused, DependencyDown."""
        async with reading(self._pool) as connection:
            ticket = await store.read_ticket(connection, ticket_id)
            point = await store.read_point(connection, ticket.point_id)
        if ticket.status not in FILABLE:
            raise TicketIsOver
        filing = self._reception.check(_whole(form, ticket, point.commune_code), caller=caller, key=f"ticket-{ticket.id}")
        # Of the ticket, not of the desk: another desk, or another program there, must not make a second request of it.
        key_hash = self._vault.fingerprint(f"request of ticket {ticket.id}".encode())
        filing = replace(filing, key_hash=key_hash)
        if ticket.request_code is not None and await self._filer.answered(filing) is None:
            raise TicketIsOver  # its request is older than what is remembered of keys
        filed = await self._filer.file(filing)
        await self._keep(ticket, str(filed.answer["code"]), caller.name)
        return filed, words.filed_text(ticket.number, str(filed.answer["code"])).told()

    async def _keep(self, ticket: Ticket, code: str, actor: str) -> None:
        """After the request is there: killed in between, the next try finds that request by the ticket's key."""
        async with transaction(self._pool, "intake.change") as connection:
            is_new = await connection.fetchval(QUERIES["note_request"], ticket.id, code) is not None
            if is_new:
                await note(connection, ticket, await app_now(connection), actor, "ticket_filed")
        TICKETS.labels("filed").inc(is_new)


def _whole(form: TicketFiling, ticket: Ticket, commune_code: str) -> RequestForm:
    return RequestForm(
        channel=Channel.COUNTER,
        requester=form.requester,
        category=form.category or ticket.category,
        description=form.description,
        location=form.location,
        address=form.address,
        commune_code=None if form.location else commune_code,
        on_behalf_of=form.on_behalf_of,
        visited_phone=form.visited_phone,
        vulnerable=() if ticket.reason is None else (_VULNERABLE[ticket.reason],),
        language=ticket.language,
        visit_consent=form.visit_consent,
        someone_present=form.someone_present,
        data_consent=form.data_consent or ticket.data_consent,
    )


_VULNERABLE: Final = {reason: Vulnerable(reason.value) for reason in Urgent}
