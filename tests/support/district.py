"""TechRescue as it runs in production: each room a process of its own, on a PostgreSQL and a Kafka that are there."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from services.demo import CITY_DESK, ensure_demo
from tests.support.town import READY_SECONDS, ROOT, STOP_SECONDS

MASTER_KEY = bytes(range(32))
CITY = "hanoi"

LOCK = "hashtextextended('matcher of ' || $1::text, 0)"
_HELD = f"""
from pg_locks join pg_stat_activity using (pid)
where locktype = 'advisory' and granted and datname = current_database()
    and (classid::bigint << 32 | objid::bigint) = {LOCK}
"""
HOLDER = "select usename" + _HELD  # the login tells whose session it is: all processes of a room act as the same role
HOLDER_PID = "select pid" + _HELD


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Process:
    room: str
    environment: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)

    def start(self) -> "Process":
        """Returns at its ready line."""
        with self.log.open("a") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", f"services.{self.room}"],
                cwd=ROOT,
                env={**self.environment, "TECHRESCUE_PORT": str(self.port)},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        assert self._running.stdout is not None
        watchdog = threading.Timer(READY_SECONDS, self._running.kill)
        watchdog.start()
        line = self._running.stdout.readline()
        watchdog.cancel()
        if not line.startswith("ready: "):
            self.kill()
            raise AssertionError(self.log.read_text(encoding="utf-8")[-4000:])
        return self

    def kill(self) -> None:
        self._running.send_signal(signal.SIGKILL)
        self._buried()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self._running.terminate()
        return self._buried()

    def _buried(self) -> int:
        self.http.close()
        try:
            return self._running.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            raise
        finally:
            assert self._running.stdout is not None
            self._running.stdout.close()


@dataclass(frozen=True)
class District:
    """`dsn` is the superuser's, of an empty database; `prefix` stands before the topics."""

    dsn: str
    bootstrap: str
    prefix: str
    folder: Path

    def environment(self, *, login: str = "postgres") -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TECHRESCUE_")}
        own = {
            "POSTGRES_DSN": self.dsn.replace("//postgres@", f"//{login}@"),
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "KAFKA_PREFIX": self.prefix,
            "MASTER_KEY": base64.urlsafe_b64encode(MASTER_KEY).decode(),
            "CITY_DESK_PHONE": CITY_DESK,
            "LOG_LEVEL": "warning",
        }
        return {**inherited, **{f"TECHRESCUE_{name}": value for name, value in own.items()}}

    async def found(self) -> None:
        """Schema, topics, and the people of the demonstration."""
        status, said = self.command("migrate")
        assert status == 0, said
        await ensure_demo(self.dsn, MASTER_KEY, CITY)

    def process(self, room: str, *, login: str = "postgres") -> Process:
        return Process(room, self.environment(login=login), self.folder / f"{room}-{login}.log")

    def command(self, *arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "services.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=150, check=False)
        return done.returncode, done.stdout + done.stderr

    def token(self, role: str) -> dict[str, str]:
        status, said = self.command("token", "issue", f"test-{role}", role, "--json")
        assert status == 0, said
        return {"Authorization": f"Bearer {json.loads(said)['token']}"}

    async def matcher(self) -> str | None:
        """The login of the process that matches now."""
        login = await self.value(HOLDER, CITY)
        return str(login) if login else None

    async def value(self, query: str, *arguments: object) -> object:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()
