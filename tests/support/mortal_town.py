"""A town whose process may die at any step: it is woken up and the step is taken again, as people and their programs do."""

import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from notify.message import SendingRules
from shared.crash import all_points
from tests.support.town import Town

WAKE_SECONDS = 60.0
ONLY_IN_COMMANDS = "vault.change"
LEASE_SECONDS = SendingRules().lease_seconds + 1  # so long nobody touches what a dead sender had in hand


class MortalTown(Town):
    """`point` is where the process shall die, once. `deaths` counts how often it did, and `back_seconds` how long it was away."""

    def __init__(self, home: Path, point: str | None = None, **settings: str) -> None:
        super().__init__(home, afresh=True, **settings)  # a start afresh is what `back_seconds` measures
        assert point is None or point.partition(":")[0] in all_points()
        self._fuse = point
        self.deaths = 0
        self.back_seconds: list[float] = []
        self.http.close()
        address = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=address, timeout=20, transport=_Patient(self))

    def environment(self) -> dict[str, str]:
        armed = {"TECHRESCUE_CRASH_AT": self._fuse} if self._fuse else {}
        return {**super().environment(), **armed}

    def start(self) -> "MortalTown":
        """Notes how long a start after a death takes, to its ready line."""
        dead, began = self.deaths > 0, time.monotonic()
        self._start()
        if dead:
            self.back_seconds.append(time.monotonic() - began)
        return self

    def _start(self) -> None:
        try:
            super().start()
        except AssertionError:
            if self._fuse is None:
                raise
            self._fuse = None  # it died while it started
            self.deaths += 1
            super().start()

    def kill(self) -> None:
        """By somebody's hand, whether it would have died at its point or not."""
        self._fuse = None
        super().kill()
        self.deaths += 1

    def kill_all(self) -> None:
        """The database dies with it, in the middle of whatever it does: a machine that loses its power."""
        postmaster = psutil.Process(int((self.home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]))
        whole = [postmaster, *postmaster.children(recursive=True)]
        postmaster.suspend()  # it must not tidy up after the others
        self.kill()
        for process in whole[::-1]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(whole, timeout=10)

    def revive(self) -> None:
        """For somebody whose connection broke: it breaks a moment before the process can be buried."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        self.wake()

    def wake(self) -> None:
        """Starts it again if it is dead; anything but SIGKILL at the point is a crash of its own."""
        assert self._process is not None
        status = self._process.poll()
        if status is None:
            return
        assert status == -signal.SIGKILL, f"ended with {status}: {self.log()}"
        assert self._fuse is not None, f"died a second time: {self.log()}"
        self._fuse = None
        self.deaths += 1
        self._end(5)
        self.start()
        self.let_pass(LEASE_SECONDS)

    def command(self, *arguments: str) -> tuple[int, str]:
        """A command that the point killed is typed once more. Only what no process passes is left to kill commands."""
        fuse = self._fuse
        self._fuse = fuse if fuse and fuse.startswith(ONLY_IN_COMMANDS) else None
        status, said = super().command(*arguments)
        if status == -signal.SIGKILL:
            fuse = self._fuse = None
            self.deaths += 1
            status, said = super().command(*arguments)
        self._fuse = fuse
        return status, said

    def close(self) -> None:
        self._fuse = None
        if self._process is not None and self._process.poll() is not None:
            self._end(5)
        super().close()


class _Patient(httpx.BaseTransport):
    """Sends again what a dead process did not answer. Filing has its key; everything else may arrive twice by our own promise."""

    def __init__(self, town: MortalTown) -> None:
        self._town = town
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + WAKE_SECONDS
        while True:
            try:
                return self._inner.handle_request(request)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                self._town.revive()

    def close(self) -> None:
        self._inner.close()
