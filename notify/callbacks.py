"""What carriers tell us over HTTP: Kannel's receipts (`dlr`) and texts (`mo`). Stored before it is answered, not decided on.

Only 200 and 202 stop Kannel from repeating, so what can never become right is answered 200 and counted; only a desk whose
database is away answers 503. The body must stay empty: Kannel texts a body back to the sender.
"""

import hmac
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from notify.channels.kannel import STATUS_OF_DLR, KannelCarrier
from notify.channels.port import Arrivals, InboundText, Receipt
from shared.errors import NotFound

LONGEST_TEXT: Final = 4000


def kannel_router(arrivals: Arrivals, secret: str) -> APIRouter:
    """`secret` is part of the address: whoever does not know it finds nothing."""

    def knows_the_secret(given: Annotated[str, Path(alias="secret", max_length=200)]) -> None:
        if not hmac.compare_digest(given.encode(), secret.encode()):
            raise NotFound("page")

    router = APIRouter(prefix="/callbacks/kannel/{secret}", tags=["callbacks"], dependencies=[Depends(knows_the_secret)])

    @router.get("/dlr", response_class=Response)
    async def receipt(cid: str = "", d: str = "", fid: str = "") -> Response:
        status, attempt_id = STATUS_OF_DLR.get(d), _uuid(cid)
        if status is not None and attempt_id is not None:
            ref = fid[:64] if fid and fid.isascii() and fid.isprintable() else None
            await arrivals.take_receipt(
                Receipt(carrier=KannelCarrier.name, attempt_id=attempt_id, status=status, carrier_ref=ref)
            )
        return Response()

    @router.get("/mo", response_class=Response)
    async def text(id: str = "", sender: Annotated[str, Query(alias="from")] = "", text: str = "") -> Response:  # noqa: A002
        """`id` is Kannel's %I: the same over all repetitions of one message."""
        if id and sender:
            arrived = InboundText(carrier=KannelCarrier.name, id=id, sender=sender[:40], text=text[:LONGEST_TEXT])
            await arrivals.take_text(arrived)
        return Response()

    return router


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
