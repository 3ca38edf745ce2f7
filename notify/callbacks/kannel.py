"""What carriers tell us over HTTP: Kannel's receipts (`dlr`) and texts (`mo`). Stored before it is answered, not decided on.

Only 200 and 202 stop Kannel from repeating, so what can never become right is answered 200 and counted; only a desk whose
database is away answers 503. The body must stay empty: Kannel texts a body back to the sender.
"""

import hmac
from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from notify.channels.kannel import STATUS_OF_DLR, KannelCarrier
from notify.channels.port import Arrivals, InboundText, Receipt
from shared.errors import NotFound
from shared.telemetry.metrics import NOTIFY_CALLBACKS

LONGEST_TEXT: Final = 4000


def knows(secret: str, carrier: str) -> Callable[[str], None]:
    """For `Depends`: the `{secret}` of the address is this one. Whoever does not know it finds nothing, and is counted."""

    def check(given: Annotated[str, Path(alias="secret", max_length=200)]) -> None:
        if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            count(carrier, "forged")
            raise NotFound("page")

    return check


def count(carrier: str, outcome: str) -> None:
    NOTIFY_CALLBACKS.labels(carrier, outcome).inc()


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def ref_of(text: str) -> str | None:
    """A provider's id of a message as we store it; None for what cannot be one."""
    return text[:64] if text and text.isascii() and text.isprintable() else None


def kannel_router(arrivals: Arrivals, secret: str) -> APIRouter:
    """`secret` is part of the address."""
    secrecy = [Depends(knows(secret, KannelCarrier.name))]
    router = APIRouter(prefix="/callbacks/kannel/{secret}", tags=["callbacks"], dependencies=secrecy)

    @router.get("/dlr", response_class=Response)
    async def receipt(cid: str = "", d: str = "", fid: str = "") -> Response:
        status, attempt_id = STATUS_OF_DLR.get(d), uuid_of(cid)
        if status is not None and attempt_id is not None:
            await arrivals.take_receipt(
                Receipt(carrier=KannelCarrier.name, attempt_id=attempt_id, status=status, carrier_ref=ref_of(fid))
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
