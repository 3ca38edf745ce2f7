"""What all calls to Zalo have in common: the token, and answers that say in `error` what became of the message.

HTTP is 200 also for errors. Each provider brings its own table from a code to our words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pydantic import BaseModel

from notify.channels.http_provider import SERVER_ERROR, THROTTLED, Answer, HttpProvider, Patience
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain
from shared.telemetry.logs import logger

log = logger()

# Two of these and a renewal between them must fit into what a send may take (SendingRules.send_seconds).
PATIENCE: Final = Patience(connect_seconds=1.5, answer_seconds=3.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The tokens of one app. The one that renews works a single time."""

    access: str = field(repr=False)
    renewing: str = field(repr=False)
    version: int
    left_seconds: float
    failure: str | None = None  # renewing it has failed a moment ago: away, unknown or refused


class Tokens(Protocol):
    """Both raise CarrierDown when there is no token that works."""

    async def held(self) -> Pair: ...

    async def instead_of(self, refused: Pair) -> Pair:
        """Zalo does not take this one any more: the next one, within seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """What a code means to us: this message is refused, or (`route`) nothing can be sent."""

    reason: str
    route: bool = False
    permanent: bool = True
    gone: bool = False
    loud: bool = False  # a person has to look, and no state of the route shows it

    def error(self) -> Exception:
        if self.route:
            return CarrierDown(self.reason)
        return CarrierRefused(self.reason, permanent=self.permanent, gone=self.gone)


UNKNOWN_CODE: Final = Word("refused", loud=True)  # an error all the same: nothing was sent, another channel may do better


class Taken(BaseModel):
    """`data` of an answer: the id that receipts name; OA messages and templates call it differently."""

    message_id: str | None = None
    msg_id: str | None = None


class _Said(BaseModel):
    error: int
    data: Taken | None = None


class ZaloApi:
    """`words`: the provider's codes; `stale`: those that say that the token is over."""

    def __init__(
        self, carrier: str, http: HttpProvider, tokens: Tokens, words: Mapping[int, Word], stale: frozenset[int]
    ) -> None:
        self._carrier = carrier
        self._http = http
        self._tokens = tokens
        self._words = words
        self._stale = stale

    async def post(self, url: str, body: Mapping[str, Any]) -> Taken:
        """Raises the port's three errors, and nothing else. A refused message was not taken, so that it may be sent again."""
        pair = await self._tokens.held()
        said = await self._ask(url, body, pair)
        if said.error in self._stale:
            said = await self._ask(url, body, await self._tokens.instead_of(pair))
        if said.error in self._stale:
            raise CarrierDown("credentials")
        if said.error != 0:
            raise self._refusal(said.error)
        return said.data or Taken()

    async def _ask(self, url: str, body: Mapping[str, Any], pair: Pair) -> _Said:
        return _said(await self._http.post(url, json=body, headers={"access_token": pair.access}))

    def _refusal(self, code: int) -> Exception:
        word = self._words.get(code, UNKNOWN_CODE)
        if word.loud:
            log.warning("notify.zalo.refused", carrier=self._carrier, code=code, reason=word.reason)
        return word.error()


def _said(answer: Answer) -> _Said:
    if answer.status == THROTTLED:
        raise CarrierDown("throttled", retry_after_seconds=answer.retry_after_seconds)
    said = answer.read(_Said)
    if said is None or answer.status >= SERVER_ERROR:
        raise CarrierUncertain
    return said
