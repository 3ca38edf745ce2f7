"""The pair of tokens of our Zalo app: held, renewed by one process at a time, and never used before it is stored.

The token that renews works a single time, so a renewal goes claim (committed), call, store (committed): the steps of a message
(law 10), for the same reason. Two processes never use it twice; the old pair stays until the new one is stored; and what cannot
be stored at once is kept and tried until it is, because only a person's consent in Zalo's console would bring another.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import orjson
from pydantic import BaseModel, Field

from notify.channels.http_provider import SERVER_ERROR, THROTTLED, Answer, HttpProvider, Patience, open_http
from notify.channels.port import CarrierDown, CarrierUncertain
from notify.channels.zalo_api import Pair
from notify.store import QUERIES
from shared.errors import DependencyDown, Transient
from shared.events.contract import Sealed
from shared.pacing import Backoff
from shared.postgres.transaction import commit_one, reading
from shared.rounds import Rounds
from shared.security.sealing import SealBroken
from shared.security.vault import HOUSE, Vault
from shared.telemetry.logs import logger
from shared.telemetry.metrics import NOTIFY_TOKEN_LEFT, NOTIFY_TOKENS

log = logger()

NAME: Final = "zalo"
PATIENCE: Final = Patience(connect_seconds=3.0, answer_seconds=12.0)  # cut off too early, a renewal is lost
RENEW_BELOW_SECONDS: Final = 6 * 3600.0
CLAIM_SECONDS: Final = 120.0  # nobody else tries meanwhile: longer than call and store take
AGAIN_SECONDS: Final = {"away": 15.0, "unknown": 120.0, "refused": 600.0}
FRESH_SECONDS: Final = 20.0  # what is held is read again after this
WAIT_SECONDS: Final = 3.0  # a send waits so long for the next pair
LOOK_SECONDS: Final = 0.1
SETTLE_SECONDS: Final = 10.0  # at a stop


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloApp:
    app_id: str
    secret: str = field(repr=False)
    oauth_url: str
    look_seconds: float = 60.0


class Granted(BaseModel):
    """What Zalo says to a renewal. Numbers come as texts. Errors come with HTTP 200 and without tokens."""

    access_token: str = Field(min_length=1, repr=False)
    refresh_token: str = Field(min_length=1, repr=False)
    expires_in: float = Field(gt=0)


class _Refused(BaseModel):
    error: int


class RenewalFailed(Exception):
    """`outcome`: away (surely not used), unknown (perhaps used up), refused (Zalo said no)."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@asynccontextmanager
async def open_tokens(pool: asyncpg.Pool, vault: Vault, app: ZaloApp) -> AsyncIterator["ZaloTokens"]:
    async with open_http(PATIENCE) as http:
        tokens = ZaloTokens(pool, vault, app, http)
        try:
            yield tokens
        finally:
            await tokens.settled()  # a pair that is on its way back must be stored


