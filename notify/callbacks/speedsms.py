"""What SpeedSMS tells us over HTTP: reports and texts by POST to one address, unsigned. The secret in the address has to do."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request

from notify.callbacks.kannel import LONGEST_TEXT, knows, ref_of
from notify.channels.port import Arrivals, InboundText, Receipt, ReceiptStatus
from notify.channels.speedsms import SpeedSmsCarrier
from shared.ids import uuid7

DELIVERED, FIRST_FINAL_FAILURE = 0, 64  # of `status`; what lies between may still arrive


class _Report(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    type: Literal["report"]
    number: str = Field(validation_alias="tranId", max_length=64)
    status: int


class _Text(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    type: Literal["sms"]
    phone: str = Field(min_length=1, max_length=40)
    content: str


_SAID: Final[TypeAdapter[_Report | _Text]] = TypeAdapter(Annotated[_Report | _Text, Field(discriminator="type")])


def speedsms_router(arrivals: Arrivals, secret: str) -> APIRouter:
    secrecy = [Depends(knows(secret, SpeedSmsCarrier.name))]
    router = APIRouter(prefix="/callbacks/speedsms/{secret}", tags=["callbacks"], dependencies=secrecy)

    @router.post("", response_class=Response)
    async def said(request: Request) -> Response:
        """A text comes without an id of its own, so each one is new: the same answer twice is harmless, a lost one is not."""
        try:
            news = _SAID.validate_json(await request.body())
        except ValidationError:
            return Response()  # it gets no better
        if isinstance(news, _Report):
            await arrivals.take_receipt(_receipt(news))
        else:
            text = news.content[:LONGEST_TEXT]
            await arrivals.take_text(InboundText(carrier=SpeedSmsCarrier.name, id=str(uuid7()), sender=news.phone, text=text))
        return Response()

    return router


def _receipt(report: _Report) -> Receipt:
    return Receipt(
        carrier=SpeedSmsCarrier.name, attempt_id=None, status=_status(report.status), carrier_ref=ref_of(report.number)
    )


def _status(status: int) -> ReceiptStatus:
    if status == DELIVERED:
        return ReceiptStatus.DELIVERED
    return ReceiptStatus.UNDELIVERED if status >= FIRST_FINAL_FAILURE else ReceiptStatus.BUFFERED
