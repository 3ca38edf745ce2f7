"""What an SMTP server gets from us, and what each of its answers makes of a mail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from notify.channels.mail import SUBJECT, MailCarrier, MailSettings, open_mail
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain
from tests.support.mailbox import HOST, Certificate, Mailbox, a_certificate, a_mailbox
from tests.support.provider import nobody
from tests.support.texting import NOW, Still, outgoing

TO = "lan.nguyen@example.vn"
TEXT = "Việc TR-7K2M-9QXD: máy in ở quầy một cửa.\n.\nTrả lời qua số 1022. / Reply over 1022."


@asynccontextmanager
async def mail(box: Mailbox, **changes: Any) -> AsyncIterator[MailCarrier]:
    settings = MailSettings(host=HOST, port=box.port, security="none", sender="tin@sos.example.vn", step_seconds=0.3)
    async with open_mail(replace(settings, **changes), Still()) as carrier:
        yield carrier


async def error_of(box: Mailbox, **changes: Any) -> Exception:
    async with mail(box, **changes) as carrier:
        with pytest.raises((CarrierDown, CarrierRefused, CarrierUncertain)) as raised:
            await carrier.send(outgoing(TEXT, to=TO))
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert all(word not in told for word in ("lan.nguyen", "máy in", "opensesame", "no such"))
    return raised.value


async def test_a_mail_says_who_writes_and_nothing_of_a_person_above_its_text() -> None:
    message = outgoing(TEXT, to=TO)
    async with a_mailbox() as box, mail(box) as carrier:
        taken = await carrier.send(message)
    (written,), (envelope,) = box.mails, box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("tin@sos.example.vn", [TO])
    assert written.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT
    assert (written.get_content_type(), written.get_content_charset()) == ("text/plain", "utf-8")
    assert (written["From"], written["To"], written["Subject"]) == ("tin@sos.example.vn", TO, SUBJECT)
    assert written["Message-ID"] == f"<{message.id}@sos.example.vn>"
    assert written["References"] == f"<{message.request_id}@sos.example.vn>"
    assert parsedate_to_datetime(written["Expires"]) == message.not_after
    assert written["Auto-Submitted"] == "auto-generated"
    assert max(len(line) for line in (envelope.content or b"").splitlines()) <= 78
    assert taken.carrier_ref is None
    assert not carrier.abilities.receipts


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_what_is_written_travels_sealed_after_a_login(security: Any, tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    login = {"username": "techrescue", "password": "opensesame"}
    async with a_mailbox(certificate, tls=security == "tls", login=True) as box:
        async with mail(box, security=security, trust=certificate.trust(), **login) as carrier:
            await carrier.send(outgoing(TEXT, to=TO))
        assert len(box.mails) == 1
        wrong = await error_of(box, security=security, trust=certificate.trust(), username="techrescue", password="guess")
        stranger = await error_of(box, security=security, **login)
    assert isinstance(wrong, CarrierDown)
    assert (wrong.reason, len(box.mails)) == ("credentials", 1)
    assert isinstance(stranger, CarrierDown), "nobody vouches for this certificate"
    assert box.logins.count((b"techrescue", b"opensesame")) == 1, "a password is not told to a stranger"


async def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    async with a_mailbox() as box:
        error = await error_of(box, security="starttls", trust=Certificate.trust(a_certificate(tmp_path)))
    assert isinstance(error, CarrierDown)
    assert (error.reason, box.envelopes) == ("misconfigured", [])


@pytest.mark.parametrize(
    ("step", "says", "reason", "permanent", "gone"),
    [
        ("RCPT", "550 5.1.1 no such user", "bad_address", True, True),
        ("RCPT", "550 5.2.1 disabled", "bad_address", True, True),
        ("RCPT", "550 denied", "bad_address", True, False),  # it may be about us
        ("RCPT", "550 5.7.1 denied", "bad_address", True, False),
        ("RCPT", "552 5.2.2 mailbox full", "busy", False, False),
        ("RCPT", "450 4.2.0 greylisted", "busy", False, False),
        ("DATA", "452 4.3.1 no room", "busy", False, False),
        ("DATA", "554 5.7.1 spam", "filtered", True, False),
        ("DATA", "552 5.3.4 too big", "too_long", True, False),
    ],
)
async def test_a_no_says_whether_it_is_for_now_for_good_or_the_end_of_an_address(
    step: str, says: str, reason: str, permanent: bool, gone: bool
) -> None:
    async with a_mailbox() as box:
        box.says[step] = says
        error = await error_of(box)
    assert isinstance(error, CarrierRefused)
    assert (error.reason, error.permanent, error.gone) == (reason, permanent, gone)


@pytest.mark.parametrize(
    ("step", "says", "reason"),
    [
        ("MAIL", "451 4.3.0 later", "away"),
        ("MAIL", "550 5.7.1 not your name", "misconfigured"),
        ("RCPT", "421 4.3.2 closing", "away"),
        ("RCPT", "530 5.7.0 log in first", "credentials"),
        ("DATA", "550 5.4.5 daily sending quota exceeded", "quota"),
        ("DATA", "421 4.3.2 closing", "away"),
    ],
)
async def test_a_server_that_takes_nothing_from_us_shuts_the_route(step: str, says: str, reason: str) -> None:
    async with a_mailbox() as box:
        box.says[step] = says
        error = await error_of(box)
    assert isinstance(error, CarrierDown)
    assert error.reason == reason


@pytest.mark.parametrize(("step", "kind"), [("MAIL", CarrierDown), ("RCPT", CarrierDown), ("DATA", CarrierUncertain)])
@pytest.mark.parametrize("way", ["hangs", "vanishes"])
async def test_only_the_end_of_the_last_step_leaves_it_open(step: str, way: str, kind: type[Exception]) -> None:
    async with a_mailbox() as box:
        setattr(box, way, step)
        assert isinstance(await error_of(box), kind)


async def test_all_its_answers_together_have_an_end() -> None:
    async with a_mailbox() as box:
        box.hangs = "DATA"
        assert isinstance(await error_of(box, step_seconds=30, whole_seconds=0.2), CarrierUncertain)


async def test_nobody_there_is_down() -> None:
    assert isinstance(await error_of(Mailbox(port=int(nobody().rpartition(":")[2]))), CarrierDown)


@pytest.mark.parametrize(
    ("text", "to", "seconds", "reason"),
    [
        (TEXT, TO, 0, "too_late"),
        (" \n", TO, 90, "bad_message"),
        ("ơ" * 10_001, TO, 90, "too_long"),
        (TEXT, "+84901234567", 90, "bad_address"),
        (TEXT, "lan@example.vn\r\nBcc: all@example.vn", 90, "bad_address"),
        (TEXT, "lan@example.vn, binh@example.vn", 90, "bad_address"),
        (TEXT, "lan@example.vn> SIZE=1", 90, "bad_address"),
        (TEXT, "Lan <lan@example.vn>", 90, "bad_address"),
        (TEXT, "lan@localhost", 90, "bad_address"),
    ],
)
async def test_what_cannot_become_a_mail_never_leaves(text: str, to: str, seconds: float, reason: str) -> None:
    async with a_mailbox() as box, mail(box) as carrier:
        with pytest.raises(CarrierRefused, match=reason) as refused:
            await carrier.send(outgoing(text, to=to, seconds=seconds))
    assert refused.value.permanent
    assert box.envelopes == []


async def test_a_text_that_looks_like_headers_stays_text() -> None:
    text = "\r\nBcc: all@example.vn\r\n\r\n.\r\nQUIT\r\nxin chào"
    async with a_mailbox() as box, mail(box) as carrier:
        await carrier.send(outgoing(text, to="x" * 64 + "@" + ".".join(["y" * 63] * 3) + ".vn"))
    (written,) = box.mails
    assert written["Bcc"] is None
    assert "Bcc: all@example.vn" in written.get_content()
    assert len(box.envelopes[0].rcpt_tos) == 1
    assert written["Date"].datetime == NOW
