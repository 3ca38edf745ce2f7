"""An SMTP server on loopback (aiosmtpd, not by the makers of our client): it takes mails, or says what a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """`says`: its answer to a step (MAIL, RCPT, DATA) instead of yes. `hangs`: the step after which it says nothing more."""

    says: dict[str, str] = field(default_factory=dict)
    hangs: str | None = None
    vanishes: str | None = None  # the step after which it is gone
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_MAIL(self, server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(self, server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return await self._answer("DATA", server)

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Envelope, _way: str, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"opensesame", handled=False)

    async def _answer(self, step: str, server: SMTP) -> str:
        if self.hangs == step:
            await self.over.wait()
        if self.vanishes == step and server.transport is not None:
            server.transport.abort()
        return self.says.get(step, "250 OK")


@dataclass(frozen=True)
class Certificate:
    file: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file)
        return context

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


def a_certificate(folder: Path) -> Certificate:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "mailbox.pem"
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return Certificate(file)


@asynccontextmanager
async def a_mailbox(certificate: Certificate | None = None, *, tls: bool = False, login: bool = False) -> AsyncIterator[Mailbox]:
    """With a certificate: STARTTLS, or with `tls` from the first byte."""
    box = Mailbox()
    context = certificate.server() if certificate else None

    def served() -> SMTP:
        options: dict[str, Any] = {"authenticator": box.authenticate} if login else {}
        # Of the TLS below it this server knows nothing.
        return SMTP(box, hostname="mailbox", tls_context=None if tls else context, auth_require_tls=not tls, **options)

    server = await asyncio.get_running_loop().create_server(served, HOST, 0, ssl=context if tls else None)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        box.over.set()
        server.close()
        await server.wait_closed()
