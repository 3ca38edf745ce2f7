"""What Zalo tells us: texts of people (a tapped button is one), and receipts. Stored before it is answered, not decided on.

Zalo wants its 200 within two seconds and repeats everything else, for an hour or so: what can never become right is answered 200
and counted. So is what was signed more than a day ago: ids of texts are forgotten in a month, and an old answer said again would
then be one to another question. Echoes of what our own account has sent come here, too, and are nobody's answer.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, ValidationError

from notify.callbacks.kannel import LONGEST_TEXT, count, ref_of, uuid_of
from notify.channels.port import Arrivals, InboundText, Receipt, ReceiptStatus
from notify.channels.zalo import ZaloCarrier
from notify.channels.zns import ZnsCarrier
from shared.errors import Misconfigured, NotFound
from shared.events.contract import ChannelKind
from shared.http.direct import Direct

SIGNATURE_HEADER: Final = "x-zevent-signature"
OLDEST_SECONDS: Final = 24 * 3600.0
AHEAD_SECONDS: Final = 300.0  # so far may Zalo's clock be before ours
MOST_SEEN: Final = 100  # messages that one "seen" names
# Whoever does not follow the account yet may write, too.
SAID: Final = frozenset({"user_send_text", "anonymous_send_text", "user_send_image", "user_send_link", "user_send_file"})


class _Signed(BaseModel):
    """What the signature is made over, beside the bytes themselves: as the JSON has it."""

    app_id: str
    timestamp: str


class _Person(BaseModel):
    id: str = Field(pattern=r"^[0-9]{1,32}$")


class _Coordinates(BaseModel):
    latitude: float
    longitude: float


class _Payload(BaseModel):
    coordinates: _Coordinates | None = None


class _Attachment(BaseModel):
    type: str = ""
    payload: _Payload | None = None


class _Message(BaseModel):
    msg_id: str | None = Field(None, max_length=128)
    msg_ids: list[str] = []
    text: str | None = None
    attachments: list[_Attachment] = []
    tracking_id: str | None = None
    delivery_time: str | int | None = None


class _Event(BaseModel):
    event_name: str
    timestamp: int  # milliseconds
    sender: _Person | None = None
    message: _Message = _Message()
    tracking_id: str | None = None
    delivery_time: str | int | None = None


def zalo_router(arrivals: Arrivals, *, app_id: str, secret: str, clock: Callable[[], float] = time.time) -> APIRouter:
    """`secret` is the one that Zalo shows beside the webhook, not the app's. Whoever cannot sign with it finds nothing.
    `clock` is the world's, like Zalo's, also where ours may be moved.
    """
    if not (app_id and secret):
        raise Misconfigured("Zalo's callbacks need the app and its webhook secret")
    router = APIRouter(prefix="/callbacks", tags=["callbacks"], route_class=Direct)

    @router.post("/zalo", response_class=Response)
    async def event(request: Request) -> Response:
        body = await request.body()
        if not _is_signed(body, request.headers.get(SIGNATURE_HEADER, ""), app_id, secret):
            count(ZaloCarrier.name, "forged")
            raise NotFound("page")
        try:
            told = _Event.model_validate_json(body)
        except ValidationError:
            count(ZaloCarrier.name, "unreadable")
            return Response()
        if not -AHEAD_SECONDS <= clock() - told.timestamp / 1000 <= OLDEST_SECONDS:
            count(ZaloCarrier.name, "out_of_time")
            return Response()
        await _take(arrivals, told)
        return Response()

    return router


async def _take(arrivals: Arrivals, event: _Event) -> None:
    text, receipts = _text_of(event), list(_receipts_of(event))
    if text is not None:
        await arrivals.take_text(text)
        count(ZaloCarrier.name, "text")
    for receipt in receipts:
        await arrivals.take_receipt(receipt)
        count(ZaloCarrier.name, "receipt")
    if text is None and not receipts:
        count(ZaloCarrier.name, "ignored")


def _is_signed(body: bytes, header: str, app_id: str, secret: str) -> bool:
    """A plain SHA-256 over app, body as it came, time and secret: no HMAC, so the secret's place at the end is what counts."""
    try:
        signed = _Signed.model_validate_json(body)
    except ValidationError:
        return False
    mac = hashlib.sha256(signed.app_id.encode() + body + signed.timestamp.encode() + secret.encode()).hexdigest()
    given = header.strip().removeprefix("mac=").strip().lower()
    return hmac.compare_digest(given.encode(), mac.encode()) and hmac.compare_digest(signed.app_id.encode(), app_id.encode())


def _text_of(event: _Event) -> InboundText | None:
    msg_id = ref_of(event.message.msg_id or "")
    if event.sender is None or msg_id is None:
        return None
    words = event.message.text if event.event_name in SAID else _place_of(event)
    if not words:
        return None
    return InboundText(
        carrier=ZaloCarrier.name,
        id=msg_id,
        sender=event.sender.id,
        text=words[:LONGEST_TEXT],
        channel=ChannelKind.ZALO,
    )


def _place_of(event: _Event) -> str | None:
    """A place becomes words for whoever reads it; no machine takes them for an answer."""
    if event.event_name != "user_send_location":
        return None
    places = [one.payload.coordinates for one in event.message.attachments if one.payload and one.payload.coordinates]
    return f"Vị trí / location: {places[0].latitude:.6f}, {places[0].longitude:.6f}" if places else event.message.text


def _receipts_of(event: _Event) -> Iterator[Receipt]:
    """By the message's id, never by who is called sender: sources disagree on who that is. What was seen has arrived."""
    message, msg_id = event.message, ref_of(event.message.msg_id or "")
    if event.event_name == "user_received_message":
        delivered = message.delivery_time or event.delivery_time  # only a template message has one
        carrier = ZaloCarrier.name if delivered is None else ZnsCarrier.name
        attempt_id = None if delivered is None else uuid_of(message.tracking_id or event.tracking_id or "")
        if attempt_id is not None or msg_id is not None:
            yield Receipt(carrier=carrier, attempt_id=attempt_id, status=ReceiptStatus.DELIVERED, carrier_ref=msg_id)
    elif event.event_name == "user_seen_message":
        for ref in map(ref_of, [*message.msg_ids, message.msg_id or ""][:MOST_SEEN]):
            if ref is not None:
                yield Receipt(carrier=ZaloCarrier.name, attempt_id=None, status=ReceiptStatus.DELIVERED, carrier_ref=ref)
