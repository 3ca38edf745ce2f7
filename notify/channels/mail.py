"""E-mail, handed to one SMTP server of ours. No receipts: a server that took a mail may still fail to deliver it, silently.

Until the text is handed over nothing was taken, so whatever goes wrong before is certain; only the end of the last step is not.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE
from email.utils import format_datetime
from typing import Final, Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from notify.channels.fitting import check_text, is_mail_address, seconds_left
from notify.channels.port import Abilities, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, Submission
from shared.clock import Clock, SystemClock
from shared.events.contract import ChannelKind

SUBJECT: Final = "Tin từ TechRescue / A message from TechRescue"  # what it is about stands inside: servers keep subjects
LONGEST: Final = 10_000
STEP_SECONDS: Final = 5.0  # for each of the server's answers
WHOLE_SECONDS: Final = 13.0  # for all of them together: what a send may take
CLOSING: Final = 421  # "I am going away", said at any moment
TOO_LARGE: Final = 552
PERMANENT: Final = 500
NOT_LOGGED_IN: Final = frozenset({530, 535})  # said at any step by a server that wants to know first who we are
TOO_MANY: Final = "5.4.5"  # what our account may send a day
# What the enhanced codes (RFC 3463) say about an address for good; 550 alone may mean anything.
NO_LONGER_THERE: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
MAILBOX_FULL: Final = "5.2.2"  # until somebody reads
_ENHANCED: Final = re.compile(r"5\.[0-9]{1,3}\.[0-9]{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    host: str
    port: int
    security: Literal["tls", "starttls", "none"]  # none: a relay on the same machine or in the same cluster
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    trust: ssl.SSLContext | None = None  # None: the authorities of this machine
    step_seconds: float = STEP_SECONDS
    whole_seconds: float = WHOLE_SECONDS


@asynccontextmanager
async def open_mail(settings: MailSettings, clock: Clock | None = None) -> AsyncIterator["MailCarrier"]:
    yield MailCarrier(settings, clock or SystemClock())


class MailCarrier:
    """A Carrier. A connection for each mail: there are few, and an idle one dies unseen. No error leaves here with an address."""

    name: Final = "mail"
    abilities: Final = Abilities(channel=ChannelKind.EMAIL, two_way=False, receipts=False, longest=LONGEST)

    def __init__(self, settings: MailSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def send(self, message: Outgoing) -> Submission:
        written = self._written(message)
        client = self._client()
        handing_over = False
        try:
            async with asyncio.timeout(self._settings.whole_seconds):
                await client.connect()
                await client.mail(self._settings.sender)
                await client.rcpt(message.to)
                handing_over = True
                await client.data(written)
        except SMTPResponseException as error:
            raise judged(error) from None
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError, TimeoutError):
            raise (CarrierUncertain() if handing_over else CarrierDown()) from None
        except SMTPException:
            raise CarrierDown("misconfigured") from None  # it offers no STARTTLS, or no way to log in that we know
        finally:
            client.close()
        return Submission()

    def takes(self, address: str) -> bool:
        return is_mail_address(address)

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            local_hostname=domain_of(settings.sender),  # else the machine's own name is looked up, and told
            timeout=settings.step_seconds,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=settings.trust,
        )

    def _written(self, message: Outgoing) -> bytes:
        now = self._clock.now()
        seconds_left(message, now)
        check_text(message, self.abilities)
        if not is_mail_address(message.to):
            raise CarrierRefused("bad_address", permanent=True, gone=True)
        domain, mail = domain_of(self._settings.sender), EmailMessage(policy=ON_THE_WIRE)
        mail["From"] = self._settings.sender
        mail["To"] = message.to
        mail["Subject"] = SUBJECT
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = f"<{message.id}@{domain}>"
        mail["References"] = f"<{message.request_id}@{domain}>"  # all mails about one request stand together
        mail["Expires"] = format_datetime(message.not_after)  # RFC 4021; who does not know it delivers late
        mail["Auto-Submitted"] = "auto-generated"  # no holiday notes come back
        mail.set_content(message.text, cte="quoted-printable")
        return mail.as_bytes()


def judged(error: SMTPResponseException) -> CarrierDown | CarrierRefused:
    """A code that came while nothing was taken, or instead of taking it; which step it answered decides whom it is about."""
    if error.code in NOT_LOGGED_IN:
        return CarrierDown("credentials")
    if error.code >= PERMANENT and _enhanced(error) == TOO_MANY:
        return CarrierDown("quota")
    if isinstance(error, SMTPRecipientRefused) and error.code != CLOSING:
        return _about_the_address(error)
    if isinstance(error, SMTPDataError) and error.code != CLOSING:
        return _about_the_text(error)
    if error.code < PERMANENT:
        return CarrierDown()
    # It does not take mails from us, or not from this sender.
    return CarrierDown("credentials" if isinstance(error, SMTPAuthenticationError) else "misconfigured")


def _enhanced(error: SMTPResponseException) -> str:
    found = _ENHANCED.search(error.message)
    return found[0] if found else ""


def _about_the_address(error: SMTPRecipientRefused) -> CarrierRefused:
    said = _enhanced(error)
    if error.code < PERMANENT or said == MAILBOX_FULL:
        return CarrierRefused("busy", permanent=False)  # greylisting, too
    return CarrierRefused("bad_address", permanent=True, gone=said in NO_LONGER_THERE)


def _about_the_text(error: SMTPDataError) -> CarrierRefused:
    if error.code < PERMANENT:
        return CarrierRefused("busy", permanent=False)
    return CarrierRefused("too_long" if error.code == TOO_LARGE else "filtered", permanent=True)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]
