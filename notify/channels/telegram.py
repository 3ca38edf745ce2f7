"""Messages through the Telegram Bot API: to people who have opened the chat with our bot, with buttons under what is asked.

Telegram has no receipts, no validity and no idempotency: `submitted` is the last that is known, a tap is what says "read", and a
question that nobody answers moves on by its own clock.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from notify.channels.fitting import account_of, check_text, seconds_left
from notify.channels.http_provider import (
    BAD_REQUEST,
    NOT_FOUND,
    SERVER_ERROR,
    THROTTLED,
    Answer,
    HttpProvider,
    Patience,
    believed,
    open_http,
)
from notify.channels.port import Abilities, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, Submission
from notify.channels.telegram_courtesy import NAME, Courtesy
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

LONGEST_TEXT: Final = 4096
LONGEST_CALLBACK_BYTES: Final = 64
UNAUTHORIZED, FORBIDDEN = 401, 403
# A 400 is a bad message or a chat that is no more, and only these words of the description tell them apart.
_NOBODY_THERE: Final = ("chat not found", "user not found", "peer_id_invalid", "chat_id_invalid", "group chat was upgraded")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    url: str  # of the Bot API, without the token
    token: str = field(repr=False)
    patience: Patience = field(default_factory=Patience)


class _Parameters(BaseModel):
    retry_after: float | None = None


class _Message(BaseModel):
    message_id: int


class _Sent(BaseModel):
    """What the Bot API says about a sendMessage."""

    ok: bool
    result: _Message | None = None
    error_code: int | None = None
    description: str = ""
    parameters: _Parameters = _Parameters()


class _Done(BaseModel):
    """What it says about a call whose result nobody needs."""

    ok: bool


@asynccontextmanager
async def open_telegram(settings: TelegramSettings, clock: Clock | None = None) -> AsyncIterator["TelegramCarrier"]:
    async with open_http(settings.patience) as http:
        yield TelegramCarrier(settings, http, clock or SystemClock())


class TelegramCarrier:
    """A Carrier. `to` is the id of a private chat, which is the person's own id."""

    name: Final = NAME
    abilities: Final = Abilities(
        channel=ChannelKind.TELEGRAM, two_way=True, buttons=True, receipts=False, longest=LONGEST_TEXT, names_attempts=True
    )

    def __init__(self, settings: TelegramSettings, http: HttpProvider, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self.courtesy = Courtesy(self)  # a loop, for whoever runs this

    async def send(self, message: Outgoing) -> Submission:
        return _judge(await self._call("sendMessage", self._body(message)))

    async def thank(self, tap_id: str, words: str) -> bool:
        """Ends the little clock on a button that was tapped. False: Telegram would not; nothing is lost by it."""
        return await self._done("answerCallbackQuery", {"callback_query_id": tap_id, "text": words})

    async def take_buttons(self, chat_id: int, message_id: int) -> bool:
        """So that nobody taps them twice. False: they were gone already, or the message is too old."""
        return await self._done("editMessageReplyMarkup", {"chat_id": chat_id, "message_id": message_id})

    async def _done(self, method: str, body: dict[str, Any]) -> bool:
        answer = (await self._call(method, body)).read(_Done)
        return answer is not None and answer.ok

    async def _call(self, method: str, body: dict[str, Any]) -> Answer:
        url = f"{self._settings.url}/bot{self._settings.token}/{method}"
        return await self._http.post(url, json=body)

    def _body(self, message: Outgoing) -> dict[str, Any]:
        """Without parse_mode: what people are called must not become markup. Without preview: Telegram would open our links."""
        seconds_left(message, self._clock.now())
        check_text(message, self.abilities)
        body = {"chat_id": int(account_of(message)), "text": message.text, "link_preview_options": {"is_disabled": True}}
        buttons = [[{"text": one.label, "callback_data": one.says}] for one in message.buttons]
        # One that is too long would have the whole message refused; the text says what the buttons say.
        fit = all(0 < len(one.says.encode()) <= LONGEST_CALLBACK_BYTES and one.label for one in message.buttons)
        return {**body, "reply_markup": {"inline_keyboard": buttons}} if buttons and fit else body


def _judge(answer: Answer) -> Submission:
    """A word of Telegram's own is needed: a 403 in HTML is a proxy's, and nobody's chat is forgotten for that."""
    said = answer.read(_Sent)
    if answer.status == THROTTLED or (said is not None and said.error_code == THROTTLED):
        told = said.parameters.retry_after if said is not None else None
        raise CarrierDown("throttled", retry_after_seconds=believed(told) if told else answer.retry_after_seconds)
    if answer.status >= SERVER_ERROR or said is None:
        raise CarrierUncertain
    if said.ok:
        if said.result is None:
            raise CarrierUncertain
        return Submission(carrier_ref=str(said.result.message_id))
    raise _refusal(said.error_code or answer.status, said.description.lower())


def _refusal(code: int, description: str) -> Exception:
    if code >= SERVER_ERROR:
        return CarrierUncertain()
    if code in {UNAUTHORIZED, NOT_FOUND}:  # it knows no bot of this token
        return CarrierDown("credentials")
    if code == FORBIDDEN:
        return CarrierRefused("blocked", permanent=True, gone=True)
    if code == BAD_REQUEST and any(words in description for words in _NOBODY_THERE):
        return CarrierRefused("no_chat", permanent=True, gone=True)
    if code == BAD_REQUEST:
        return CarrierRefused("bad_message", permanent=True)
    return CarrierDown("misconfigured")  # none of its own codes: nothing was sent, and nothing else would be
