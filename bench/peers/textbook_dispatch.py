"""The textbook dispatcher: one request at a time, the nearest free person by PostGIS, `FOR UPDATE SKIP LOCKED`, then the offset.

Debian's PostgreSQL 15.18 fails `ORDER BY geom <-> point LIMIT 1 FOR UPDATE SKIP LOCKED` ("attempted to lock invisible tuple"), so
the ten nearest are found first and the first of them that is free is locked: what a careful builder arrives at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer

SCHEMA = """
create extension if not exists postgis;
create schema if not exists textbook;
create table textbook.responders (
    id uuid primary key,
    place geography(point) not null,
    skills text[] not null,
    shift tstzrange not null,
    capacity integer not null,
    load integer not null default 0,
    pending boolean not null default false
);
create index on textbook.responders using gist (place);
create table textbook.jobs (
    id uuid primary key,
    request_id uuid not null unique,
    priority text not null,
    skills text[] not null,
    place geography(point) not null,
    created_at timestamptz not null default now()
);
create table textbook.offers (
    id uuid primary key,
    job_id uuid not null,
    responder_id uuid not null,
    status text not null default 'pending',
    created_at timestamptz not null default now()
);
"""
NEAREST = """
with nearest as (
    select id from textbook.responders
    where skills @> $3 and shift @> now() and load < capacity and not pending
    order by place <-> st_point($1, $2)::geography
    limit 10
)
select id from textbook.responders where id in (select id from nearest) and not pending
order by place <-> st_point($1, $2)::geography
limit 1
for update skip locked
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the textbook needs of an event."""

    request_id: UUID
    priority: str
    skills: tuple[str, ...]
    lat: float
    lon: float


class TextbookDispatcher:
    """`parse` reads a record's value. Careful: the offset after each; else aiokafka commits it every five seconds by itself."""

    def __init__(
        self, pool: asyncpg.Pool, consumer: AIOKafkaConsumer, parse: Callable[[bytes], Wanted], *, careful: bool
    ) -> None:
        self._pool = pool
        self._consumer = consumer
        self._parse = parse
        self._careful = careful
        self.offered = 0  # committed

    async def run(self) -> None:
        async for record in self._consumer:
            self.offered += await self._dispatch(self._parse(record.value))
            if self._careful:
                await self._consumer.commit()

    async def _dispatch(self, wanted: Wanted) -> bool:
        job_id = uuid4()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                """insert into textbook.jobs (id, request_id, priority, skills, place)
                   values ($1, $2, $3, $4, st_point($5, $6)::geography)""",
                *(job_id, wanted.request_id, wanted.priority, list(wanted.skills), wanted.lon, wanted.lat),
            )
            responder_id = await connection.fetchval(NEAREST, wanted.lon, wanted.lat, list(wanted.skills))
            if responder_id is None:
                return False
            await connection.execute("update textbook.responders set pending = true where id = $1", responder_id)
            await connection.execute(
                "insert into textbook.offers (id, job_id, responder_id) values ($1, $2, $3)", uuid4(), job_id, responder_id
            )
        return True
