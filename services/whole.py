"""All rooms in one process, on an embedded database that is there by now; over Kafka when it is set, else over the log in it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from services.audit.auditor import open_auditor
from services.demo import ensure_demo, ensure_points, ensure_tokens
from services.dev_clock import dev_clock
from services.dispatch import ROOM as DISPATCH
from services.home import master_key_of
from services.intake import ROOM as INTAKE
from services.notify import ROOM as NOTIFY
from services.ops_alerts import ops_alerts
from services.process import Ground, Room, run_process
from services.readiness import ensure_migrated
from services.settings import Settings

ROOMS: Final[Sequence[Room]] = (INTAKE, DISPATCH, NOTIFY)


async def run_on(settings: Settings, dsn: str) -> None:
    await ensure_migrated(dsn)
    if settings.kafka_bootstrap:
        from shared.transport.kafka import make_topics  # noqa: PLC0415 - whoever runs without Kafka starts without its library

        await make_topics(settings.kafka_bootstrap, prefix=settings.kafka_prefix, replication=settings.kafka_replication)
    master_key = master_key_of(settings)
    await ensure_tokens(dsn, settings.home)
    if settings.demo:
        await ensure_demo(dsn, master_key, settings.city)
        await ensure_points(dsn)
    ground = Ground(
        dsn=dsn,
        master_key=master_key,
        embedded=True,
        dev_routers=[dev_clock(dsn)],
        complete=True,
        audit=partial(open_auditor, alerts=ops_alerts(settings)),
    )
    await run_process(settings, ground, ROOMS)
