"""A whole TechRescue in a process of its own, and the people of a town around it: callers, phones, a clock that can be moved."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

import httpx

from services.audit.check import check
from shared.calendar import OFFICE_HOURS
from shared.postgres.embedded import start_embedded
from tests.support.databases import a_home
from tests.support.eventually import PATIENCE_SECONDS, eventually
from tests.support.forks import Forked, run_forked

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90.0  # generous: a busy machine is no failure
STOP_SECONDS = 40.0


@dataclass(frozen=True)
class Sms:
    """One message as the simulated carrier handed it to a phone."""

    id: int
    to: str
    kind: str
    request_id: str
    text: str

    @property
    def question(self) -> str:
        found = re.search(r"\b1 (\d{2})\b", self.text)
        assert found, self.text
        return found[1]

    @property
    def job(self) -> str:
        found = re.search(r"\b(?:DI|DEN|XONG) (\d{2})\b", self.text)
        assert found, self.text
        return found[1]


def sms_of(row: dict[str, Any]) -> Sms:
    """From a row of /dev/messages."""
    return Sms(row["id"], row["to"], row["kind"], row["request_id"], row["text"])


class Town:
    """`home` is kept over `kill` and `start`, as on a real machine. Its processes are forked (forks.py) unless they shall begin
    `afresh`, each in an interpreter of its own."""

    def __init__(self, home: Path, *, afresh: bool = False, **settings: str) -> None:
        self.home = home
        self.afresh = afresh
        self.settings = settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)
        self._process: subprocess.Popen[str] | Forked | None = None
        self._ahead_seconds = 0.0
        self._last_forgotten = 0

    def environment(self) -> dict[str, str]:
        own = {"TECHRESCUE_HOME": str(self.home), "TECHRESCUE_PORT": str(self.port), "TECHRESCUE_LOG_LEVEL": "warning"}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TECHRESCUE_")}
        return {**inherited, **own, **self.settings}

    def start(self) -> "Town":
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "process.log").open("a") as log:
            self._process = self._begun(log)
        assert self._process.stdout is not None
        watchdog = threading.Timer(READY_SECONDS, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line.startswith("ready: "):
            self._end(5)
            raise AssertionError(self.log())
        return self

    def _begun(self, log: TextIO) -> "subprocess.Popen[str] | Forked":
        module, env = "services.all_in_one", self.environment()
        if not self.afresh:
            return Forked(module, env=env, stderr=log.fileno())
        command = [sys.executable, "-m", module]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True)

    def kill(self) -> None:
        """kill -9: nothing is told to stop. The database goes on, as it would for another process."""
        assert self._process is not None
        self._process.kill()
        self._end(5)

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._end(STOP_SECONDS)

    def _end(self, seconds: float) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            status = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        self._process.stdout.close()
        self._process = None
        return status

    def close(self) -> None:
        """The end of the test, however far it came: also a database that a killed process left is stopped."""
        self.http.close()
        if self._process is None:
            self.start()
        assert self.stop() == 0, self.log()

    def log(self) -> str:
        return (self.home / "process.log").read_text(encoding="utf-8")[-4000:]

    def token(self, role: str) -> dict[str, str]:
        tokens: dict[str, str] = json.loads((self.home / "tokens.json").read_text(encoding="utf-8"))
        return {"Authorization": f"Bearer {tokens[role]}"}

    def file(self, *, lat: float = 21.035, lon: float = 105.814, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """A hotline call about a service point that is down, unless `changes` say otherwise."""
        body = {
            "channel": "hotline",
            "requester": {"name": "Cô Hoa", "phone": f"+84900{uuid4().int % 900_000 + 100_000}"},
            "category": "system_outage",
            "description": "Quầy một cửa không vào được hệ thống",
            "location": {"lat": lat, "lon": lon},
            "visit_consent": True,
            **changes,
        }
        headers = {**self.token("operator"), "Idempotency-Key": key or uuid4().hex}
        answer = self.http.post("/v1/requests", json=body, headers=headers)
        assert answer.status_code == 202, answer.text
        return {**answer.json(), "phone": body["requester"]["phone"]}

    def messages(self, request: dict[str, Any], kind: str | None = None) -> list[Sms]:
        """All about this request, in the order of delivery."""
        all_of_it = [sms_of(row) for row in self._delivered() if row["request_id"] == request["id"]]
        return [sms for sms in all_of_it if kind in {None, sms.kind}]

    def to(self, phone: str) -> list[Sms]:
        """All that this phone got, whatever it is about."""
        return [sms for row in self._delivered() if (sms := sms_of(row)).to == phone]

    def forget_messages(self) -> None:
        """What was delivered until now is of no interest any more, and not read again and again."""
        rows = self._delivered()
        self._last_forgotten = rows[-1]["id"] if rows else self._last_forgotten

    def _delivered(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.http.get("/dev/messages", params={"since": self._last_forgotten}).json()
        return rows

    async def sms(self, request: dict[str, Any], kind: str, *, to: str | None = None, within: float = PATIENCE_SECONDS) -> Sms:
        """The newest of this kind, once it is there."""

        def newest() -> Sms | None:
            found = [sms for sms in self.messages(request, kind) if to in {None, sms.to}]
            return found[-1] if found else None

        found = await eventually(newest, within, what=f"an SMS {kind}")
        assert found is not None
        return found

    def answer(self, phone: str, text: str) -> None:
        assert self.http.post("/dev/replies", json={"from": phone, "text": text}).is_success

    def move_clock(self, seconds: float) -> None:
        """From now on it is `seconds` later than it really is."""
        assert self.http.post("/dev/clock", json={"offset_seconds": seconds}).is_success
        self._ahead_seconds = seconds

    def to_working_hours(self) -> datetime:
        """For what waits at night: it is an hour after the next opening, whenever the test runs; says when that is."""
        now = datetime.now(UTC)
        morning = OFFICE_HOURS.next_opening(OFFICE_HOURS.closing(now)) + timedelta(hours=1)
        self.move_clock((morning - now).total_seconds())
        return morning

    def let_pass(self, seconds: float) -> None:
        """So much more time has gone by than really has."""
        self.move_clock(self._ahead_seconds + seconds)

    def track(self, request: dict[str, Any]) -> dict[str, Any]:
        seen: dict[str, Any] = self.http.get(f"/v1/requests/{request['code']}").json()
        return seen

    async def becomes(self, request: dict[str, Any], status: str, within: float = PATIENCE_SECONDS) -> None:
        await eventually(lambda: self.track(request)["status"] == status, within, what=f"{request['code']} becomes {status}")

    def command(self, *arguments: str) -> tuple[int, str]:
        """A `techrescue` command as somebody types it in another terminal."""
        if not self.afresh:
            return run_forked("services.cli", *arguments, env=self.environment(), timeout=150)
        command = [sys.executable, "-m", "services.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=150, check=False)
        return done.returncode, done.stdout + done.stderr

    async def holds(self, *, drained: bool = False, within: float = PATIENCE_SECONDS) -> None:
        """The judge finds nothing, at the latest in a while."""
        dsn = start_embedded(self.home).dsn

        async def judged() -> bool:
            verdict = await check(dsn, drained=drained)
            assert verdict.holds, verdict.violations
            return True

        await eventually(judged, within)


@contextmanager
def a_furnished_home() -> Iterator[Path]:
    """A home with its database and roster, stopped. Made as `make run` makes it, by an interpreter that has imported nothing."""
    home = a_home()
    Town(home, afresh=True).start().close()
    yield home
    shutil.rmtree(home)


@contextmanager
def a_home_like(furnished: Path) -> Iterator[Path]:
    """A copy: faster than making another. `cp -a` keeps the owner, on whom PostgreSQL insists."""
    home = a_home()
    subprocess.run(["cp", "-a", f"{furnished}/.", str(home)], check=True)
    yield home
    shutil.rmtree(home)
