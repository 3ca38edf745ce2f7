"""Are the figures of service levels right to the last request? 300 requests, three processes killed while they count, doubles.

Value 1: what Prometheus and a report are told is what the log gives again, and what a naive count of the published events gives.
"""

from bench.parts import real_postgres
from bench.rows import Row, limited
from tests.support.sla_trial import KILLED_AT, killed, publish, take_the_topic, verdict

REQUESTS = 300


async def rows() -> list[Row]:
    async with real_postgres() as server:
        dsn = await server.new_database(migrated=True)
        events = await publish(dsn, REQUESTS, seed=5)
        for seed, point in enumerate(KILLED_AT):
            if not await killed(dsn, point, seed):
                raise AssertionError(f"it lived through {point}")
        await take_the_topic(dsn, seed=99)
        wrong = await verdict(dsn, events)
    return [limited("sla: exported = reported = recomputed after kills, replays and doubles (1: yes)", int(not wrong), ">= 1")]
