"""`python -m services.all_in_one`, which is `make run`: all rooms in one process on the embedded PostgreSQL. For one machine.

Over the log in PostgreSQL, or over Kafka when TECHRESCUE_KAFKA_BOOTSTRAP is set. The embedded database is stopped with the
process; a killed process leaves it running and finds it again.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from services.demo import ensure_demo, ensure_tokens
from services.dev_clock import dev_clock
from services.dispatch import ROOM as DISPATCH
from services.home import master_key_of, own_home
from services.intake import ROOM as INTAKE
from services.notify import ROOM as NOTIFY
from services.process import Ground, Room, main, run_process
from services.settings import Settings
from shared.errors import Misconfigured
from shared.postgres.embedded import start_embedded
from shared.postgres.migrate import migrate
from shared.transport.kafka import make_topics

ROOMS: Final[Sequence[Room]] = (INTAKE, DISPATCH, NOTIFY)


async def run(settings: Settings) -> None:
    if not settings.on_loopback:
        raise Misconfigured("the embedded profile listens on loopback only: its /dev routes are open to whoever can reach them")
    if settings.demo and settings.carrier != "simulated":
        raise Misconfigured("the demonstration's numbers are made up: with a real carrier set TECHRESCUE_DEMO=0")
    with own_home(settings.home):
        embedded = await asyncio.to_thread(start_embedded, settings.home)
        try:
            await _run_on(settings, embedded.dsn)
        finally:
            await asyncio.to_thread(embedded.stop)


async def _run_on(settings: Settings, dsn: str) -> None:
    await asyncio.to_thread(migrate, dsn)
    if settings.kafka_bootstrap:
        await make_topics(settings.kafka_bootstrap, prefix=settings.kafka_prefix, replication=settings.kafka_replication)
    master_key = master_key_of(settings)
    await ensure_tokens(dsn, settings.home)
    if settings.demo:
        await ensure_demo(dsn, master_key, settings.city)
    ground = Ground(dsn=dsn, master_key=master_key, embedded=True, dev_routers=[dev_clock(dsn)], complete=True)
    await run_process(settings, ground, ROOMS)


if __name__ == "__main__":
    main(run)
