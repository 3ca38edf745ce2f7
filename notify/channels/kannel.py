"""SMS through Kannel's smsbox over HTTP. Every rule here was measured on bearerbox 1.4.5, which loses text silently if let.

Kannel answers 202 without an id, so the only correlation is our attempt id in the receipt's address (`dlr-url`). It cannot be
asked and knows no idempotency: what a time-out leaves unknown stays unknown until a receipt comes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from notify.channels.fitting import seconds_left
from notify.channels.http_provider import MULTIPLE_CHOICES, Answer, HttpProvider, Patience, open_http
from notify.channels.port import Abilities, CarrierRefused, CarrierUncertain, Outgoing, ReceiptStatus, Submission
from notify.sms_text import Alphabet, TooManyParts, alphabet_of, checked_parts
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

DLR_MASK: Final = 31  # 1 delivered, 2 undelivered, 4 buffered, 8 acknowledged, 16 rejected
# smsbox lets so many connections wait until it takes them. More look open while it is busy, and are not: they end without an
# answer, and a text that never left stays unknown.
AT_ONCE: Final = 10
TAKEN_OVER, FORBIDDEN, TOO_LARGE = 202, 403, 413
LONGEST_VALIDITY_MINUTES: Final = 7 * 24 * 60
# What a receipt says, in the order of Kannel's %d. 1 may come before 8; a part that is rejected gives 16 and then 1.
STATUS_OF_DLR: Final = {
    "1": ReceiptStatus.DELIVERED,
    "2": ReceiptStatus.UNDELIVERED,
    "4": ReceiptStatus.BUFFERED,
    "8": ReceiptStatus.ACCEPTED,
    "16": ReceiptStatus.REJECTED,
}
_CALLBACK_FIELDS: Final = {"cid": "", "d": "%d", "fid": "%F", "smsc": "%i"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KannelSettings:
    url: str  # http://host:port of smsbox
    username: str
    password: str = field(repr=False)
    sender: str  # the short code or name that people see
    callback_url: str  # http://host:port under which Kannel reaches notify
    callback_secret: str = field(repr=False)
    cost_vnd: int = 0  # of a part of an SMS, by the contract
    patience: Patience = field(default_factory=Patience)


@asynccontextmanager
async def open_kannel(settings: KannelSettings, clock: Clock | None = None) -> AsyncIterator["KannelCarrier"]:
    # A kept-alive connection that smsbox closes while we write would leave every such message unknown.
    async with open_http(settings.patience, reuse=False, at_once=AT_ONCE) as http:
        yield KannelCarrier(settings, http, clock or SystemClock())


class KannelCarrier:
    """A Carrier."""

    name: Final = "kannel"

    def __init__(self, settings: KannelSettings, http: HttpProvider, clock: Clock) -> None:
        self.abilities: Final = Abilities(channel=ChannelKind.SMS, two_way=True, names_attempts=True, cost_vnd=settings.cost_vnd)
        self._settings = settings
        self._http = http
        self._clock = clock

    async def send(self, message: Outgoing) -> Submission:
        headers, url = self._headers(message), f"{self._settings.url}/cgi-bin/sendsms"
        _judge(await self._http.post(url, data=message.text.encode(), headers=headers))
        return Submission()

    def _headers(self, message: Outgoing) -> dict[str, str]:
        """POST with headers: aiohttp repeats a GET by itself when the other side hangs up, and here that would be a second SMS.

        It also keeps number and text out of the address, which proxies and servers like to log.
        """
        if not message.text or not message.to.removeprefix("+").isdigit():
            raise CarrierRefused("bad_message", permanent=True)  # Kannel takes empty text, and a space for a second recipient
        # Without coding, letters beyond ASCII become "?"; with coding but without charset, garbage. Both are answered 202.
        plain = message.text.isascii() and alphabet_of(message.text) is Alphabet.GSM7
        try:
            checked_parts(message.text, Alphabet.GSM7 if plain else Alphabet.UCS2)
        except TooManyParts:
            raise CarrierRefused("too_long", permanent=True) from None
        headers = {
            "Content-Type": "text/plain" if plain else "text/plain; charset=UTF-8",
            "X-Kannel-Username": self._settings.username,
            "X-Kannel-Password": self._settings.password,
            "X-Kannel-From": self._settings.sender,
            "X-Kannel-To": message.to,
            "X-Kannel-Validity": str(self._validity_minutes(message)),
            "X-Kannel-DLR-Mask": str(DLR_MASK),
            "X-Kannel-DLR-Url": self._receipt_address(message.id),
        }
        return headers if plain else {**headers, "X-Kannel-Coding": "2"}

    def _validity_minutes(self, message: Outgoing) -> int:
        """Rounded up: a lease of 90 seconds must not be cut to one minute; the question's own clock does the rest."""
        left = seconds_left(message, self._clock.now())
        return min(int(-(-left // 60)), LONGEST_VALIDITY_MINUTES)

    def _receipt_address(self, attempt_id: UUID) -> str:
        """Without the phone number: addresses end up in access logs. The percent signs are Kannel's to fill in."""
        fields = urlencode({**_CALLBACK_FIELDS, "cid": str(attempt_id)}, safe="%")
        return f"{self._settings.callback_url}/callbacks/kannel/{self._settings.callback_secret}/dlr?{fields}"


def _judge(answer: Answer) -> None:
    """202 means taken over, also when the SMSC is away (then it is queued). The words are Kannel's own."""
    if answer.status == TAKEN_OVER:
        return
    if answer.status == FORBIDDEN and b"routable" in answer.body:
        raise CarrierRefused("not_routable", permanent=True)
    answer.check()
    if answer.status < MULTIPLE_CHOICES:
        raise CarrierUncertain  # not in smsbox's words: something in between says it, and may have passed the message on
    raise CarrierRefused("too_long" if answer.status == TOO_LARGE else "bad_message", permanent=True)
