"""SMS through SpeedSMS.vn. It knows nothing of our ids: what a time-out leaves unknown stays unknown until its report comes.

It can be asked by its own number of a message, which is exactly what an unknown attempt does not have; so it is not asked.
Like eSMS it has no word for `not_after`, which is checked here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from notify.channels.http_provider import HttpProvider, Patience, basic_auth, of_code, open_http
from notify.channels.on_the_air import on_the_air
from notify.channels.port import Abilities, CarrierRefused, CarrierUncertain, Outgoing, Submission
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

PATH: Final = "/index.php/sms/send"
OWN_PHONE: Final = 5  # of sms_type: a telephone of ours sends, and who answers it is heard
BROKE_DOWN: Final = "500"  # an error on its side, before or after it took the text
REFUSED: Final = {"101": "bad_message", "105": "bad_number", "110": "bad_message", "113": "too_long"}
DOWN: Final = {
    "007": "misconfigured",  # our address is not on its list
    "008": "credentials",  # the account is blocked
    "009": "credentials",  # the account may not do this
    "300": "money",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedSmsSettings:
    url: str
    token: str = field(repr=False)
    kind: int  # 2 a random number, 3 our sender name, 4 theirs, 5 a telephone of ours
    sender: str = ""  # the name, or the telephone's id
    accents: bool = False
    cost_vnd: int = 0
    patience: Patience = field(default_factory=Patience)


class _Data(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    number: str = Field(validation_alias="tranId", max_length=64)
    invalid: list[str] = Field(default_factory=list, validation_alias="invalidPhone", max_length=100)


class _Said(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    status: str = Field(max_length=16)
    code: str = Field("", max_length=16)
    data: _Data | None = None


@asynccontextmanager
async def open_speedsms(settings: SpeedSmsSettings, clock: Clock | None = None) -> AsyncIterator["SpeedSmsCarrier"]:
    async with open_http(settings.patience) as http:
        yield SpeedSmsCarrier(settings, http, clock or SystemClock())


class SpeedSmsCarrier:
    """A Carrier."""

    name: Final = "speedsms"

    def __init__(self, settings: SpeedSmsSettings, http: HttpProvider, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._auth = basic_auth(settings.token, "x")
        self.abilities = Abilities(
            channel=ChannelKind.SMS,
            two_way=settings.kind == OWN_PHONE,
            accents=settings.accents,
            cost_vnd=settings.cost_vnd,
        )

    async def send(self, message: Outgoing) -> Submission:
        settings, sms = self._settings, on_the_air(message, self.abilities, self._clock.now())
        body = {"to": [sms.number], "content": sms.text, "sms_type": settings.kind, "sender": settings.sender}
        said = (await self._http.post(f"{settings.url}{PATH}", json=body, headers=self._auth)).said(_Said)
        if said.status == "success":
            return _taken(said.data)
        if said.code == BROKE_DOWN:
            raise CarrierUncertain
        raise of_code(said.code, refused=REFUSED, down=DOWN)


def _taken(data: _Data | None) -> Submission:
    """Success is said of the request; the one number in it may still be none."""
    if data is None:
        raise CarrierUncertain
    if data.invalid:
        raise CarrierRefused("bad_number", permanent=True)
    return Submission(carrier_ref=data.number)
