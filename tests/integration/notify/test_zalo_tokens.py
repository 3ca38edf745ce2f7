"""The token that renews works a single time, whoever uses it and whatever dies or is away: a provider here burns it like Zalo."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from notify.accounts import zalo_tokens
from notify.accounts.zalo_tokens import Granted, ZaloApp, ZaloTokens, open_tokens, put_pair, seen_pair
from notify.channels.port import CarrierDown
from shared.security.vault import Vault
from shared.telemetry.metrics import NOTIFY_TOKEN_LEFT, NOTIFY_TOKENS
from tests.support.eventually import eventually
from tests.support.notifying import Bureau
from tests.support.provider import HTML, Act, Provider, a_provider, hangs_up, says

APP = "2553000000000000001"
HOUR = 3600.0


@dataclass
class Zalo:
    """Gives a new pair for the newest renewing token, once; anything else has been used before."""

    newest: str = "renew-1"
    granted: int = 1
    burnt: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def __call__(self, provider: Provider, _request: web.Request) -> web.Response:
        form = parse_qs(provider.asked[-1].body.decode())
        if self.hold is not None:
            await self.hold.wait()
        if form["refresh_token"] != [self.newest]:
            self.burnt += form["refresh_token"]
            return web.json_response({"error": -14014, "error_name": "Invalid refresh token"})
        self.granted += 1
        self.newest = f"renew-{self.granted}"
        pair = {"access_token": f"access-{self.granted}", "refresh_token": self.newest, "expires_in": "90000"}
        return web.json_response(pair)


def granted(number: int = 1, *, seconds: float = 25 * HOUR) -> Granted:
    return Granted(access_token=f"access-{number}", refresh_token=f"renew-{number}", expires_in=seconds)


@asynccontextmanager
async def processes(bureau: Bureau, act: Act, count: int = 1) -> AsyncIterator[tuple[Provider, list[ZaloTokens]]]:
    """So many processes that share the row, and a Zalo."""
    async with a_provider(act) as provider, AsyncExitStack() as stack:
        app = ZaloApp(app_id=APP, secret="app-secret", oauth_url=provider.url, look_seconds=0.02)
        yield provider, [await stack.enter_async_context(open_tokens(bureau.pool, bureau.vault, app)) for _ in range(count)]


@pytest.fixture(autouse=True)
def soon_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zalo_tokens, "FRESH_SECONDS", 0.0)


def counted(outcome: str) -> float:
    return float(NOTIFY_TOKENS.labels("zalo", outcome)._value.get())


async def test_a_refused_token_is_renewed_and_stored_before_it_is_used(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    async with processes(bureau, Zalo()) as (provider, (tokens,)):
        first = await tokens.held()
        second = await tokens.instead_of(first)
        stored = await tokens.held()
    assert (first.access, second.access, stored.access) == ("access-1", "access-2", "access-2")
    (asked,) = provider.asked
    assert (asked.path, asked.headers["secret_key"]) == ("/v4/oa/access_token", "app-secret")
    assert parse_qs(asked.body.decode()) == {"refresh_token": ["renew-1"], "app_id": [APP], "grant_type": ["refresh_token"]}


async def test_many_sends_of_many_processes_burn_no_token(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    zalo = Zalo()
    async with processes(bureau, zalo, count=3) as (provider, all_tokens):
        firsts = [await tokens.held() for tokens in all_tokens]
        waiting = [tokens.instead_of(first) for tokens, first in zip(all_tokens, firsts, strict=True) for _ in range(5)]
        got = await asyncio.gather(*waiting)
    assert {pair.access for pair in got} == {"access-2"}
    assert (len(provider.asked), zalo.burnt) == (1, [])


async def test_who_was_refused_for_an_old_token_gets_the_one_that_is_there(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    async with processes(bureau, Zalo()) as (provider, (tokens,)):
        first = await tokens.held()
        await put_pair(bureau.pool, bureau.vault, APP, granted(7))
        assert (await tokens.instead_of(first)).access == "access-7"
    assert provider.asked == []


async def test_a_send_that_is_given_up_takes_no_renewal_with_it(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    zalo = Zalo(hold=asyncio.Event())
    async with processes(bureau, zalo) as (provider, (tokens,)):
        send = asyncio.create_task(tokens.instead_of(await tokens.held()))
        await eventually(lambda: provider.asked)
        send.cancel()
        await asyncio.wait({send})
        assert zalo.hold is not None
        zalo.hold.set()
    async with processes(bureau, zalo) as (provider, (tokens,)):  # the first has ended, and waited for what was on its way
        assert (await tokens.held()).access == "access-2"


async def test_it_is_renewed_while_six_hours_are_left_and_not_before(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    async with processes(bureau, Zalo(), count=2) as (provider, all_tokens):
        for tokens in all_tokens:
            await tokens.look()
        assert provider.asked == []
        await bureau.move_clock(19.1 * HOUR)
        for tokens in all_tokens:
            await tokens.look()
        assert len(provider.asked) == 1
        assert (await all_tokens[1].held()).left_seconds == pytest.approx(25 * HOUR, abs=60)


async def test_the_loop_renews_by_itself_and_shows_what_is_left(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted(seconds=5 * HOUR))
    async with processes(bureau, Zalo()) as (_, (tokens,)):
        running = asyncio.create_task(tokens.run())
        gauge = NOTIFY_TOKEN_LEFT.labels("zalo")
        await eventually(lambda: gauge._value.get() > 24 * HOUR)
        tokens.stop()
        await running


@pytest.mark.parametrize(
    ("act", "outcome", "reason"),
    [
        (says({"error": -14014, "error_name": "Invalid refresh token"}), "refused", "credentials"),
        (says(HTML), "unknown", "away"),
        (says(HTML, 502), "unknown", "away"),
        (says({"access_token": "half"}), "unknown", "away"),
        (hangs_up, "unknown", "away"),
        (says(HTML, 429), "away", "away"),
    ],
)
async def test_a_renewal_that_fails_is_counted_and_loses_nothing(bureau: Bureau, act: Act, outcome: str, reason: str) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    before = counted(outcome)
    async with processes(bureau, act, count=2) as (provider, (tokens, other)):
        first = await tokens.held()
        for asking in (tokens, other, tokens):
            with pytest.raises(CarrierDown, match=reason):
                await asking.instead_of(first)
        assert len(provider.asked) == 1  # and is not tried again at once, by nobody
        assert (await tokens.held()).access == "access-1"
    assert counted(outcome) == before + 1
    seen = await seen_pair(bureau.pool, APP)
    assert seen is not None
    assert seen["failure"] == outcome
    assert not [secret for secret in ("access-1", "renew-1") if secret in str(seen)]


async def test_after_a_while_a_failed_renewal_is_tried_again(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted(seconds=HOUR))
    async with processes(bureau, hangs_up) as (provider, (tokens,)):
        await tokens.look()
        await tokens.look()
        assert len(provider.asked) == 1
        provider.will(Zalo())
        await bureau.move_clock(zalo_tokens.AGAIN_SECONDS["unknown"] + 1)
        await tokens.look()
        assert (await tokens.held()).access == "access-2"


async def test_one_that_died_with_the_claim_is_followed_by_another(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted(seconds=HOUR))
    await bureau.rows(
        "update zalo_tokens set renewing_until = transport.app_clock() + interval '120 s' returning app_id"
    )  # as a process leaves it that was killed
    async with processes(bureau, Zalo()) as (provider, (tokens,)):
        await tokens.look()
        assert provider.asked == []
        await bureau.move_clock(121)
        await tokens.look()
        assert (await tokens.held()).access == "access-2"


async def test_a_pair_that_a_person_puts_meanwhile_stays(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted(seconds=HOUR))
    zalo = Zalo(hold=asyncio.Event())
    async with processes(bureau, zalo) as (provider, (tokens,)):
        looking = asyncio.create_task(tokens.look())
        await eventually(lambda: provider.asked)
        await put_pair(bureau.pool, bureau.vault, APP, granted(9))
        assert zalo.hold is not None
        zalo.hold.set()
        await looking
        assert (await tokens.held()).access == "access-9"


async def test_without_a_pair_or_under_another_master_key_nothing_is_sent(bureau: Bureau) -> None:
    async with processes(bureau, Zalo()) as (_, (tokens,)):
        with pytest.raises(CarrierDown, match="credentials"):
            await tokens.held()
        await tokens.look()  # the loop lives on
        await put_pair(bureau.pool, Vault(b"x" * 32), APP, granted())
        with pytest.raises(CarrierDown, match="credentials"):
            await tokens.held()
        await put_pair(bureau.pool, bureau.vault, APP, granted())
        assert (await tokens.held()).access == "access-1"


async def test_no_token_stands_in_the_clear(bureau: Bureau) -> None:
    await put_pair(bureau.pool, bureau.vault, APP, granted())
    rows: Any = await bureau.rows("select * from zalo_tokens")
    assert not [secret for secret in ("access-1", "renew-1") if secret in str(dict(rows[0]))]
    assert "renew-1" not in repr(granted())
