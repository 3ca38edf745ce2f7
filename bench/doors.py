"""A storm at the public doors: 50 requests a second, half over the web's form, half in conversations by Telegram, Zalo and SMS.

Our intake and notify on real Kafka and PostgreSQL; how dispatch keeps up at this rate `bench/storm.py` measures. Honest people:
1,000 phones a minute, each with one or two troubles, and each trouble comes twice: half of the second times are the same once
more (a browser with its Idempotency-Key, a provider with its messages), half a request of its own. Browsers come from addresses
of which half are shared by forty people. The daily one takes a minute; `python -m bench doors --minutes 10` is the whole: 30,000
requests of 10,000 phones.

Counted afterwards: nothing that was accepted is missing in the table or on the topic, nothing is there twice, and every repeat is
known as one: the same once more has the code of the first, and of a new one about the same the desk is shown the other
(`intake/desk/duplicates.py`), which a person joins, and nobody else.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

import aiohttp
import numpy as np

from bench import chatters, notifying, parts
from bench.chatters import Phones
from bench.crowd import Again, Door, Matter, crowd
from bench.dispatch import on_database
from bench.end_to_end import settled
from bench.rows import Row, limited, told
from bench.watching import Watch, watching
from intake.desk.duplicates import Duplicates
from intake.settings import IntakeSettings
from notify.accounts.zalo_tokens import Granted, put_pair
from shared.events.registry import REGISTRY, EventType, Topic
from shared.postgres.pool import open_pool
from shared.transport.history import of_kafka
from shared.transport.kafka import make_topics

MINUTES: Final = float(os.environ.get("BENCH_MINUTES", "1"))
SECONDS: Final = 60 * MINUTES
RATE: Final = 50
PEOPLE: Final = round(1_000 * MINUTES)
WARM_UP_PEOPLE, WARM_UP_SECONDS = 100_000, 5.0  # their numbers begin here
FILED: Final = REGISTRY[EventType.REQUEST_FILED].ce_type
ACCEPTED, TOO_MANY = 202, 429


@dataclass(slots=True)
class Seen:
    """`accepted`: codes; `pairs`: those of a trouble's first and second coming, and whether that was the same once more."""

    answers: Counter[str] = field(default_factory=Counter)  # of the form
    delays: list[float] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    pairs: list[tuple[str, str, bool]] = field(default_factory=list)


async def rows() -> list[Row]:
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres:
        dsn = await postgres.new_database(migrated=True)
        await notifying.by_day(dsn)
        async with open_pool(dsn, schema="notify") as pool:
            tokens = Granted(access_token="bench", refresh_token="bench", expires_in=90_000)  # noqa: S106 - of no account
            await put_pair(pool, notifying.VAULT, chatters.ZALO_APP, tokens)
        return await _storm(dsn, bootstrap)


async def _storm(dsn: str, bootstrap: str) -> list[Row]:
    prefix, seen = f"{uuid4().hex[:8]}.", Seen()
    await make_topics(bootstrap, prefix=prefix)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        ports, pids = {name: parts.free_port() for name in ("notify", "intake", "provider")}, {}
        phones = await enter(chatters.phones(ports.pop("provider"), ports["notify"]))
        over = chatters.settings(phones.port, ports["notify"])
        for name, port in ports.items():
            env = parts.settings(dsn, bootstrap, port, kafka_prefix=prefix, **over)
            pids[name] = (await enter(parts.process(f"services.{name}", port=port, env=env))).pid
        await notifying.all_read(list(ports.values()))
        browsers = await enter(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2)))
        matters = crowd(people=PEOPLE, first=0, rate=RATE, seconds=SECONDS)
        warm_up = crowd(people=100, first=WARM_UP_PEOPLE, rate=RATE, seconds=WARM_UP_SECONDS)
        await Doors(browsers, ports["intake"], phones, Seen()).come(warm_up)
        phones.forget()
        before: int = await on_database(dsn, lambda connection: connection.fetchval("select count(*) from intake.requests"))
        async with watching(dsn, pids) as watch:
            await Doors(browsers, ports["intake"], phones, seen).come(matters)
        await phones.rested()
        return [*_answers(2 * len(matters), seen, phones), *await _kept(dsn, bootstrap, prefix, seen, before), *_memory(watch)]


