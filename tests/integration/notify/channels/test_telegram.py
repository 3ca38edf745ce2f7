"""What we ask of Telegram and how we read its answers, against a server that gives each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notify.channels.http_provider import Patience
from notify.channels.port import Button, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.channels.telegram import TelegramCarrier, TelegramSettings, open_telegram
from shared.ids import uuid7
from tests.support.provider import HTML, Act, Provider, a_provider, drips, hangs_up, never_answers, nobody, pours, says

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
TOKEN = "123456:not-a-real-one"
TAKEN = {"ok": True, "result": {"message_id": 77, "date": 1, "chat": {"id": 5876543210, "type": "private"}, "text": "…"}}
OFFER = Outgoing(
    id=uuid7(),
    to="5876543210",
    text="Máy in <quầy 3> & mạng: 1 27 nhận, 2 27 không",
    buttons=(Button("Nhận việc", "1 27"), Button("Không", "2 27")),
    not_after=NOW + timedelta(seconds=90),
    request_id=uuid7(),
    kind="offer",
)


class Still:
    """A clock."""

    def now(self) -> datetime:
        return NOW


@asynccontextmanager
async def telegram(*acts: Act, answer_seconds: float = 0.3) -> AsyncIterator[tuple[TelegramCarrier, Provider]]:
    patience = Patience(connect_seconds=0.2, answer_seconds=answer_seconds)
    async with (
        a_provider(*acts) as provider,
        open_telegram(TelegramSettings(url=provider.url, token=TOKEN, patience=patience), Still()) as carrier,
    ):
        yield carrier, provider


def error(code: int, description: str = "", **parameters: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description, **({"parameters": parameters} if parameters else {})}


async def test_a_message_goes_as_it_is_with_its_buttons() -> None:
    async with telegram(says(TAKEN)) as (carrier, provider):
        submission = await carrier.send(OFFER)
    (asked,) = provider.asked
    assert asked.path == f"/bot{TOKEN}/sendMessage"
    assert asked.json == {
        "chat_id": 5876543210,
        "text": OFFER.text,  # no parse_mode: what looks like markup stays what it is
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "Nhận việc", "callback_data": "1 27"}],
                [{"text": "Không", "callback_data": "2 27"}],
            ]
        },
    }
    assert submission.carrier_ref == "77"


async def test_a_button_that_is_too_long_does_not_cost_the_message() -> None:
    long = replace(OFFER, buttons=(Button("Nhận", "đ" * 33),))  # 66 bytes
    async with telegram(says(TAKEN)) as (carrier, provider):
        await carrier.send(long)
    assert "reply_markup" not in provider.asked[0].json


@pytest.mark.parametrize(
    ("status", "body", "reason", "gone"),
    [
        (403, error(403, "Forbidden: bot was blocked by the user"), "blocked", True),
        (403, error(403, "Forbidden: user is deactivated"), "blocked", True),
        (400, error(400, "Bad Request: chat not found"), "no_chat", True),
        (400, error(400, "Bad Request: PEER_ID_INVALID"), "no_chat", True),
        (400, error(400, "Bad Request: message text is empty"), "bad_message", False),
        (400, error(400, "Bad Request: BUTTON_DATA_INVALID"), "bad_message", False),
    ],
)
async def test_a_no_is_for_good_and_says_whether_the_chat_is_gone(status: int, body: Any, reason: str, gone: bool) -> None:
    async with telegram(says(body, status)) as (carrier, _):
        with pytest.raises(CarrierRefused, match=reason) as refused:
            await carrier.send(OFFER)
    assert (refused.value.permanent, refused.value.gone) == (True, gone)


@pytest.mark.parametrize(
    ("act", "reason", "after"),
    [
        (says(error(429, "Too Many Requests", retry_after=7), 429), "throttled", 7),
        (says(error(429, "Too Many Requests"), 429), "throttled", None),
        (says(HTML, 429, Retry_After="9"), "throttled", 9),
        (says(error(429, "Too Many Requests", retry_after=10**9), 429), "throttled", 3600),
        (says(error(401, "Unauthorized"), 401), "credentials", None),
        (says(error(404, "Not Found"), 404), "credentials", None),
        (says(error(409, "Conflict"), 409), "misconfigured", None),
    ],
)
async def test_a_bot_that_takes_nothing_now_says_why_and_for_how_long(act: Act, reason: str, after: float | None) -> None:
    async with telegram(act) as (carrier, _):
        with pytest.raises(CarrierDown) as down:
            await carrier.send(OFFER)
    assert (down.value.reason, down.value.retry_after_seconds) == (reason, after)


@pytest.mark.parametrize(
    "act",
    [
        says(error(500, "Internal Server Error"), 500),
        says(HTML, 502),
        says(HTML),
        says(HTML, 403),  # a proxy's word: nobody's chat is forgotten for it
        says(b"", 302, Location="http://127.0.0.1:1/elsewhere"),
        says({"ok": True}),
        says(b'{"ok": true, "result": {"message_id": 7'),
        says([]),
        hangs_up,
        never_answers,
        drips(b'{"ok": true,'),
        pours(),
    ],
)
async def test_what_is_no_answer_of_telegram_leaves_it_open(act: Act) -> None:
    async with telegram(act) as (carrier, provider):
        with pytest.raises(CarrierUncertain) as uncertain:
            await carrier.send(OFFER)
    assert len(provider.asked) == 1  # asked once: a client that repeats by itself sends twice
    told = f"{uncertain.value!r} {uncertain.value.__cause__!r}"
    assert not [secret for secret in (TOKEN, OFFER.to, "quầy") if secret in told]


async def test_of_an_answer_without_end_only_a_little_is_read() -> None:
    async with telegram(pours(), answer_seconds=20) as (carrier, provider):
        with pytest.raises(CarrierUncertain):
            await carrier.send(OFFER)
    assert provider.poured < 16 * 1024 * 1024  # of 64; what is on the way in buffers counts, too


async def test_nobody_there_is_down() -> None:
    async with open_telegram(TelegramSettings(url=nobody(), token=TOKEN), Still()) as carrier:
        with pytest.raises(CarrierDown, match="away"):
            await carrier.send(OFFER)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"not_after": NOW}, "too_late"),
        ({"text": " \n"}, "bad_message"),
        ({"text": "ơ" * 4097}, "too_long"),
        ({"to": "+84901234567"}, "bad_address"),
        ({"to": "@somebody"}, "bad_address"),
        ({"to": "-100123"}, "bad_address"),  # a group
    ],
)
async def test_what_can_only_be_refused_is_not_asked(change: dict[str, Any], reason: str) -> None:
    async with telegram(says(TAKEN)) as (carrier, provider):
        with pytest.raises(CarrierRefused, match=reason):
            await carrier.send(replace(OFFER, **change))
    assert provider.asked == []


async def test_a_tap_is_thanked_for_and_its_buttons_are_taken_away() -> None:
    done, gone_already = says({"ok": True, "result": True}), says(error(400, "message is not modified"), 400)
    async with telegram(done, gone_already) as (carrier, provider):
        assert await carrier.thank("778", "Đã nhận")
        assert not await carrier.take_buttons(5876543210, 77)
    first, second = provider.asked
    assert first.path == f"/bot{TOKEN}/answerCallbackQuery"
    assert first.json == {"callback_query_id": "778", "text": "Đã nhận"}
    assert second.path == f"/bot{TOKEN}/editMessageReplyMarkup"
    assert second.json == {"chat_id": 5876543210, "message_id": 77}
