"""Asking the visited person whether somebody may come: on their own phone, once more, and then somebody telephones.

The rules stand in consent.py; what they answer is heard in hearing.py, what did not reach them in unreached.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from intake import store
from intake.consent import AGAIN_SECONDS, OPEN_AFTER, Step, after, ask_at, may_be_asked
from intake.consents import CONSENT, ask_in, row_of, tell, visited
from intake.draft import CITY_DESK
from intake.queries import QUERIES
from intake.stored import StoredRequest, resident_of
from shared.events.contract import Recipient, Role, Sealed
from shared.events.registry import EventType
from shared.events.requests import ConsentAsk
from shared.ids import uuid7
from shared.phones import parse_phone
from shared.postgres.transaction import app_now
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.timers import Timer, set_timers

ASKED, UNANSWERED = EventType.REQUEST_CONSENT_ASKED, EventType.REQUEST_CONSENT_UNANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """Whom to ask. `behalf`: somebody else has filed it for them; `to_call`: no text reaches them."""

    recipient: Recipient
    behalf: bool
    to_call: bool


class Asking:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.handlers = {CONSENT: self.due}

    async def due(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Whoever has answered meanwhile, or is not visited any more, is left in peace."""
        request = (await store.lock_many(connection, [timer.subject])).get(timer.subject)
        if request is None or not may_be_asked(request):
            return
        now, step = await app_now(connection), Step(timer.guard)
        if step in {Step.ASK, Step.ASK_LATER}:
            await self._begin(connection, request, now, step)
            return
        row = await row_of(connection, request.id)
        whom = visited(row) or (resident_of(request),)  # nobody else was asked, or they are erased: whoever has filed it may know
        if step is Step.CALL_AGAIN:
            await tell(connection, UNANSWERED, request, now, others=whom, reason="no_word")
        elif step is Step.DESK:
            await tell(connection, UNANSWERED, replace(request, owner=CITY_DESK), now, others=whom, reason="unreached")
        elif row is None or row["said_at"] is not None:
            return
        elif step is Step.CALL and row["call_at"] <= now:
            await tell(connection, UNANSWERED, request, now, others=whom, reason="silent")
        elif step is Step.AGAIN and row["call_at"] > now:
            again = ask_in(row).model_copy(update={"again": True})
            await tell(connection, ASKED, request, now, others=visited(row), consent=again)

    async def _begin(self, connection: asyncpg.Connection, request: StoredRequest, now: datetime, step: Step) -> None:
        key = (await self._vault.keys(connection, [request.key_id])).get(request.key_id)
        if key is None:
            return
        whom = await self._whom(connection, request, key)
        at = ask_at(request.priority, now, behalf=whom.behalf)
        if at > now and step is Step.ASK and not whom.to_call:
            await set_timers(connection, [Timer(kind=CONSENT, subject=request.id, due_at=at, guard=Step.ASK_LATER)])
            return
        await connection.execute(QUERIES["forget_visited"], request.id)
        if whom.to_call:
            await tell(connection, UNANSWERED, request, now, others=(whom.recipient,), reason="no_phone")
        else:
            await _ask(connection, request, whom, now)

    async def _whom(self, connection: asyncpg.Connection, request: StoredRequest, key: DataKey) -> Visited:
        """Their number is from now on under a key of their own. Without one, whoever has filed it hands on the telephone."""
        box = await connection.fetchval(QUERIES["read_visited"], request.id)
        if box is None:
            details: dict[str, Any] = orjson.loads(key.open(request.details, purpose="details"))
            behalf = details.get("on_behalf_of") is not None
            return Visited(recipient=resident_of(request), behalf=behalf, to_call=request.by_call or behalf)
        number = key.open(Sealed(key_id=request.key_id, box=box), purpose="phone").decode()
        (person,) = await self._vault.contact_points(connection, [number])
        recipient = Recipient(
            role=Role.RESIDENT,
            contact_point_id=person.contact_point_id,
            address=person.key.seal(number.encode(), purpose="phone"),
            language=request.language,
        )
        to_call = request.by_call or parse_phone(number).kind == "landline"
        return Visited(recipient=recipient, behalf=True, to_call=to_call)


async def _ask(connection: asyncpg.Connection, request: StoredRequest, whom: Visited, now: datetime) -> None:
    """The question, and the two clocks that end it."""
    seconds, who = AGAIN_SECONDS[request.priority], whom.recipient
    again_at = after(request.priority, now, seconds)
    call_at = after(request.priority, again_at, seconds)
    open_until, phone = call_at + OPEN_AFTER, who.contact_point_id
    ask = ConsentAsk(ask_id=uuid7(), contact_point_id=phone, open_until=open_until, behalf=whom.behalf)
    stored = (who.address.key_id, who.address.box, who.language, ask.behalf, call_at, open_until)
    await connection.execute(QUERIES["put_consent"], request.id, ask.ask_id, phone, *stored)
    await tell(connection, ASKED, request, now, others=(who,), consent=ask)
    steps = {Step.AGAIN: again_at, Step.CALL: call_at}
    await set_timers(connection, [Timer(kind=CONSENT, subject=request.id, due_at=at, guard=step) for step, at in steps.items()])
