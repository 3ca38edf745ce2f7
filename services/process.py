"""How a process is put together: pools, transport, the parts of its rooms, HTTP. Read it from top to bottom.

A room is one context as `services` sees it: a name, and a function that builds its parts. No rules, no SQL.
"""

import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import asyncpg
from fastapi import APIRouter

from services.audit.counts import read_counts
from services.entry import Run
from services.front_page import Audit, front_page
from services.readiness import migrations_current
from services.settings import Settings
from shared.http.app import build_app
from shared.http.direct import FrontDoor
from shared.lifecycle import Lifecycle, Parts
from shared.postgres.pool import open_pool
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.telemetry.health import database_writable, health_router
from shared.transport.port import Transport
from shared.transport.postgres_log import Bells, PostgresLog
from shared.transport.retention import Retention


@dataclass(frozen=True, slots=True)
class Base:
    """What every room gets. `pool` acts as the room's own role."""

    settings: Settings
    life: Lifecycle
    ground: "Ground"
    pool: asyncpg.Pool
    vault: Vault
    tokens: Tokens
    transport: Transport


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    build: Callable[[Base], Awaitable[Parts]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a process stands on."""

    dsn: str
    master_key: bytes
    embedded: bool = False  # then /dev routes exist
    dev_routers: Sequence[APIRouter] = ()
    complete: bool = False  # all rooms: then an entry of the access table that nobody serves is a mistake
    audit: Callable[[Lifecycle, str], Awaitable[Audit]] | None = None  # the judge works here, too


def production(rooms: Sequence[Room]) -> Run:
    """One or more rooms on a PostgreSQL and a Kafka that are there."""

    async def run(settings: Settings) -> None:
        settings.bootstrap()
        await run_process(settings, Ground(dsn=settings.dsn(), master_key=settings.key()), rooms)

    return run


async def run_process(settings: Settings, ground: Ground, rooms: Sequence[Room]) -> None:
    """Until SIGTERM or SIGINT, then drains. Raises what ended it, when that was something else."""
    async with Lifecycle(drain_seconds=settings.drain_seconds) as life:
        bases = await _bases(settings, ground, rooms, life)
        parts = [await room.build(base) for room, base in zip(rooms, bases, strict=True)]
        life.spawn(*(Retention(base.pool, room.name) for room, base in zip(rooms, bases, strict=True)))
        life.run_parts(*parts)
        audit = await ground.audit(life, ground.dsn) if ground.audit else None
        routers = [*_house_routers(ground, rooms, bases, parts, audit), *ground.dev_routers]
        routers += [router for part in parts for router in part.routers]
        await serve(life, settings, build_app(routers, tokens=bases[0].tokens, complete=ground.complete))


async def serve(life: Lifecycle, settings: Settings, app: FrontDoor) -> None:
    port = settings.port or _free_port(settings.host)
    await life.serve(
        app,
        host=settings.host,
        port=port,
        trusted_proxies=settings.trusted_proxies,
        on_ready=lambda: _say_ready(settings, port),
    )


async def _bases(settings: Settings, ground: Ground, rooms: Sequence[Room], life: Lifecycle) -> list[Base]:
    vault, bells, tokens = Vault(ground.master_key), Bells(), None
    bases: list[Base] = []
    for room in rooms:
        pool = await life.enter(open_pool(ground.dsn, schema=room.name, max_size=settings.pool_size))
        tokens = tokens or Tokens(pool)
        bases.append(Base(settings, life, ground, pool, vault, tokens, _kafka(settings, ground) or PostgresLog(pool, bells)))
    return bases


def _kafka(settings: Settings, ground: Ground) -> Transport | None:
    if settings.kafka_bootstrap is None:
        return None
    from shared.transport.kafka import KafkaTransport  # noqa: PLC0415 - whoever runs without Kafka starts without its library

    # One process at a time owns a home, so it may have a name of its own in the groups.
    instance = f"home-{uuid5(NAMESPACE_URL, str(settings.home.resolve()))}" if ground.embedded else None
    return KafkaTransport(settings.kafka_bootstrap, prefix=settings.kafka_prefix, instance=instance)


def _house_routers(
    ground: Ground, rooms: Sequence[Room], bases: Sequence[Base], parts: Sequence[Parts], audit: Audit | None
) -> list[APIRouter]:
    watched: list[Any] = [consumer for part in parts for consumer in part.consumers]
    ready = {}
    for room, base in zip(rooms, bases, strict=True):
        ready[f"PostgreSQL for {room.name}"] = database_writable(base.pool)
        ready[f"the schema {room.name}"] = migrations_current(base.pool, room.name)
    return [health_router(watched=watched, ready=ready), front_page(lambda: read_counts(ground.dsn), audit)]


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _say_ready(settings: Settings, port: int) -> None:
    """People and scripts wait for this line; logs go to standard error."""
    print(f"ready: http://{'localhost' if settings.on_loopback else settings.host}:{port}", flush=True)  # noqa: T201
