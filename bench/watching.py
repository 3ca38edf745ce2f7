"""What processes hold while something is measured: their memory, and the database's connections; looked at every second."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Final

import asyncpg

EVERY_SECONDS: Final = 1.0
CONNECTIONS: Final = """
select count(*) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
"""


@dataclass(slots=True)
class Watch:
    """`pids`: by the name of a process. `resident`: MiB, by the same name."""

    pids: Mapping[str, int]
    resident: dict[str, list[float]] = field(default_factory=dict)
    connections: list[int] = field(default_factory=list)

    def thirds(self, name: str) -> tuple[float, float, float]:
        """The mean of each third of the time."""
        seen = self.resident[name]
        third = len(seen) // 3
        return fmean(seen[:third]), fmean(seen[third : 2 * third]), fmean(seen[2 * third :])


@asynccontextmanager
async def watching(dsn: str, pids: Mapping[str, int]) -> AsyncIterator[Watch]:
    """Looks until the block ends."""
    watch = Watch(pids, {name: [] for name in pids})
    connection = await asyncpg.connect(dsn)
    looking = asyncio.create_task(_look(watch, connection))
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.wait({looking})
        await connection.close()


async def _look(watch: Watch, connection: asyncpg.Connection) -> None:
    while True:
        for name, pid in watch.pids.items():
            watch.resident[name].append(resident_mib(pid))
        watch.connections.append(await connection.fetchval(CONNECTIONS))
        await asyncio.sleep(EVERY_SECONDS)


def resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
