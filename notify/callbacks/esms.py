"""What eSMS tells us over HTTP: by GET, up to five times until it hears 200, unsigned. The secret in the address has to do."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from notify.callbacks.kannel import knows, ref_of, uuid_of
from notify.channels.esms import EsmsCarrier
from notify.channels.port import Arrivals, Receipt, ReceiptStatus

FINISHED: Final = "5"  # of SendStatus; how it finished stands in SendSuccess and SendFailed
STATUS_OF: Final = {
    "1": ReceiptStatus.BUFFERED,  # waits for approval
    "2": ReceiptStatus.BUFFERED,  # waits to be sent
    "4": ReceiptStatus.REJECTED,
    "7": ReceiptStatus.ACCEPTED,  # handed to the network
}


def esms_router(arrivals: Arrivals, secret: str) -> APIRouter:
    secrecy = [Depends(knows(secret, EsmsCarrier.name))]
    router = APIRouter(prefix="/callbacks/esms/{secret}", tags=["callbacks"], dependencies=secrecy)

    @router.get("/report", response_class=Response)
    async def report(request: Request) -> Response:
        """`RequestId` is our attempt id, `SMSID` eSMS's own. Nonsense is answered like the rest: it gets no better."""
        given = request.query_params
        attempt_id, status = uuid_of(given.get("RequestId", "")), status_of(given)
        if attempt_id is not None and status is not None:
            ref = ref_of(given.get("SMSID", ""))
            await arrivals.take_receipt(Receipt(carrier=EsmsCarrier.name, attempt_id=attempt_id, status=status, carrier_ref=ref))
        return Response()

    return router


def status_of(given: Mapping[str, str]) -> ReceiptStatus | None:
    """Each request of ours has one receiver. Both counted: a part of the text did not arrive, so the text did not."""
    sent = given.get("SendStatus", "")
    if sent != FINISHED:
        return STATUS_OF.get(sent)
    if _any(given.get("SendFailed", "")):
        return ReceiptStatus.UNDELIVERED
    return ReceiptStatus.DELIVERED if _any(given.get("SendSuccess", "")) else None


def _any(count: str) -> bool:
    return count.isascii() and count.isdigit() and int(count[:9]) > 0
