"""What a push service gets from us, where we speak and where never, and what each answer makes of a message."""

import asyncio
import socket
from dataclasses import replace
from ipaddress import ip_address

import orjson
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from notify.channels.port import Button, CarrierDown, CarrierRefused, CarrierUncertain
from notify.channels.push_address import OutsideOnly, read_address
from notify.channels.push_sealing import from_unpadded, new_key
from notify.channels.web_push import WebPushSettings, open_web_push
from tests.support.provider import HTML, Act, drips, hangs_up, never_answers, nobody, pours, says
from tests.support.pushing import BROWSER, HOSTS, TAKEN, push, to
from tests.support.texting import Still, outgoing


async def error_of(act: Act) -> Exception:
    async with push(act) as (carrier, provider):
        message = to(provider)
        with pytest.raises((CarrierDown, CarrierRefused, CarrierUncertain)) as raised:
            await carrier.send(message)
    assert len(provider.asked) == 1, "asked once: a client that repeats by itself sends twice"
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert all(word not in told for word in ("127.0.0.1", "abc", "Việc"))
    return raised.value


async def test_only_the_browser_can_read_what_is_sent_and_it_has_the_buttons() -> None:
    async with push(TAKEN) as (carrier, provider):
        message = replace(to(provider), buttons=(Button("Nhận việc", "1 27"), Button("Không", "2 27")))
        await carrier.send(message)
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("POST", "/send/abc")
    assert "Việc".encode() not in asked.body
    assert BROWSER.opened(asked.body) == {
        "id": str(message.id),
        "title": "TechRescue",
        "body": "Việc này là của bạn",
        "actions": [{"action": "1 27", "title": "Nhận việc"}, {"action": "2 27", "title": "Không"}],
    }
    assert (asked.headers["TTL"], asked.headers["Urgency"], asked.headers["Content-Encoding"]) == ("90", "high", "aes128gcm")
    assert not carrier.abilities.receipts


async def test_we_say_who_we_are_to_this_service_and_to_no_other() -> None:
    async with push(TAKEN) as (carrier, provider):
        await carrier.send(to(provider))
    claims = orjson.loads(from_unpadded(provider.asked[0].headers["Authorization"].split(".")[1]))
    assert (claims["aud"], claims["sub"]) == (provider.url, "mailto:ops@example.vn")


async def test_what_can_wait_does_not_wake_anybody_and_no_push_outlives_its_message() -> None:
    async with push(TAKEN) as (carrier, provider):
        await carrier.send(to(provider, seconds=3600))
        await carrier.send(to(provider, seconds=90 * 86_400))
    assert [(asked.headers["Urgency"], asked.headers["TTL"]) for asked in provider.asked] == [
        ("normal", "3600"),
        ("normal", "2419200"),
    ]


async def test_a_newer_word_about_the_same_thing_takes_the_place_of_the_older() -> None:
    async with push(TAKEN) as (carrier, provider):
        first, other = to(provider), to(provider)
        for message in (first, replace(first, text="khác"), replace(first, kind="en_route"), other):
            await carrier.send(message)
    topics = [asked.headers["Topic"] for asked in provider.asked]
    assert topics[0] == topics[1]
    assert len(set(topics)) == 3
    assert all(len(topic) <= 32 for topic in topics)


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "gone"),
    [
        (404, "gone", True, True),
        (410, "gone", True, True),
        (401, "credentials", True, False),
        (403, "credentials", True, False),
        (413, "too_long", True, False),
        (400, "bad_message", True, False),
        (302, "bad_message", True, False),
        (429, "throttled", False, False),
        (503, "throttled", False, False),
    ],
)
async def test_a_no_is_about_one_subscription_which_its_push_service_alone_can_end(
    status: int, reason: str, permanent: bool, gone: bool
) -> None:
    error = await error_of(says(HTML, status, Location="http://127.0.0.1:1/"))
    assert isinstance(error, CarrierRefused)
    assert (error.reason, error.permanent, error.gone) == (reason, permanent, gone)


@pytest.mark.parametrize("act", [says(HTML, 500), says(HTML, 502), hangs_up, never_answers, drips(b""), pours()])
async def test_who_may_have_taken_it_leaves_it_unknown(act: Act) -> None:
    assert isinstance(await error_of(act), CarrierUncertain)


async def test_a_service_that_is_away_is_one_of_several() -> None:
    async with push(TAKEN) as (carrier, _):
        with pytest.raises(CarrierRefused, match="away") as refused:
            await carrier.send(outgoing(to=BROWSER.subscription(nobody())))
    assert not refused.value.permanent


