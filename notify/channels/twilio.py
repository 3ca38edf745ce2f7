"""SMS through Twilio, or whoever speaks like it. No idempotency: a time-out is unknown until a status comes, which names our
attempt id because it stands in the address that Twilio calls and signs.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field

from notify.channels.http_provider import (
    BAD_REQUEST,
    SERVER_ERROR,
    Answer,
    HttpProvider,
    Patience,
    basic_auth,
    of_code,
    open_http,
)
from notify.channels.on_the_air import Sms, on_the_air
from notify.channels.port import Abilities, CarrierDown, Outgoing, Submission
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

LONGEST_BODY: Final = 1600
LONGEST_VALIDITY_SECONDS: Final = 14_400  # what everybody takes who speaks like Twilio; earlier than `not_after`, never later
STATUS_PATH: Final = "/callbacks/twilio/status"
TEXT_PATH: Final = "/callbacks/twilio/sms"
TOO_MANY: Final = 20429
REFUSED: Final = {
    "21211": "bad_number",
    "21214": "bad_number",
    "21217": "bad_number",
    "21408": "not_routable",  # this region is not switched on for the account
    "21602": "bad_message",
    "21610": "opted_out",  # has written STOP to this number, and Twilio keeps it
    "21612": "not_routable",
    "21614": "bad_number",  # no mobile
    "21617": "too_long",
}
DOWN: Final = {
    "10001": "credentials",  # the account is not active; without money it is not either
    "90010": "credentials",
    "20003": "credentials",
    "20005": "credentials",  # the account is not active
    "20006": "credentials",  # this account may not do that
    "20404": "misconfigured",  # no such account
    "21212": "misconfigured",  # the sender
    "21603": "misconfigured",
    "21606": "misconfigured",
    "21609": "misconfigured",  # the address for statuses
    "21659": "misconfigured",
    "21703": "misconfigured",  # no numbers behind the messaging service
    "63038": "quota",  # what this account may send a day
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    url: str
    account: str
    token: str = field(repr=False)
    sender: str  # a number of ours (+…), a name, or the id of a messaging service (MG…)
    callback_url: str  # the public address, exactly as Twilio calls it: it is part of what is signed
    cost_vnd: int = 0
    patience: Patience = field(default_factory=Patience)


class _Taken(BaseModel):
    sid: str = Field(max_length=64)


class _Error(BaseModel):
    code: int


@asynccontextmanager
async def open_twilio(settings: TwilioSettings, clock: Clock | None = None) -> AsyncIterator["TwilioCarrier"]:
    async with open_http(settings.patience) as http:
        yield TwilioCarrier(settings, http, clock or SystemClock())


class TwilioCarrier:
    """A Carrier."""

    name: Final = "twilio"

    def __init__(self, settings: TwilioSettings, http: HttpProvider, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._auth = basic_auth(settings.account, settings.token)
        self.abilities = Abilities(
            channel=ChannelKind.SMS,
            two_way=settings.sender.startswith(("+", "MG")),  # a name is answered by nobody
            longest=LONGEST_BODY,
            cost_vnd=settings.cost_vnd,
            names_attempts=True,
        )

    async def send(self, message: Outgoing) -> Submission:
        sms = on_the_air(message, self.abilities, self._clock.now())
        url = f"{self._settings.url}/2010-04-01/Accounts/{self._settings.account}/Messages.json"
        answer = await self._http.post(url, data=self._form(message.id, sms), headers=self._auth)
        _check_code(answer)
        return Submission(carrier_ref=answer.said(_Taken).sid)

    def _form(self, attempt_id: UUID, sms: Sms) -> dict[str, str]:
        sender = self._settings.sender
        return {
            "To": f"+{sms.number}",
            "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
            "Body": sms.text,
            "ValidityPeriod": str(max(1, min(int(sms.seconds_left), LONGEST_VALIDITY_SECONDS))),
            "StatusCallback": f"{self._settings.callback_url}{STATUS_PATH}?attempt={attempt_id}",
        }


def _check_code(answer: Answer) -> None:
    """Its own code says more than the status that it comes with; a server that broke down is judged by the status."""
    said = answer.read(_Error) if BAD_REQUEST <= answer.status < SERVER_ERROR else None
    if said is None:
        return
    if said.code == TOO_MANY:
        raise CarrierDown("throttled", retry_after_seconds=answer.retry_after_seconds)
    code = str(said.code)
    if code in REFUSED or code in DOWN:
        raise of_code(code, refused=REFUSED, down=DOWN)
