"""Template messages of Zalo (ZNS) by phone number: approved beforehand, so only what a template says, and nobody can answer.

A deployment's file names the template of a purpose and how its parameters are read out of the text that we have written. A
purpose without one, or a text that reads differently, cannot go this way, and the next channel has it.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from notify.channels.fitting import seconds_left
from notify.channels.http_provider import HttpProvider, open_http
from notify.channels.port import Abilities, CarrierRefused, Outgoing, Submission
from notify.channels.zalo_api import PATIENCE, Tokens, Word, ZaloApi
from notify.purpose import CALL_ONLY, Purpose
from shared.clock import Clock, SystemClock
from shared.errors import Invalid, Misconfigured
from shared.events.contract import ChannelKind
from shared.phones import parse_phone

_MISCONFIGURED: Final = Word("misconfigured", route=True)
_BAD_TEMPLATE: Final = Word("bad_template", loud=True)  # of this purpose; other purposes go on
_UNREACHABLE: Final = Word("no_account")  # this number has no Zalo that can be written to, today
_MONEY: Final = Word("money", route=True)
STALE: Final = frozenset({-124, -216, -220})
WORDS: Final[Mapping[int, Word]] = {
    -32: Word("throttled", route=True),
    -100: Word("provider_error", permanent=False),
    **dict.fromkeys((-101, -102, -103, -104, -105), _MISCONFIGURED),  # the app, its secret, its link to the account
    **dict.fromkeys((-106, -107, -109, -111, -112, -113, -117), _BAD_TEMPLATE),
    -108: Word("bad_number"),
    **dict.fromkeys((-110, -114, -118, -119), _UNREACHABLE),
    **dict.fromkeys((-115, -126, -137), _MONEY),  # of the account, of its trial, and what could not be charged
    **dict.fromkeys((-120, -135, -136, -138), _MISCONFIGURED),  # what the account may do, and from what it is paid
    -144: Word("quota", route=True),  # of the account, a day
    -147: _BAD_TEMPLATE,  # what may be sent of this one a day
}


class ZnsTemplate(BaseModel):
    """`reads` is a pattern over the whole of our text: what the template leaves out, somebody has left out on purpose. What its
    named groups find are the template's parameters, beside those of `also`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template_id: str = Field(pattern=r"^[0-9]{1,20}$")
    reads: re.Pattern[str]
    also: dict[str, str] = {}

    def parameters(self, text: str) -> dict[str, str] | None:
        """None: the text does not say all that the template has to."""
        found = self.reads.fullmatch(text)
        return {**self.also, **found.groupdict()} if found is not None and all(found.groupdict().values()) else None


Templates = Mapping[str, list[ZnsTemplate]]  # of a purpose; the first that fits


def read_templates(file: Path) -> Templates:
    """Raises Misconfigured: a purpose that does not exist would never be sent, and nobody would notice."""
    try:
        found = TypeAdapter(dict[Purpose, list[ZnsTemplate]]).validate_json(file.read_bytes())
    except OSError as error:
        raise Misconfigured(f"the templates of ZNS cannot be read: {error.strerror}") from None
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        raise Misconfigured(f"the templates of ZNS: {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from None
    if spoken := sorted(found.keys() & CALL_ONLY):
        raise Misconfigured(f"the templates of ZNS: {', '.join(spoken)} is only ever spoken")
    return {purpose.value: templates for purpose, templates in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZnsSettings:
    url: str  # of business.openapi
    templates: Templates
    cost_vnd: int = 0  # of one message, by the contract


@asynccontextmanager
async def open_zns(settings: ZnsSettings, tokens: Tokens, clock: Clock | None = None) -> AsyncIterator["ZnsCarrier"]:
    async with open_http(PATIENCE) as http:
        yield ZnsCarrier(settings, http, tokens, clock or SystemClock())


class ZnsCarrier:
    """A Carrier. `to` is a phone number; our attempt id travels as `tracking_id`, and receipts bring it back."""

    name: Final = "zns"

    def __init__(self, settings: ZnsSettings, http: HttpProvider, tokens: Tokens, clock: Clock) -> None:
        self._settings = settings
        self._api = ZaloApi(self.name, http, tokens, WORDS, STALE)
        self._clock = clock

    @property
    def abilities(self) -> Abilities:
        return Abilities(channel=ChannelKind.ZNS, two_way=False, receipts=True, cost_vnd=self._settings.cost_vnd)

    async def send(self, message: Outgoing) -> Submission:
        taken = await self._api.post(f"{self._settings.url}/message/template", self._body(message))
        return Submission(carrier_ref=taken.msg_id)

    def _body(self, message: Outgoing) -> dict[str, Any]:
        seconds_left(message, self._clock.now())
        for template in self._settings.templates.get(message.kind, ()):
            if (parameters := template.parameters(message.text)) is not None:
                filled = {"template_id": template.template_id, "template_data": parameters}
                return {"phone": _number(message.to), **filled, "tracking_id": str(message.id)}
        raise CarrierRefused("no_template", permanent=True)


def _number(to: str) -> str:
    """84912345678. A landline has no Zalo."""
    try:
        phone = parse_phone(to)
    except Invalid:
        raise CarrierRefused("bad_number", permanent=True) from None
    if phone.kind != "mobile":
        raise CarrierRefused("bad_number", permanent=True)
    return phone.e164.removeprefix("+")
