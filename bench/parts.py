"""The real parts a measurement stands on: PostgreSQL (Debian's, for PostGIS), Kafka, and processes of ours and of the peers.

Both sides of a comparison get the same server, with fsync and synchronous commit on. Everything started here is stopped here.
"""

import asyncio
import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import aiohttp
import asyncpg

from shared.postgres.migrate import migrate

ROOT: Final = Path(__file__).resolve().parents[1]
BINARIES: Final = Path("/usr/lib/postgresql/15/bin")
READY_SECONDS: Final = 60
MASTER_KEY: Final = base64.urlsafe_b64encode(bytes(range(32))).decode()  # nothing real is ever sealed with it
POSTGRES_SETTINGS: Final = "shared_buffers=512MB min_wal_size=1GB max_wal_size=4GB max_connections=200 checkpoint_timeout=30min"
USED_SEGMENTS: Final = 60  # of 16 MB


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def two_free_ports() -> int:
    """The first of two neighbours: a broker's, and its controller's."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL cluster of this run. It writes its log where it has written before, as one that has run for a day: a fresh one
    fills each new segment with zeros first, and everybody waits for the disk meanwhile, 50 ms for 16 MB of log."""

    port: int

    async def use_log(self) -> None:
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            for _ in range(USED_SEGMENTS):
                await connection.execute("select pg_logical_emit_message(false, 'bench', '')")
                await connection.execute("select pg_switch_wal()")
            await connection.execute("checkpoint")
        finally:
            await connection.close()

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    async def new_database(self, *, migrated: bool) -> str:
        """The DSN of a database made for one side of one measurement."""
        name = f"bench_{uuid4().hex[:12]}"
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            await connection.execute(f"create database {name}")
            await connection.execute("checkpoint")  # each side begins with as much used log
        finally:
            await connection.close()
        if migrated:
            await asyncio.to_thread(migrate, self.dsn(name))
        return self.dsn(name)


@asynccontextmanager
async def real_postgres() -> AsyncIterator[Server]:
    """Debian's PostgreSQL 15 in a folder of its own. Raises FileNotFoundError when `scripts/bench_setup.sh` has not run."""
    if not (BINARIES / "initdb").exists():
        raise FileNotFoundError("PostgreSQL 15 with PostGIS is not installed; run scripts/bench_setup.sh")
    folder, port = Path(tempfile.mkdtemp(prefix="techrescue-bench-")), free_port()
    shutil.chown(folder, "postgres") if os.getuid() == 0 else None
    options = " ".join(f"-c {setting}" for setting in POSTGRES_SETTINGS.split())
    options += f" -p {port} -k {folder} -c listen_addresses=127.0.0.1"
    data = str(folder / "data")
    _as_postgres(BINARIES / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8")
    _as_postgres(BINARIES / "pg_ctl", "-D", data, "-w", "-s", "-l", str(folder / "log"), "-o", options, "start")
    try:
        server = Server(port)
        await server.use_log()
        yield server
    finally:
        _as_postgres(BINARIES / "pg_ctl", "-D", data, "-w", "-s", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres(program: Path, *arguments: str) -> None:
    """PostgreSQL refuses to run as root."""
    switch = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*switch, str(program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())


@dataclass(frozen=True, slots=True)
class Broker:
    """Kafka, one node; what it had stored is there again when it is started anew."""

    port: int

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        await self._script("start")

    def tell(self, number: signal.Signals) -> None:
        """SIGSTOP: it takes connections and says nothing. SIGKILL: there is nobody."""
        os.kill(int((self._folder / "broker.pid").read_text("ascii")), number)

    async def remove(self) -> None:
        await self._script("stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        return ROOT / ".tools" / f"kafka-data-{self.port}"

    async def _script(self, command: str) -> None:
        environment, script = {**os.environ, "TECHRESCUE_KAFKA_PORT": str(self.port)}, str(ROOT / "scripts" / "kafka.sh")
        run = partial(subprocess.run, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        await asyncio.to_thread(run, [script, command])


@asynccontextmanager
async def own_kafka() -> AsyncIterator[Broker]:
    """A broker of this run, with an empty log."""
    broker = Broker(two_free_ports())
    await broker.start()
    try:
        yield broker
    finally:
        await broker.remove()


@asynccontextmanager
async def real_kafka() -> AsyncIterator[str]:
    """The same, for those who only need its address."""
    async with own_kafka() as broker:
        yield broker.bootstrap


@asynccontextmanager
async def process(
    module: str, *arguments: str, port: int | None = None, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m module arguments`, once it answers on its port, or says `ready`; ended with SIGTERM."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TECHRESCUE_")}
    output = subprocess.PIPE if port is None else subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), env={**clean, **(env or {})}, cwd=ROOT, stdout=output
    )
    try:
        await (_says_ready(child) if port is None else _answers(child, port))
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _says_ready(child: asyncio.subprocess.Process) -> None:
    assert child.stdout is not None
    async with asyncio.timeout(READY_SECONDS):
        line = await child.stdout.readline()
    if not line.startswith(b"ready"):
        raise RuntimeError(f"the process said {line!r}")


async def _answers(child: asyncio.subprocess.Process, port: int) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_SECONDS
    async with aiohttp.ClientSession() as session:
        while loop.time() < deadline:
            if child.returncode is not None:
                raise RuntimeError(f"the process ended with {child.returncode}")
            try:
                async with session.get(f"http://127.0.0.1:{port}/"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


def settings(dsn: str, bootstrap: str, port: int, **more: str) -> dict[str, str]:
    """TECHRESCUE_* for one of our processes."""
    given = {
        "postgres_dsn": dsn,
        "kafka_bootstrap": bootstrap,
        "port": str(port),
        "master_key": MASTER_KEY,
        "log_level": "warning",
    }
    return {f"TECHRESCUE_{name.upper()}": value for name, value in {**given, **more}.items()}


async def wrk(port: int, *, seconds: int, arguments: Sequence[str], connections: int = 64, script: str = "filing.lua") -> bytes:
    """One run of `wrk` with a script of this folder; its last line is JSON."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(ROOT / "bench" / script)]
    command += [f"http://127.0.0.1:{port}", "--", *arguments]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, errors = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"wrk failed: {errors.decode()}")
    return out.splitlines()[-1]
