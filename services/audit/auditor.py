"""The judge that never sleeps: looks every half minute, in one process at a time, and says at once what it finds.

It reads what is alive, a page at a time and within a time of its own (live.py). Its silence is an alarm, too: whoever watches the
time of the last look needs no word from it.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.audit.findings import REMEMBERED_SECONDS, Findings, body_of, title_of
from services.audit.invariants import RULES, judge
from services.audit.live import NONE, STAGES, Part, delivered, past_their_time
from services.audit.reading import QUERIES
from services.audit.world import Violation
from shared.errors import DependencyDown, TechRescueError, Transient
from shared.lifecycle import Lifecycle
from shared.ops import OpsAlerts
from shared.pacing import Backoff
from shared.postgres.pool import AUDITOR, open_connection, open_pool
from shared.telemetry.logs import logger
from shared.telemetry.metrics import AUDIT_FAILED, AUDIT_FINDINGS, AUDIT_LAST_PASS, AUDIT_LAST_RUN, AUDIT_SECONDS
from shared.transport.owned import Owner, Ownership

LOOK_SECONDS: Final = 30.0  # between looks
FIRST_LOOK_SECONDS: Final = 15.0  # a system that was away first does what has become due meanwhile
SECOND_LOOK_SECONDS: Final = 1.0  # what it finds then, too, is a finding: the schemas are read one after the other
ENOUGH_SECONDS: Final = 8.0  # of one look; the next one goes on where it ended
STATEMENT: Final = "5s"
CUT_SECONDS: Final = 20.0  # a look that hangs is cut off
OWNER_SECONDS: Final = 5.0  # between tries to become the auditor
MOST_KEPT: Final = 2_000  # of what was told, for whoever takes over
STUCK_SECONDS: Final = 180.0  # without a look, though it is ours to take

Place = tuple[int, UUID]  # the stage of a pass, and the id after which its next page begins
START: Final[Place] = (0, NONE)

log = logger()


async def open_auditor(life: Lifecycle, dsn: str, alerts: OpsAlerts) -> "Auditor":
    """At work when it is given back. Raises DependencyDown."""
    pool = await life.enter(open_pool(dsn, schema=AUDITOR, max_size=1))
    auditor = Auditor(dsn, pool, alerts)
    life.spawn(auditor)
    return auditor


class Auditor(Owner):
    """`pool` acts as the role `auditor` and has one connection, which holds the lock."""

    def __init__(
        self,
        dsn: str,
        pool: asyncpg.Pool,
        alerts: OpsAlerts,
        *,
        every_seconds: float = LOOK_SECONDS,
        first_seconds: float = FIRST_LOOK_SECONDS,
    ) -> None:
        super().__init__(
            pool,
            QUERIES["try_auditor_lock"],
            stand_by_seconds=OWNER_SECONDS,
            backoff=Backoff(0.5, 10.0),
            failed_as="audit.dependency.lost",
        )
        self._dsn = dsn
        self._alerts = alerts
        self._audit_seconds = every_seconds
        self._first_audit_seconds = first_seconds
        self._findings = Findings()
        self._place = START
        self._owned_at: float | None = None  # since when it is ours
        self._looked_at: float | None = None
        self.last_look: datetime | None = None
        _show(dict.fromkeys(RULES, 0))

    @property
    def found(self) -> int:
        return len(self._findings)

    def trouble(self) -> str | None:
        """For /livez of a process that does nothing else."""
        since = None if self._owned_at is None else max(self._owned_at, self._looked_at or 0.0)
        stuck = since is not None and time.monotonic() - since > STUCK_SECONDS
        return "the auditor has not looked for minutes" if stuck else None

    async def audit(self) -> None:
        """One look: findings, gauges, and a word to whoever is on duty about what is new."""
        started = time.perf_counter()
        found, place = await self._find(self._place)
        if not all(violation in self._findings for violation in found):
            await self._rest(SECOND_LOOK_SECONDS)
            again, _ = await self._find(self._place)
            found &= again
        self._place = place
        self._findings.note(found, complete=place == START)
        self._looked_at, self.last_look = time.monotonic(), datetime.now(UTC)
        AUDIT_SECONDS.observe(time.perf_counter() - started)
        AUDIT_LAST_RUN.set_to_current_time()
        if place == START:
            AUDIT_LAST_PASS.set_to_current_time()
        _show(self._findings.counts())
        await self._tell()
        await self._keep()

    async def own(self, owned: Ownership) -> None:
        """Until stopped, or until the lock may be somebody else's."""
        self._is_well()
        self._findings, self._place = Findings(), START
        self._owned_at = time.monotonic()
        try:
            await self._recall()
            await self._rest(self._first_audit_seconds)
            while not self._stopping and not owned.lost.is_set():
                try:
                    await self.audit()
                except (DependencyDown, Transient) as error:
                    log.warning("audit.look.failed", error=type(error).__name__)
                    AUDIT_FAILED.inc()
                await self._rest(self._audit_seconds)
        finally:
            self._owned_at = None
            _show(dict.fromkeys(RULES, 0))  # what is found now, the next auditor shows

    async def _find(self, place: Place) -> tuple[set[Violation], Place]:
        """What is past its time, always; then on with the pass, as far as a look may go. Raises DependencyDown, Transient."""
        enough = time.monotonic() + ENOUGH_SECONDS
        async with self._asking() as connection:
            found = {*_judged(await past_their_time(connection)), *_judged(await delivered(connection))}
            while True:
                part = await STAGES[place[0]](connection, place[1])
                found.update(_judged(part))
                place = _next(place, part)
                if place == START or time.monotonic() > enough:
                    return found, place

    async def _tell(self) -> None:
        """Once a finding. Nobody heard it: it is told with the next look."""
        news = self._findings.untold(time.monotonic())
        if not news:
            return
        for violation in news:
            log.error("audit.finding.new", rule=violation.rule, subject=violation.subject, finding=violation.finding)
        try:
            await self._alerts.alert(title_of(news), body_of(news))
        except TechRescueError as error:
            log.warning("audit.alert.failed", error=type(error).__name__)
        else:
            self._findings.were_told(news, time.monotonic())

    async def _recall(self) -> None:
        """What the last auditor has told is no news. Raises DependencyDown, Transient."""
        async with self._asking() as connection:
            for row in await connection.fetch(QUERIES["told_findings"], REMEMBERED_SECONDS):
                one = Violation(row["rule"], row["subject"], row["finding"])
                self._findings.were_told([one], time.monotonic() - row["seconds"])

    async def _keep(self) -> None:
        """For the next auditor. Raises DependencyDown, Transient."""
        told = self._findings.told()[:MOST_KEPT]
        async with self._asking() as connection:
            await connection.execute(QUERIES["forget_told"], REMEMBERED_SECONDS)
            if told:
                rows = [(one.rule, one.subject, one.finding) for one in told]
                await connection.execute(QUERIES["keep_told"], *map(list, zip(*rows, strict=True)))

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[asyncpg.Connection]:
        async with open_connection(self._dsn, schema=AUDITOR, limit_seconds=CUT_SECONDS) as connection:
            await connection.execute(QUERIES["bound_statements"], STATEMENT)
            yield connection


def _judged(part: Part) -> Sequence[Violation]:
    return judge(part.world, part.by)


def _next(place: Place, part: Part) -> Place:
    """The next page, the next stage, or a pass from the start."""
    if part.after is not None:
        return place[0], part.after
    return ((place[0] + 1) % len(STAGES), NONE)


def _show(counts: dict[str, int]) -> None:
    for rule, count in counts.items():
        AUDIT_FINDINGS.labels(rule).set(count)
