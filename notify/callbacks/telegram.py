"""What Telegram tells us: texts, and taps on buttons, which are texts too. Stored before it is answered, not decided on.

Any 2xx stops Telegram from repeating: what can never become right is answered 200 and counted, and only a desk whose database is
away answers 503. An update keeps its id over all repetitions.
"""

import hmac
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, ValidationError

from notify.callbacks.kannel import count
from notify.channels.port import Arrivals, InboundText
from notify.channels.telegram import TelegramCarrier
from notify.channels.telegram_courtesy import Courtesy
from shared.errors import Misconfigured, NotFound
from shared.events.contract import ChannelKind
from shared.http.direct import Direct

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of it
LONGEST_TEXT: Final = 4096


# Telegram's own bound. What is beyond it can neither be stored nor answered.
_Id = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class _Person(BaseModel):
    id: _Id


class _Chat(BaseModel):
    id: _Id
    type: str = ""


class _Place(BaseModel):
    latitude: float
    longitude: float


class _Contact(BaseModel):
    phone_number: str = Field(max_length=32)
    user_id: _Id | None = None


class _Message(BaseModel):
    message_id: _Id
    chat: _Chat
    sender: _Person | None = Field(None, alias="from")
    text: str | None = None
    caption: str | None = None
    location: _Place | None = None
    contact: _Contact | None = None


class _Tap(BaseModel):
    id: str
    sender: _Person = Field(alias="from")
    message: _Message | None = None
    data: str | None = None


class _Update(BaseModel):
    update_id: _Id
    message: _Message | None = None
    callback_query: _Tap | None = None


def telegram_router(arrivals: Arrivals, secret: str, courtesy: Courtesy) -> APIRouter:
    """`secret` is what setWebhook was told; whoever does not send it finds nothing."""
    if not secret:
        raise Misconfigured("Telegram's callbacks need a secret")
    router = APIRouter(prefix="/callbacks", tags=["callbacks"], route_class=Direct)

    @router.post("/telegram", response_class=Response)
    async def update(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            count(TelegramCarrier.name, "forged")
            raise NotFound("page")
        try:
            told = _Update.model_validate_json(await request.body())
        except ValidationError:
            count(TelegramCarrier.name, "unreadable")
            return Response()
        text = _text_of(told)
        if text is None:
            count(TelegramCarrier.name, "ignored")
            return Response()
        await arrivals.take_text(text)
        count(TelegramCarrier.name, "text")
        tap = told.callback_query
        if tap is not None and tap.message is not None:
            courtesy.owe(tap.id, tap.message.chat.id, tap.message.message_id)
        return Response()

    return router


def _text_of(update: _Update) -> InboundText | None:
    """What one person says in the chat with us alone. In a group nobody knows whose word it is; and a tap counts only in the chat
    of whoever taps: what it says is looked for among their own questions."""
    tap = update.callback_query
    message = update.message if tap is None else tap.message
    sender = tap.sender if tap is not None else message.sender if message is not None else None
    if message is None or sender is None or message.chat.type != "private" or message.chat.id != sender.id:
        return None
    words = tap.data if tap is not None else _words(message)
    if not words:
        return None
    return InboundText(
        carrier=TelegramCarrier.name,
        id=str(update.update_id),
        sender=str(sender.id),
        text=words[:LONGEST_TEXT],
        channel=ChannelKind.TELEGRAM,
    )


def _words(message: _Message) -> str | None:
    """A place, and a number of one's own that is shared, become words; somebody else's number says nothing of who writes."""
    contact = message.contact
    if contact is not None and message.sender is not None and contact.user_id == message.sender.id:
        return f"Số điện thoại / phone: +{contact.phone_number.lstrip('+')}"
    if message.location is not None:
        return f"Vị trí / location: {message.location.latitude:.6f}, {message.location.longitude:.6f}"
    return message.text or message.caption
