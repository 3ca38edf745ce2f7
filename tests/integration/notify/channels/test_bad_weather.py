"""What every provider over HTTP may do to us, and what each adapter makes of it: one suite over all of them."""

import logging

import pytest

from notify.channels.http_provider import MOST_BYTES, retry_after
from notify.channels.port import CarrierDown, CarrierRefused, CarrierUncertain
from tests.support.provider import Act, a_provider, drips, hangs_up, never_answers, nobody, pours, says
from tests.support.texting import NOW, OPENED, any_of_them, outgoing

HTML = b"<html><body>Sign in to the network, +84901234567</body></html>"
PROVIDERS = sorted(OPENED)


async def error_of(name: str, reply: Act) -> Exception:
    async with a_provider(reply) as peer, any_of_them(name, peer.url) as carrier:
        with pytest.raises((CarrierDown, CarrierRefused, CarrierUncertain)) as raised:
            await carrier.send(outgoing())
    assert len(peer.asked) == 1, "asked once: a client that repeats by itself sends twice"
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert all(word not in told for word in ("84901234567", "Việc", "Viec", "opensesame", "html"))
    return raised.value


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "credentials"), (402, "money"), (403, "credentials"), (404, "misconfigured"), (302, "misconfigured"), (503, "away")],
)
async def test_a_route_that_takes_nothing_says_who_has_to_mend_it(name: str, status: int, reason: str) -> None:
    error = await error_of(name, says(HTML, status, Location="http://127.0.0.1:1/"))
    assert isinstance(error, CarrierDown)
    assert error.reason == reason


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(("header", "seconds"), [({"Retry_After": "7"}, 7.0), ({"Retry_After": "soon"}, None), ({}, None)])
async def test_too_many_is_no_failure_and_says_how_long(name: str, header: dict[str, str], seconds: float | None) -> None:
    error = await error_of(name, says(HTML, 429, **header))
    assert isinstance(error, CarrierDown)
    assert (error.reason, error.retry_after_seconds) == ("throttled", seconds)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    "reply",
    [
        says(HTML, 500),
        says(HTML, 502),
        says(b"", 504),
        says(HTML),
        says(b""),
        says(b'{"a":' * 50),
        says([]),
        hangs_up,
        never_answers,
        drips(b""),
    ],
    ids=["500", "502", "504", "html", "empty", "deep", "list", "hangs up", "never", "drips"],
)
async def test_who_may_have_taken_it_leaves_it_unknown(name: str, reply: Act) -> None:
    assert isinstance(await error_of(name, reply), CarrierUncertain)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_page_instead_of_a_reason_is_a_refusal(name: str) -> None:
    error = await error_of(name, says(HTML, 400))
    assert isinstance(error, CarrierRefused)
    assert error.permanent


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_gigabyte_is_not_read(name: str) -> None:
    async with a_provider(pours(at_most=1 << 30)) as peer, any_of_them(name, peer.url) as carrier:
        with pytest.raises(CarrierUncertain):
            await carrier.send(outgoing())
    assert peer.poured < 200 * MOST_BYTES, "what the sockets between us hold, and no more"


@pytest.mark.parametrize("name", PROVIDERS)
async def test_nobody_there_is_down(name: str) -> None:
    async with any_of_them(name, nobody()) as carrier:
        with pytest.raises(CarrierDown, match="away"):
            await carrier.send(outgoing())


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("host", ["a..example", "a" * 64 + ".example"], ids=["empty label", "long label"])
async def test_an_address_of_ours_that_can_be_none_is_for_a_person_to_mend(name: str, host: str) -> None:
    async with any_of_them(name, f"http://{host}:1") as carrier:
        with pytest.raises(CarrierDown, match="misconfigured"):
            await carrier.send(outgoing())


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("text", "to", "seconds", "reason"),
    [
        ("Việc", "+84901234567", 0, "too_late"),
        ("", "+84901234567", 90, "bad_message"),
        ("Việc", "+8490123 4567", 90, "bad_message"),
        ("Việc", "a@b.vn", 90, "bad_message"),
        ("Việc" * 600, "+84901234567", 90, "too_long"),
    ],
)
async def test_what_cannot_become_an_sms_never_leaves(name: str, text: str, to: str, seconds: float, reason: str) -> None:
    async with a_provider(says({})) as peer, any_of_them(name, peer.url) as carrier:
        with pytest.raises(CarrierRefused, match=reason) as refused:
            await carrier.send(outgoing(text, to=to, seconds=seconds))
    assert refused.value.permanent
    assert peer.asked == []


@pytest.mark.parametrize("name", PROVIDERS)
async def test_nothing_of_a_message_is_logged(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await error_of(name, says(HTML, 500))
    assert all(word not in caplog.text for word in ("84901234567", "opensesame", "Viec"))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        ("999999999999", 3600.0),
        ("-5", None),
        ("٣", None),
        ("Mon, 02 Mar 2026 03:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 02:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2026 03:00:30 -0000", 30.0),
        ("Mon, 99 Foo", None),
        ("1 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_when_to_come_again_is_read_in_both_ways(written: str | None, seconds: float | None) -> None:
    assert retry_after(written, NOW) == seconds
