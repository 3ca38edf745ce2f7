"""Messages in the chat with the city's Zalo Official Account, with buttons whose words come back as a text.

Zalo lets an account write within seven days of a person's last word. It has no validity and no idempotency, and tells by a
receipt what has arrived and been seen.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from notify.channels.fitting import account_of, check_text, seconds_left
from notify.channels.http_provider import HttpProvider, open_http
from notify.channels.port import Abilities, Outgoing, Submission
from notify.channels.zalo_api import PATIENCE, Tokens, Word, ZaloApi
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

LONGEST_TEXT: Final = 2000
LONGEST_LABEL: Final = 100
_MISCONFIGURED: Final = Word("misconfigured", route=True)
_MONEY: Final = Word("money", route=True)
_BAD_MESSAGE: Final = Word("bad_message")
_GONE: Final = Word("no_chat", gone=True)
STALE: Final = frozenset({-216, -220})
WORDS: Final[Mapping[int, Word]] = {
    -32: Word("throttled", route=True),  # of the app, a minute
    -100: Word("provider_error", permanent=False),
    -201: _BAD_MESSAGE,
    -210: _BAD_MESSAGE,
    -233: _BAD_MESSAGE,
    -204: _MISCONFIGURED,  # the account is switched off
    -205: _MISCONFIGURED,  # or not there
    -209: _MISCONFIGURED,  # this API is not for this app
    -212: _MISCONFIGURED,
    -219: _MISCONFIGURED,
    -223: _MISCONFIGURED,
    -235: _MISCONFIGURED,
    -240: _MISCONFIGURED,  # an API that is shut down
    -211: Word("quota", route=True),  # of the account
    -218: Word("too_often"),  # to this person
    -213: _GONE,  # follows the account no more
    -217: _GONE,  # has blocked it
    -227: _GONE,  # not seen for 45 days
    -244: Word("unwanted"),  # takes no messages of this kind
    -221: _MISCONFIGURED,  # the account is not verified
    -224: _MONEY,  # needs a package
    -320: _MISCONFIGURED,  # no account to pay from
    -321: _MONEY,
    -230: Word("too_long_silent"),  # outside the seven days
    -232: Word("too_long_silent"),
    -234: Word("night"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloSettings:
    url: str  # of openapi
    cost_vnd: int = 0  # of one message, by the contract


@asynccontextmanager
async def open_zalo(settings: ZaloSettings, tokens: Tokens, clock: Clock | None = None) -> AsyncIterator["ZaloCarrier"]:
    async with open_http(PATIENCE) as http:
        yield ZaloCarrier(settings, http, tokens, clock or SystemClock())


class ZaloCarrier:
    """A Carrier. `to` is the id that this account knows a person by: digits, beyond 2^53, always a string."""

    name: Final = "zalo"

    def __init__(self, settings: ZaloSettings, http: HttpProvider, tokens: Tokens, clock: Clock) -> None:
        self._url = f"{settings.url}/v3.0/oa/message/cs"
        self._cost_vnd = settings.cost_vnd
        self._api = ZaloApi(self.name, http, tokens, WORDS, STALE)
        self._clock = clock

    @property
    def abilities(self) -> Abilities:
        return Abilities(
            channel=ChannelKind.ZALO, two_way=True, buttons=True, receipts=True, longest=LONGEST_TEXT, cost_vnd=self._cost_vnd
        )

    async def send(self, message: Outgoing) -> Submission:
        taken = await self._api.post(self._url, self._body(message))
        return Submission(carrier_ref=taken.message_id)

    def _body(self, message: Outgoing) -> dict[str, Any]:
        seconds_left(message, self._clock.now())
        check_text(message, self.abilities)
        said: dict[str, Any] = {"text": message.text}
        # "hide": what was tapped is not written into the chat as if the person had typed it.
        buttons = [{"title": one.label[:LONGEST_LABEL], "type": "oa.query.hide", "payload": one.says} for one in message.buttons]
        if buttons:
            said["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
        return {"recipient": {"user_id": account_of(message)}, "message": said}
