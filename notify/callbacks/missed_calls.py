"""The door of a telephone system: somebody rang and nobody took it, which costs them nothing.

Kept like a text, before anything is made of it; what it means is decided where texts are read.
"""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from notify.channels.port import Arrivals, InboundText
from shared.http.body import JsonBody
from shared.phones import parse_phone

CARRIER: Final = "missed_calls"  # by it a row is known for one: there is nothing in it that anybody could have typed
ID_LASTS: Final = timedelta(days=1)  # longer than it says anything again, and than any offer waits


class MissedCall(BaseModel):
    """`id`: the telephone system's, the same over its own repetitions. It may count anew: of one number the same id is another
    call after a day, and of two numbers it is two calls."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: Annotated[str, Field(min_length=1, max_length=64)]
    sender: Annotated[str, Field(alias="from", min_length=1, max_length=32)]


MISSED_CALL: Final = JsonBody(MissedCall)


def missed_calls_router(arrivals: Arrivals) -> APIRouter:
    router = APIRouter(tags=["calls"])

    @router.post("/v1/missed-calls", status_code=202, openapi_extra=MISSED_CALL.schema())
    async def missed_call(request: Request) -> dict[str, str]:
        return await take_missed_call(arrivals, MISSED_CALL.parse(request))

    return router


async def take_missed_call(arrivals: Arrivals, call: MissedCall) -> dict[str, str]:
    """Raises Invalid for what is nobody's number: a hidden one gets no answer."""
    parse_phone(call.sender, "from")
    await arrivals.take_text(InboundText(carrier=CARRIER, id=call.id, sender=call.sender, text="", id_lasts=ID_LASTS))
    return {"id": call.id}
