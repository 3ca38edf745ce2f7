"""SMS through eSMS.vn, under a registered sender name, which nobody can answer.

It knows a request by `RequestId`, which is our attempt id: the same one twice is answered 124 and sent once, so that a time-out
may be repeated. It has no word for how long a text is worth something: `not_after` is checked here, before it leaves.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from notify.channels.http_provider import HttpProvider, Patience, of_code, open_http
from notify.channels.on_the_air import Sms, on_the_air
from notify.channels.port import Abilities, Outgoing, Submission
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

PATH: Final = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
CUSTOMER_CARE: Final = "2"  # of SmsType: texts about something that this person has asked for
TAKEN: Final = frozenset({"100", "124"})  # 124: it has had this RequestId before
REFUSED: Final = {
    "99": "bad_number",  # it has blocked this number
    "108": "bad_number",
    "146": "not_registered",  # fits no template that the network has registered for this sender
    "177": "not_routable",  # the sender is not registered with this network
}
DOWN: Final = {
    "101": "credentials",
    "102": "misconfigured",  # the account has no prices: it sends nothing
    "103": "money",
    "104": "misconfigured",  # no such sender name
    "118": "misconfigured",  # no such kind of SMS
    "140": "misconfigured",  # our address is not on its list
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EsmsSettings:
    url: str
    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    sender: str  # the registered name that people see
    callback_url: str  # under which eSMS reaches notify
    callback_secret: str = field(repr=False)
    accents: bool = False  # whether the name is registered for texts with all their marks
    cost_vnd: int = 0
    patience: Patience = field(default_factory=Patience)


class _Said(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    code: str = Field(validation_alias="CodeResult", max_length=16)
    sms_id: str | None = Field(None, validation_alias="SMSID", max_length=64)


@asynccontextmanager
async def open_esms(settings: EsmsSettings, clock: Clock | None = None) -> AsyncIterator["EsmsCarrier"]:
    async with open_http(settings.patience) as http:
        yield EsmsCarrier(settings, http, clock or SystemClock())


class EsmsCarrier:
    """A Carrier."""

    name: Final = "esms"

    def __init__(self, settings: EsmsSettings, http: HttpProvider, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self.abilities = Abilities(
            channel=ChannelKind.SMS,
            two_way=False,
            repeats_safely=True,
            accents=settings.accents,
            cost_vnd=settings.cost_vnd,
            names_attempts=True,
        )

    async def send(self, message: Outgoing) -> Submission:
        body = self._body(message.id, on_the_air(message, self.abilities, self._clock.now()))
        said = (await self._http.post(f"{self._settings.url}{PATH}", json=body)).said(_Said)
        if said.code in TAKEN:
            return Submission(carrier_ref=said.sms_id)
        raise of_code(said.code, refused=REFUSED, down=DOWN)

    def _body(self, attempt_id: UUID, sms: Sms) -> dict[str, str]:
        """All values are strings, also the numbers: so it wants them."""
        settings = self._settings
        return {
            "ApiKey": settings.api_key,
            "SecretKey": settings.secret_key,
            "Phone": sms.number,
            "Content": sms.text,
            "Brandname": settings.sender,
            "SmsType": CUSTOMER_CARE,
            "IsUnicode": "0" if sms.plain else "1",
            "Sandbox": "0",
            "RequestId": str(attempt_id),
            "CallbackUrl": f"{settings.callback_url}/callbacks/esms/{settings.callback_secret}/report",
        }