@pytest.mark.parametrize(
    ("text", "seconds", "reason"),
    [("Việc", 0, "too_late"), (" ", 90, "bad_message"), ("ơ" * 1001, 90, "too_long"), ("\x01" * 1000, 90, "too_long")],
)
async def test_what_cannot_become_a_push_never_leaves(text: str, seconds: float, reason: str) -> None:
    async with push(TAKEN) as (carrier, provider):
        with pytest.raises(CarrierRefused, match=reason) as refused:
            await carrier.send(to(provider, text, seconds=seconds))
    assert refused.value.permanent
    assert provider.asked == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://FCM.googleapis.com/wp/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://wns2-db5p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com:443/abc",
    ],
)
def test_the_push_services_of_all_browsers_are_spoken_to(endpoint: str) -> None:
    assert read_address(BROWSER.subscription(endpoint), HOSTS).url.scheme == "https"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/abc",
        "https://user@fcm.googleapis.com/abc",
        "https://push.services.mozilla.com/abc",
        "https://evilpush.services.mozilla.com/abc",
        "https://127.0.0.1/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/abc",
        "https://localhost/abc",
        "ftp://fcm.googleapis.com/abc",
        "https://x:99999/abc",
        "https://a..push.services.mozilla.com/",
        "https://.push.services.mozilla.com/",
        f"https://{'a' * 64}.push.services.mozilla.com/",
        f"https://{'a.' * 120}push.services.mozilla.com/",
        "https://a%00b.push.services.mozilla.com/",
        "https://a b.push.services.mozilla.com/",
        "",
        "/abc",
    ],
)
def test_nobody_else_is_spoken_to(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_address(BROWSER.subscription(endpoint), HOSTS)


async def test_a_host_that_can_be_none_is_not_taken_as_an_account_and_one_that_was_is_refused_for_good() -> None:
    settings = WebPushSettings(key=new_key(), contact="mailto:ops@example.vn", hosts=HOSTS)
    async with open_web_push(settings, Still()) as carrier:
        assert carrier.takes(BROWSER.subscription("https://a.push.services.mozilla.com/"))
        impossible = BROWSER.subscription("https://a..push.services.mozilla.com/")
        assert not carrier.takes(impossible)
        with pytest.raises(CarrierRefused, match="bad_address") as refused:
            await carrier.send(outgoing(to=impossible))
    assert (refused.value.permanent, refused.value.gone) == (True, False)


@pytest.mark.parametrize(
    "subscription", ["", "{}", "[]", "null", '{"endpoint":"https://fcm.googleapis.com/a","keys":{"p256dh":"x","auth":"y"}}']
)
async def test_what_is_no_subscription_gets_nothing_and_nobody_is_forgotten_for_it(subscription: str) -> None:
    async with push(TAKEN) as (carrier, provider):
        with pytest.raises(CarrierRefused, match="bad_address") as refused:
            await carrier.send(outgoing(to=subscription))
    assert (refused.value.permanent, refused.value.gone) == (True, False)
    assert provider.asked == []


async def test_a_service_that_our_list_has_lost_costs_nobody_their_account() -> None:
    settings = WebPushSettings(key=new_key(), contact="mailto:ops@example.vn", hosts=("web.push.apple.com",))
    async with open_web_push(settings, Still()) as carrier:
        with pytest.raises(CarrierRefused, match="not_routable") as refused:
            await carrier.send(outgoing(to=BROWSER.subscription("https://fcm.googleapis.com/abc")))
    assert (refused.value.of_the_route, refused.value.permanent, refused.value.gone) == (True, True, False)


class Names(AbstractResolver):
    """A name server that somebody has turned against us."""

    def __init__(self, *found: str) -> None:
        self._found = found

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self._found
            if ip_address(one)
        ]

    async def close(self) -> None: ...


INSIDE = ("127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "172.16.0.1", "::1", "fd00::1", "::ffff:10.0.0.1")


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_points_inside_leads_nowhere(address: str) -> None:
    assert [one["host"] for one in await OutsideOnly(Names(address, "142.250.1.1")).resolve("fcm.googleapis.com")] == [
        "142.250.1.1"
    ]
    with pytest.raises(OSError, match="outside"):
        await OutsideOnly(Names(address)).resolve("fcm.googleapis.com")


async def test_without_the_setting_of_tests_no_machine_of_ours_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way: an allowed name that resolves to this machine, at a port where somebody listens."""
    dialled: list[int] = []

    def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dialled.append(1)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def here(_self: ThreadedResolver, host: str, _port: int = 0, _family: int = 0) -> list[ResolveResult]:
        return await Names("127.0.0.1").resolve(host, port)

    monkeypatch.setattr(ThreadedResolver, "resolve", here)
    settings = WebPushSettings(key=new_key(), contact="mailto:ops@example.vn", hosts=HOSTS)
    async with server, open_web_push(settings, Still()) as carrier:
        with pytest.raises(CarrierRefused, match="away"):
            await carrier.send(outgoing(to=BROWSER.subscription("https://fcm.googleapis.com/abc")))
    assert dialled == []
