"""The use case of taking a number: one transaction, whatever key it comes under again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from intake.counter import store, words
from intake.counter.forms import TicketForm
from intake.counter.notes import note
from intake.counter.shown import ticket_view
from intake.counter.store import Day
from intake.counter.ticket import Ticket, TicketStatus
from intake.filing import KeyReused
from intake.privacy.consent_text import agreed_version
from intake.queries import QUERIES
from intake.reception import KEY_FIELD, is_key
from shared.calendar import OFFICE_HOURS
from shared.categories import CATEGORIES
from shared.errors import Invalid, Refused
from shared.masking import mask
from shared.phones import may_be_texted, parse_phone
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import TICKETS

_NOTHING: Final[Mapping[str, None]] = dict.fromkeys(("contact_point_id", "key_id", "phone_box", "need_box"))


class PointClosed(Refused):
    def __init__(self, opens: datetime | None) -> None:
        super().__init__("point_closed", f"the service point is closed; {words.opening_text(opens)}, or call 1022")


class Taking:
    """One per process."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def take(self, point_id: str, form: TicketForm, caller: Caller, key: str | None) -> dict[str, Any]:
        """The same key again is the same ticket. Raises Invalid, NotFound, PointClosed, KeyReused."""
        if not is_key(key):
            raise Invalid(*KEY_FIELD)
        if form.category is not None and form.category not in CATEGORIES:
            raise Invalid("category", "is none of the kinds of help; leave it out and say it in need")
        agreed_version(form.data_consent)
        phone = None if form.phone is None else _mobile(form.phone)
        hashes = (
            self._vault.fingerprint(f"ticket of {caller.role} {caller.name} {point_id}: {key}".encode()),
            self._vault.fingerprint(b"ticket body: " + form.model_dump_json(exclude=_unsaid(form)).encode()),
        )
        async with transaction(self._pool, "intake.change") as connection:
            await store.read_point(connection, point_id)
            day = await store.lock_day(connection, point_id, OFFICE_HOURS.local_day(await app_now(connection)))
            now = await app_now(connection)
            ticket = await _taken_before(connection, *hashes)
            is_new = ticket is None
            if ticket is None:
                ticket = await self._drawn(connection, day, form, phone, now)
                await store.add_ticket(connection, ticket, *hashes)
                await store.save_day(connection, day, last_number=ticket.number)
                await note(connection, ticket, now, caller.name, "ticket_taken")
            told = await ticket_view(connection, ticket, now)
        TICKETS.labels("taken").inc(is_new)
        return told

    async def look(self, ticket_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        async with reading(self._pool) as connection:
            ticket = await store.read_ticket(connection, ticket_id)
            return await ticket_view(connection, ticket, await app_now(connection))

    async def _drawn(
        self, connection: asyncpg.Connection, day: Day, form: TicketForm, phone: str | None, now: datetime
    ) -> Ticket:
        point = await store.read_point(connection, day.point_id)
        closes_at = point.closes_at(now)
        if closes_at is None or OFFICE_HOURS.local_day(now) != day.day:
            raise PointClosed(point.next_opening(now))
        return Ticket(
            id=uuid4(),  # random: it is all that its holder has to show
            point_id=point.id,
            day=day.day,
            number=day.last_number + 1,
            status=TicketStatus.WAITING,
            version=1,
            reason=form.priority,
            category=form.category,
            language=form.language,
            owner=f"point:{point.id}",
            taken_at=now,
            closes_at=closes_at,
            data_consent=form.data_consent,
            **await self._sealed(connection, phone, form.need),
        )

    async def _sealed(self, connection: asyncpg.Connection, phone: str | None, need: str | None) -> Mapping[str, Any]:
        """Under the key of whoever has this number; words without a number under one of their own."""
        if phone is not None:
            (person,) = await self._vault.contact_points(connection, [phone])
            contact_point_id, key = person.contact_point_id, person.key
        elif need is not None:
            contact_point_id, (key,) = None, await self._vault.new_keys(connection, [None])
        else:
            return _NOTHING
        return {
            "contact_point_id": contact_point_id,
            "key_id": key.id,
            "phone_box": None if phone is None else key.box(phone.encode(), purpose="phone"),
            "need_box": None if need is None else key.box(mask(need).encode(), purpose="text"),
        }


async def _taken_before(connection: asyncpg.Connection, key_hash: bytes, body_hash: bytes) -> Ticket | None:
    row = await connection.fetchrow(QUERIES["ticket_of_key"], key_hash)
    if row is not None and row["body_hash"] != body_hash:
        raise KeyReused
    return None if row is None else store.loaded(row)


def _unsaid(form: TicketForm) -> set[str] | None:
    """A field that came later, where nobody used it: the same body counts as it did for versions without it."""
    return {"data_consent"} if form.data_consent is None else None


def _mobile(text: str) -> str:
    phone = parse_phone(text)
    if not may_be_texted(phone.e164):
        raise Invalid("phone", "must be a mobile number in Vietnam, or left out: the number is called out at the point, too")
    return phone.e164