# The people ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doors:
    """`session`: of browsers; `port`: where the form is."""

    session: aiohttp.ClientSession
    port: int
    phones: Phones
    seen: Seen

    async def come(self, matters: Sequence[Matter]) -> None:
        """Returns when everybody has their codes, or has given up."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as people:
            for matter in matters:
                await asyncio.sleep(max(0.0, began + matter.at - time.monotonic()))
                people.create_task(self._twice(matter))

    async def _twice(self, matter: Matter) -> None:
        same, key = matter.again is Again.SAME, str(uuid4())
        if same and matter.door is Door.CHAT:
            first = second = await self._talk(matter, doubled=True)
        elif same:
            first, second = await asyncio.gather(self._send(matter, key), self._later(matter, key))
        else:
            first = await self._once(matter, matter.door, key)
            second = await self._later(matter, str(uuid4()))
        self.seen.accepted |= {code for code in (first, second) if code is not None}
        if first is not None and second is not None:
            self.seen.pairs.append((first, second, same))

    async def _later(self, matter: Matter, key: str) -> str | None:
        await asyncio.sleep(matter.again_after)
        return await self._once(matter, matter.again_door, key)

    async def _once(self, matter: Matter, door: Door, key: str) -> str | None:
        return await (self._send(matter, key) if door is Door.WEB else self._talk(matter, doubled=False))

    async def _talk(self, matter: Matter, *, doubled: bool) -> str | None:
        return await self.phones.talk(matter.person, matter.trouble, at_once=matter.at_once, doubled=doubled)

    async def _send(self, matter: Matter, key: str) -> str | None:
        """The form, as a browser sends it behind the trusted proxy. It names no kind of help, and its place in words."""
        person, seen = matter.person, self.seen
        body = {
            "channel": "web",
            "requester": {"name": person.name, "phone": person.phone},
            "description": matter.trouble,
            "address": person.place,
            "visit_consent": True,
        }
        headers = {"Idempotency-Key": key, "X-Forwarded-For": person.address}
        began = time.monotonic()
        try:
            async with self.session.post(f"http://127.0.0.1:{self.port}/v1/requests", json=body, headers=headers) as answer:
                said = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            seen.answers[type(error).__name__] += 1
            return None
        seen.delays.append(time.monotonic() - began)
        seen.answers[str(answer.status) if answer.status != TOO_MANY or "advice" in said else "429 without advice"] += 1
        if answer.status != ACCEPTED:
            return None
        self.phones.known.add(said["code"])
        return str(said["code"])


# What came of it ----------------------------------------------------------------------------------------------------------------


def _answers(came: int, seen: Seen, phones: Phones) -> list[Row]:
    answers = seen.answers + phones.answers
    broken = sum(many for status, many in answers.items() if status.startswith("5"))
    refused = answers[str(TOO_MANY)]
    fine = sum(many for status, many in answers.items() if status.startswith("2"))
    for example in phones.lost[:5]:
        print(f"doors: a conversation was lost: {example}", file=sys.stderr)
    print(f"doors: answers of the form {dict(seen.answers)}, to callbacks {dict(phones.answers)}", file=sys.stderr)
    return [
        limited("doors: answers 5xx at the public form and to callbacks", broken, "<= 0"),
        limited("doors: honest people who were told to come back later (429)", refused, "<= 0"),
        limited("doors: any other answer than 2xx, or none", answers.total() - broken - refused - fine, "<= 0"),
        limited("doors: conversations that did not end in a request", len(phones.lost), "<= 0"),
        told("doors: requests that came, repeats among them", came),
        told("doors: messages that had to be written once more, because nothing came back", phones.said_again),
        told("doors: the form is answered, p99 (s)", _at(seen.delays, 99)),
        told("doors: a message of a conversation is answered, p50 (s)", _at(phones.delays, 50)),
        told("doors: a message of a conversation is answered, p99 (s)", _at(phones.delays, 99)),
    ]


async def _kept(dsn: str, bootstrap: str, prefix: str, seen: Seen, before: int) -> list[Row]:
    ids: dict[str, UUID] = {}
    published: set[UUID] = set()

    async def all_there() -> bool:
        stored = await on_database(dsn, lambda connection: connection.fetch("select code, id from intake.requests"))
        ids.update((row["code"], row["id"]) for row in stored)
        async for records in of_kafka(bootstrap, [Topic.REQUESTS], prefix=prefix):
            published.update(UUID(record.key.decode()) for record in records if record.header("ce_type") == FILED)
        return published >= set(ids.values())

    await settled(all_there)
    unstored = [code for code in seen.accepted if code not in ids]
    silent = [code for code in seen.accepted if code in ids and ids[code] not in published]
    return [
        limited("doors: accepted, and not in the table", len(unstored), "<= 0"),
        limited("doors: accepted, and not on the topic", len(silent), "<= 0"),
        limited("doors: in the table, and nobody was told a code", len(ids) - before - len(seen.accepted), "<= 0"),
        limited("doors: repeats that are known as such", await _linked(dsn, ids, seen), ">= 1"),
    ]


async def _linked(dsn: str, ids: Mapping[str, UUID], seen: Seen) -> float:
    """A share of all repeats."""
    settings = IntakeSettings()
    duplicates = Duplicates(radius_m=settings.duplicate_radius_m, window_seconds=settings.duplicate_seconds)
    anew = [(first, second) for first, second, same in seen.pairs if not same]
    linked = sum(first == second for first, second, same in seen.pairs if same)
    async with open_pool(dsn, schema="intake") as pool, pool.acquire() as connection:
        shown = await duplicates.of(connection, [ids[second] for _, second in anew if second in ids])
    linked += sum(first in shown.get(ids[second], ()) for first, second in anew if second in ids)
    return linked / len(seen.pairs)


def _memory(watch: Watch) -> list[Row]:
    found = []
    for name in watch.pids:
        start, middle, end = watch.thirds(name)
        found += [told(f"doors: memory of {name}, {when} third (MiB)", mib) for when, mib in (("first", start), ("last", end))]
        found.append(limited(f"doors: memory of {name}, the last third against the second", end / middle, "<= 1.10"))
    return [*found, told("doors: most database connections at a time", max(watch.connections))]


def _at(delays: Sequence[float], percent: float) -> float:
    return float(np.percentile(delays, percent))
