"""What Twilio tells us over HTTP: statuses and texts, as forms, signed with the account's token over the address it called."""

import base64
import hmac
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Response
from starlette.requests import Request

from notify.callbacks.kannel import LONGEST_TEXT, count, ref_of, uuid_of
from notify.channels.port import Arrivals, InboundText, Receipt, ReceiptStatus
from notify.channels.twilio import STATUS_PATH, TEXT_PATH, TwilioCarrier, TwilioSettings
from shared.errors import NotFound
from shared.http.body import body_of
from shared.http.direct import Direct

MOST_FIELDS: Final = 100
NOTHING: Final = 204  # a body would be read as words to be sent back
STATUS_OF: Final = {
    "accepted": ReceiptStatus.BUFFERED,
    "scheduled": ReceiptStatus.BUFFERED,
    "queued": ReceiptStatus.BUFFERED,
    "sending": ReceiptStatus.BUFFERED,
    "sent": ReceiptStatus.ACCEPTED,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.DELIVERED,
    "undelivered": ReceiptStatus.UNDELIVERED,
    "canceled": ReceiptStatus.UNDELIVERED,
    "failed": ReceiptStatus.REJECTED,
}
Form = Sequence[tuple[str, str]]


def twilio_router(arrivals: Arrivals, settings: TwilioSettings) -> APIRouter:
    router = APIRouter(tags=["callbacks"], route_class=Direct)  # one for each text that was sent

    async def signed(request: Request, path: str) -> dict[str, str]:
        """The form. Who cannot sign finds nothing. The address is the configured one: what a request calls itself is theirs."""
        form = _form(await body_of(request))
        query = request.scope["query_string"].decode("latin-1")
        url = f"{settings.callback_url}{path}" + (f"?{query}" if query else "")
        given = request.headers.get("X-Twilio-Signature", "")
        if not settings.token or not hmac.compare_digest(given.encode(), signature(settings.token, url, form).encode()):
            count(TwilioCarrier.name, "forged")
            raise NotFound("page")
        return dict(form)

    heard = Response(status_code=NOTHING)  # the same for all

    @router.post(STATUS_PATH, response_class=Response, status_code=NOTHING)
    async def status(request: Request) -> Response:
        form = await signed(request, STATUS_PATH)
        asked = dict(parse_qsl(request.scope["query_string"].decode("latin-1")))
        attempt_id, said = uuid_of(asked.get("attempt", "")), STATUS_OF.get(form.get("MessageStatus", ""))
        if attempt_id is not None and said is not None:
            ref = ref_of(form.get("MessageSid", ""))
            await arrivals.take_receipt(Receipt(carrier=TwilioCarrier.name, attempt_id=attempt_id, status=said, carrier_ref=ref))
        return heard

    @router.post(TEXT_PATH, response_class=Response, status_code=NOTHING)
    async def text(request: Request) -> Response:
        form = await signed(request, TEXT_PATH)
        number, sender = ref_of(form.get("MessageSid", "")), form.get("From", "")
        if number is not None and sender:
            body = form.get("Body", "")[:LONGEST_TEXT]
            await arrivals.take_text(InboundText(carrier=TwilioCarrier.name, id=number, sender=sender[:40], text=body))
        return heard

    return router


def signature(token: str, url: str, form: Form) -> str:
    """HMAC-SHA1, their choice, over the address and then each field in order of name: name and value."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


def _form(body: bytes) -> Form:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # no UTF-8, or more fields than make sense
        count(TwilioCarrier.name, "unreadable")
        raise NotFound("page") from None
