"""How our side reads smsbox's answers, against a server that gives each of them; the real one is in tests/kannel."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from notify.channels.http_provider import Patience
from notify.channels.kannel import AT_ONCE, KannelSettings, open_kannel
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from shared.ids import uuid7
from tests.support.provider import Act, Provider, a_provider, hangs_up, never_answers, nobody, pours, says

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def settings(url: str) -> KannelSettings:
    return KannelSettings(
        url=url,
        username="techrescue",
        password="p&w",
        sender="8088",
        callback_url="http://notify:8000",
        callback_secret="s3",
        patience=Patience(answer_seconds=0.2),
    )


class Still:
    """A clock."""

    def now(self) -> datetime:
        return NOW


def outgoing(text: str = "Việc này là của bạn", *, seconds: float = 90) -> Outgoing:
    not_after = NOW + timedelta(seconds=seconds)
    return Outgoing(id=uuid7(), to="+84901234567", text=text, not_after=not_after, request_id=uuid7(), kind="offer")


async def send(box: Provider, message: Outgoing) -> None:
    async with open_kannel(settings(box.url), Still()) as carrier:
        await carrier.send(message)


@pytest.mark.parametrize("words", [b"0: Accepted for delivery", b"3: Queued for later delivery"])
async def test_taken_over_is_submitted(words: bytes) -> None:
    message = outgoing()
    async with a_provider(says(words, 202)) as box:
        await send(box, message)
    (asked,) = box.asked
    assert (asked.method, asked.path) == ("POST", "/cgi-bin/sendsms")  # no number, text or password in an address
    assert (asked.headers["x-kannel-to"], asked.body.decode()) == (message.to, message.text)
    assert (asked.headers["x-kannel-password"], asked.headers["x-kannel-from"]) == ("p&w", "8088")
    assert (asked.headers["x-kannel-coding"], asked.headers["content-type"]) == ("2", "text/plain; charset=UTF-8")
    assert (asked.headers["x-kannel-dlr-mask"], asked.headers["x-kannel-validity"]) == ("31", "2")
    url = f"http://notify:8000/callbacks/kannel/s3/dlr?cid={message.id}&d=%d&fid=%F&smsc=%i"
    assert asked.headers["x-kannel-dlr-url"] == url
    assert asked.headers["connection"] == "close", "smsbox closes a kept connection while we write"


async def test_plain_ascii_goes_without_coding() -> None:
    async with a_provider(says(b"0: Accepted", 202)) as box:
        await send(box, outgoing("Viec nay la cua ban"))
    assert "x-kannel-coding" not in box.asked[0].headers
    assert box.asked[0].headers["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (says(b"Temporal failure, try again later.", 503), CarrierDown),
        (says(b"Authorization failed for sendsms", 403), CarrierDown),
        (says(b"Not found", 404), CarrierDown),
        (says(b"Elsewhere", 302), CarrierDown),
        (says(b"Not routable. Do not try again.", 403), CarrierRefused),
        (says(b"Missing receiver number, rejected", 400), CarrierRefused),
        (says(b"Oops", 500), CarrierUncertain),
        (says(b"Gateway", 504), CarrierUncertain),
        (says(b"Request Timeout", 408), CarrierUncertain),
        (says(b"<html>Welcome</html>", 200), CarrierUncertain),
        (says(b"Created", 201), CarrierUncertain),
        (says(b"", 204), CarrierUncertain),
        (says(b"Too large", 413), CarrierRefused),
        (says(b"Slow down", 429), CarrierDown),
        (hangs_up, CarrierUncertain),
        (never_answers, CarrierUncertain),
        (pours(), CarrierUncertain),
    ],
)
async def test_every_other_answer_says_what_became_of_the_message(act: Act, error: type[Exception]) -> None:
    async with a_provider(act) as box:
        with pytest.raises(error) as raised:
            await send(box, outgoing())
    assert len(box.asked) == 1  # asked once: a client that repeats by itself sends twice
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert "84901234567" not in told
    assert "Việc" not in told


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (401, b"Authorization failed", "credentials"),
        (403, b"Authorization failed for sendsms", "credentials"),
        (404, b"Not found", "misconfigured"),
        (302, b"Elsewhere", "misconfigured"),
        (429, b"Slow down", "throttled"),
        (503, b"Temporal failure, try again later.", "away"),
    ],
)
async def test_what_a_person_has_to_mend_is_told_from_what_time_mends(status: int, words: bytes, reason: str) -> None:
    async with a_provider(says(words, status)) as box:
        with pytest.raises(CarrierDown) as raised:
            await send(box, outgoing())
    assert raised.value.reason == reason


async def test_who_says_slower_is_asked_again_when_they_said() -> None:
    async with a_provider(says(b"Slow down", 429, Retry_After="7")) as box:
        with pytest.raises(CarrierDown) as raised:
            await send(box, outgoing())
    assert (raised.value.reason, raised.value.retry_after_seconds) == ("throttled", 7.0)


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (400, b"Missing receiver number, rejected", "bad_message"),
        (403, b"Not routable. Do not try again.", "not_routable"),
        (413, b"Too large", "too_long"),
    ],
)
async def test_what_is_refused_is_refused_for_good(status: int, words: bytes, reason: str) -> None:
    async with a_provider(says(words, status)) as box:
        with pytest.raises(CarrierRefused, match=reason) as raised:
            await send(box, outgoing())
    assert raised.value.permanent


async def test_nobody_there_is_down() -> None:
    with pytest.raises(CarrierDown):
        await send(Provider(url=nobody()), outgoing())


async def test_time_is_up_before_it_is_sent() -> None:
    async with a_provider(says(b"x", 202)) as box:
        with pytest.raises(CarrierRefused, match="too_late"):
            await send(box, outgoing(seconds=0))
    assert box.asked == []


async def test_no_more_go_at_once_than_smsbox_lets_wait() -> None:
    together, inside, most = asyncio.Barrier(AT_ONCE), 0, 0

    async def takes_as_many_as_there_may_be(_box: Provider, _request: web.Request) -> web.Response:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await together.wait()
        inside -= 1
        return web.Response(status=202)

    async with (
        a_provider(takes_as_many_as_there_may_be) as box,
        open_kannel(replace(settings(box.url), patience=Patience()), Still()) as carrier,
    ):
        await asyncio.gather(*(carrier.send(outgoing()) for _ in range(5 * AT_ONCE)))
    assert (len(box.asked), most) == (5 * AT_ONCE, AT_ONCE)


async def test_what_gets_no_turn_has_surely_not_left() -> None:
    patience = Patience(connect_seconds=0.1, answer_seconds=0.4)
    async with a_provider(never_answers) as box, open_kannel(replace(settings(box.url), patience=patience), Still()) as carrier:
        sends = [carrier.send(outgoing()) for _ in range(3 * AT_ONCE)]
        said = [type(one) for one in await asyncio.gather(*sends, return_exceptions=True)]
    assert 0 < len(box.asked) == said.count(CarrierUncertain) <= AT_ONCE
    assert said.count(CarrierDown) == len(said) - len(box.asked)
