"""The phones of the simulated network, over HTTP: what they show, and an answer typed on one. Embedded profile only,
and from this machine only: the access table guards it, because the texts are in clear.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from notify.callbacks.missed_calls import MissedCall, take_missed_call
from notify.channels.port import Arrivals, InboundText
from notify.channels.simulated import QUERIES, SIMULATED_CHATS, SimulatedCarrier
from shared.events.contract import ChannelKind
from shared.ids import uuid7
from shared.moments import read_moment
from shared.phones import parse_phone
from shared.postgres.transaction import reading

MOST: Final = 100_000
GREATEST_ID: Final = 2**63 - 1  # of a bigint; an error of the driver otherwise


class Reply(BaseModel):
    """An SMS that somebody sends us, or what they write in the chat: `from` is their account there. `id` is the network's; the
    same id twice is the network repeating itself."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[str, Field(alias="from", min_length=1, max_length=32)]
    channel: Literal[ChannelKind.SMS, ChannelKind.TELEGRAM, ChannelKind.ZALO] = ChannelKind.SMS
    text: Annotated[str, Field(max_length=2000)]
    id: Annotated[str | None, Field(max_length=64)] = None


def phones_router(pool: asyncpg.Pool, arrivals: Arrivals) -> APIRouter:
    router = APIRouter(prefix="/dev", tags=["dev"])

    @router.get("/messages")
    async def messages(
        since: Annotated[str, Query(max_length=64)] = "", limit: Annotated[int, Query(ge=1, le=MOST)] = MOST
    ) -> list[dict[str, Any]]:
        """`since`: an id (messages after it) or a time (from then on); empty means all."""
        name, start = _since(since)
        async with reading(pool) as connection:
            rows = await connection.fetch(QUERIES[name], start, limit)
        return [_shown(row) for row in rows]

    @router.post("/replies", status_code=202)
    async def reply(reply: Reply) -> dict[str, str]:
        if reply.channel is ChannelKind.SMS:
            _check_number(reply.sender)
        carrier = SIMULATED_CHATS.get(reply.channel, SimulatedCarrier).name
        arrived = InboundText(
            carrier=carrier, id=reply.id or str(uuid7()), sender=reply.sender, text=reply.text, channel=reply.channel
        )
        await arrivals.take_text(arrived)
        return {"id": arrived.id}

    @router.post("/missed-calls", status_code=202)
    async def missed_call(call: MissedCall) -> dict[str, str]:
        return await take_missed_call(arrivals, call)

    return router


def _check_number(sender: str) -> None:
    """A network knows who sends; here nobody would hear that a text from nowhere is only counted. Raises Invalid."""
    parse_phone(sender, "from")


def _since(since: str) -> tuple[str, int | datetime]:
    if (since.isascii() and since.isdigit()) or not since:
        return "read_messages_after", min(int(since or 0), GREATEST_ID)
    return "read_messages_since", read_moment("since", since)


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "to": row["to_number"],
        "channel": row["channel"],
        "text": row["body"],
        "request_id": str(row["request_id"]),
        "kind": row["kind"],
        "at": row["at"].isoformat(),
    }
