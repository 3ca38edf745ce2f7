"""What SpeedSMS tells us over HTTP: texts by POST, unsigned. The secret in the address has to do. Its reports name only its own
number of a message, and are not taken yet.
"""

from typing import Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from notify.callbacks import LONGEST_TEXT, knows
from notify.channels.port import Arrivals, InboundText
from notify.channels.speedsms import SpeedSmsCarrier
from shared.ids import uuid7


class _Text(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    type: Literal["sms"]
    phone: str = Field(min_length=1, max_length=40)
    content: str


def speedsms_router(arrivals: Arrivals, secret: str) -> APIRouter:
    router = APIRouter(prefix="/callbacks/speedsms/{secret}", tags=["callbacks"], dependencies=[Depends(knows(secret))])

    @router.post("", response_class=Response)
    async def said(request: Request) -> Response:
        """A text comes without an id of its own, so each one is new: the same answer twice is harmless, a lost one is not."""
        try:
            text = _Text.model_validate_json(await request.body())
        except ValidationError:
            return Response()  # it gets no better
        arrived = InboundText(carrier=SpeedSmsCarrier.name, id=str(uuid7()), sender=text.phone, text=text.content[:LONGEST_TEXT])
        await arrivals.take_text(arrived)
        return Response()

    return router
