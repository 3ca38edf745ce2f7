"""`python -m services.auditor`: the judge, in a process of its own that does nothing of what it judges. Two may run: one looks.

It needs no Kafka and no master key: it reads rows, of which it can open nothing.
"""

from services.audit.auditor import Auditor, open_auditor
from services.audit.counts import read_counts
from services.entry import main
from services.front_page import front_page
from services.ops_alerts import ops_alerts
from services.process import serve
from services.settings import Settings
from shared.http.app import build_app
from shared.lifecycle import Lifecycle
from shared.postgres.pool import AUDITOR, open_pool
from shared.security.tokens import Tokens
from shared.telemetry.health import ReadyCheck, health_router


async def run(settings: Settings) -> None:
    dsn = settings.dsn()
    async with Lifecycle(drain_seconds=settings.drain_seconds) as life:
        auditor = await open_auditor(life, dsn, ops_alerts(settings))
        pool = await life.enter(open_pool(dsn, schema=AUDITOR, max_size=2))
        routers = [
            health_router(watched=[auditor], ready={"the auditor": _looking(auditor)}),
            front_page(lambda: read_counts(dsn), auditor),
        ]
        await serve(life, settings, build_app(routers, tokens=Tokens(pool)))


def _looking(auditor: Auditor) -> ReadyCheck:
    """A database that is away makes no auditor unready for longer than it is away: the next look says so."""

    async def check() -> str | None:
        return auditor.trouble()

    return check


if __name__ == "__main__":
    main(run)
