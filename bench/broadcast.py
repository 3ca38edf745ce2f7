"""One text to 30,000 people at the pace of a provider that takes 250 a second, while callers file requests that cannot wait.

Our three processes on real Kafka and PostgreSQL. The pace alone takes 120 s; measured is what it costs beyond that, how much
memory that takes, and how long offers wait meanwhile.
"""

import asyncio
import os
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from bench import city, notifying, parts
from bench.arrivals import file_at_random
from bench.carrier import provider
from bench.dispatch import on_database
from bench.end_to_end import Chain, give_phones, handed, three_processes
from bench.rows import Row, limited, told

PEOPLE = 30_000
THIRD_PAGE = 1_500  # by then everything is in use that is ever used
P1 = "system_outage"
CALLERS = 2  # a second: a bad hour of service points that are down, with 30,000 helpers to choose from
FILING_SECONDS = 60.0
WARM_UP_SECONDS = 4.0
LOOK_SECONDS = 1.0
LONGEST_SECONDS = 240.0
BULK = """
select a.id::text
from notify.messages m join notify.message_attempts a on a.message_id = m.id
where m.purpose = 'broadcast_campaign'
"""


async def rows() -> list[Row]:
    async with parts.real_kafka() as bootstrap, parts.real_postgres() as postgres, provider() as carrier:
        dsn = await postgres.new_database(migrated=True)
        await on_database(dsn, lambda connection: city.put_people(connection, PEOPLE))
        await give_phones(dsn)
        await notifying.by_day(dsn)
        async with three_processes(dsn, bootstrap, carrier) as chain:
            await file_at_random(chain.ports["intake"], chain.token, rate=CALLERS, seconds=WARM_UP_SECONDS)
            began = asyncio.get_running_loop().time()
            callers = asyncio.create_task(
                file_at_random(chain.ports["intake"], chain.token, rate=CALLERS, seconds=FILING_SECONDS, seed=5, categories=(P1,))
            )
            growth = await _broadcast(chain)
            offers = await handed(dsn, carrier, await callers)
        bulk = [row[0] for row in await on_database(dsn, lambda connection: connection.fetch(BULK))]
        arrived = await carrier.arrived()
        moments = sorted(arrived[attempt] for attempt in bulk if attempt in arrived)
    if len(moments) != PEOPLE:
        raise RuntimeError(f"{len(moments)} of {PEOPLE} were told")
    return [
        limited(f"broadcast to {PEOPLE:,} at 250/s (s)", moments[-1] - began, "<= 150"),
        limited("broadcast: memory of notify beyond the third page (MB)", growth, "<= 40"),
        limited("broadcast: P1 offers meanwhile, P90 (s)", float(np.percentile(offers, 90)), "<= 1"),
        told("broadcast: P1 offers meanwhile, p50 (s)", float(np.percentile(offers, 50))),
        told("broadcast: most texts within any second", float(_most_within_a_second(moments))),
    ]


async def _broadcast(chain: Chain) -> float:
    """Until it is done; megabytes that notify took beyond what it had when the third page was told."""
    address, headers = f"http://127.0.0.1:{chain.ports['notify']}/v1/broadcasts", {"Authorization": f"Bearer {chain.token}"}
    form = {
        "kind": "campaign",
        "audience": {"who": "responders"},
        "text": {
            "vi": "Tuần này mọi người cùng giúp bà con làm hồ sơ trực tuyến.",
            "en": "This week we all help with online files.",
        },
        "not_after": (datetime.now(UTC) + timedelta(days=2)).isoformat(),
    }
    loop = asyncio.get_running_loop()
    base, most, deadline = 0.0, 0.0, loop.time() + LONGEST_SECONDS
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(address, json=form) as answer:
            made: dict[str, Any] = await answer.json()
        while loop.time() < deadline:
            await asyncio.sleep(LOOK_SECONDS)
            async with session.get(f"{address}/{made['id']}") as answer:
                found: dict[str, Any] = await answer.json()
            most = max(most, _megabytes(chain.pids["notify"]))
            if not base and found["counts"]["sent"] >= THIRD_PAGE:
                base = most
            if found["status"] == "done":
                return most - base
    raise TimeoutError(f"not done after {LONGEST_SECONDS:.0f} s: {found['counts']}")


def _megabytes(pid: int) -> float:
    """Resident."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _most_within_a_second(moments: Sequence[float]) -> int:
    return max(place - bisect_left(moments, moment - 1) + 1 for place, moment in enumerate(moments))