class ZaloTokens(Rounds):
    """Tokens for the adapters, and a loop that renews in time. `pool` acts as the role of schema notify."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, app: ZaloApp, http: HttpProvider) -> None:
        super().__init__(every_seconds=app.look_seconds)
        self._pool = pool
        self._vault = vault
        self._app = app
        self._http = http
        self._held: tuple[float, Pair] | None = None
        self._one_reads = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None
        for outcome in ("done", *AGAIN_SECONDS):
            NOTIFY_TOKENS.labels(NAME, outcome)

    async def held(self) -> Pair:
        """A Tokens. Seldom more than a look into memory."""
        async with self._one_reads:
            if self._held is not None and self._held[0] > time.monotonic() - FRESH_SECONDS:
                return self._held[1]
            return await self._read()

    async def instead_of(self, refused: Pair) -> Pair:
        """A Tokens. Somebody else may have renewed it, or be about to: then theirs is waited for."""
        until = time.monotonic() + WAIT_SECONDS
        while (pair := await self._read()).version <= refused.version:
            if pair.failure is not None:
                raise CarrierDown("credentials" if pair.failure == "refused" else "away")
            if time.monotonic() >= until:
                raise CarrierDown
            await asyncio.wait({self._renew_soon(pair)}, timeout=LOOK_SECONDS)
            await asyncio.sleep(LOOK_SECONDS / 10)  # it may be another process that renews: then ours ends at once
        return pair

    async def look(self) -> None:
        """A Rounds. Nobody has put a pair: the gauge says 0 until somebody does."""
        with suppress(CarrierDown):
            pair = await self._read()
            if pair.left_seconds < RENEW_BELOW_SECONDS:
                await asyncio.shield(self._renew_soon(pair))

    async def settled(self) -> None:
        """The last chance of a pair that the database has not taken yet."""
        if self._renewal is None:
            return
        await asyncio.wait({self._renewal}, timeout=SETTLE_SECONDS)
        if self._renewal.cancel():
            log.error("notify.zalo.token_lost", advice="techrescue zalo token put")

    def _renew_soon(self, pair: Pair) -> "asyncio.Task[None]":
        """A task of its own: a send that is given up must not take a renewal with it."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(pair.version))
        return self._renewal

    async def _read(self) -> Pair:
        try:
            async with reading(self._pool) as connection:
                row = await connection.fetchrow(QUERIES["read_zalo_pair"], self._app.app_id)
        except (DependencyDown, Transient):
            raise CarrierDown from None
        NOTIFY_TOKEN_LEFT.labels(NAME).set(max(0.0, row["left_seconds"]) if row else 0.0)
        if row is None:
            log.error("notify.zalo.no_token", advice="techrescue zalo token put")
            raise CarrierDown("credentials")
        pair = self._opened(row)
        self._held = (time.monotonic(), pair)
        return pair

    def _opened(self, row: Any) -> Pair:
        try:
            box = Sealed(key_id=HOUSE, box=row["pair"])
            pair = orjson.loads(self._vault.house.open(box, purpose=_purpose(self._app.app_id)))
        except SealBroken:
            log.error("notify.zalo.token_unreadable", advice="techrescue zalo token put")  # noqa: TRY400 - another master key
            raise CarrierDown("credentials") from None
        return Pair(
            access=pair["access"],
            renewing=pair["renewing"],
            version=row["version"],
            left_seconds=row["left_seconds"],
            failure=row["failure"] if row["busy"] else None,
        )

    async def _renew(self, version: int) -> None:
        """Nothing is raised: whoever waits looks at the row afterwards."""
        try:
            arguments = (self._app.app_id, version, CLAIM_SECONDS)
            rows = await commit_one(self._pool, "notify.claim", QUERIES["claim_zalo_renewal"], *arguments)
            if not rows:
                return  # somebody else is at it, has been, or has failed a moment ago
            pair = self._opened(rows[0])
        except (DependencyDown, Transient, CarrierDown) as error:
            log.warning("notify.zalo.renewal_not_begun", error=type(error).__name__)
            return
        try:
            granted = await self._ask(pair.renewing)
        except RenewalFailed as failure:
            await self._note(version, failure.outcome)
        else:
            await self._store(version, granted)

    async def _ask(self, renewing: str) -> Granted:
        form = {"refresh_token": renewing, "app_id": self._app.app_id, "grant_type": "refresh_token"}
        url, headers = f"{self._app.oauth_url}/v4/oa/access_token", {"secret_key": self._app.secret}
        try:
            return _granted(await self._http.post(url, data=form, headers=headers))
        except CarrierDown:
            raise RenewalFailed("away") from None
        except CarrierUncertain:
            raise RenewalFailed("unknown") from None

    async def _store(self, version: int, granted: Granted) -> None:
        """Until it is stored, nobody uses it; and until the database takes it, we try."""
        box, backoff = sealed_pair(self._vault, self._app.app_id, granted), Backoff(0.1, 5.0)
        arguments = (self._app.app_id, version, box, granted.expires_in)
        while True:
            try:
                await commit_one(self._pool, "notify.record", QUERIES["store_zalo_pair"], *arguments)
            except (DependencyDown, Transient) as error:
                log.error("notify.zalo.token_not_stored", error=type(error).__name__)  # noqa: TRY400 - its text stays out
                await asyncio.sleep(backoff.delay())
            else:
                break
        NOTIFY_TOKENS.labels(NAME, "done").inc()
        log.info("notify.zalo.token_renewed")

    async def _note(self, version: int, outcome: str) -> None:
        NOTIFY_TOKENS.labels(NAME, outcome).inc()
        log.error("notify.zalo.renewal_failed", outcome=outcome, advice="if it goes on: techrescue zalo token put")
        with suppress(DependencyDown, Transient):  # then the claim runs out
            arguments = (self._app.app_id, version, AGAIN_SECONDS[outcome], outcome)
            await commit_one(self._pool, "notify.record", QUERIES["note_failed_renewal"], *arguments)


async def put_pair(pool: asyncpg.Pool, vault: Vault, app_id: str, granted: Granted) -> None:
    """The first pair, or one that a person has got from the console: it takes the place of whatever stands there."""
    arguments = (app_id, sealed_pair(vault, app_id, granted), granted.expires_in)
    await commit_one(pool, "notify.record", QUERIES["put_zalo_pair"], *arguments)


async def seen_pair(pool: asyncpg.Pool, app_id: str) -> dict[str, Any] | None:
    """What may be shown of it."""
    async with reading(pool) as connection:
        row = await connection.fetchrow(QUERIES["read_zalo_pair"], app_id)
    return None if row is None else {name: row[name] for name in ("left_seconds", "failure", "changed_at")}


def sealed_pair(vault: Vault, app_id: str, granted: Granted) -> str:
    pair = orjson.dumps({"access": granted.access_token, "renewing": granted.refresh_token})
    return vault.house.box(pair, purpose=_purpose(app_id))


def _purpose(app_id: str) -> str:
    return f"zalo tokens of {app_id}"


def _granted(answer: Answer) -> Granted:
    """What is neither tokens nor an error of Zalo's own may have used the token up, or not."""
    granted = answer.read(Granted)
    if granted is not None:
        return granted
    if answer.status == THROTTLED:
        raise RenewalFailed("away")
    refused = answer.read(_Refused)
    raise RenewalFailed("refused" if refused is not None and refused.error != 0 and answer.status < SERVER_ERROR else "unknown")
