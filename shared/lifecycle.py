"""Ordered start, serving, draining and stop of a process. Knows the order, not what the parts do.

Stopping: HTTP takes nothing new → consumers drain → loops stop → relays publish what is left → what was entered is closed.
A part that ends with an error nobody foresaw takes the process down with it, loudly, after the same drain.
"""

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeVar

import uvicorn
from fastapi import APIRouter

from shared.errors import Misconfigured
from shared.http.wire import WireProtocol
from shared.telemetry.logs import logger
from shared.transport.attempts import reason_of

T = TypeVar("T")

log = logger()

CANCEL_SECONDS: Final = 15.0  # after a part was cancelled: a COMMIT under way may finish


class Loop(Protocol):
    """Something that runs until it is asked to stop. `stop` only asks; `run` returns when the work in hand is finished."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What one context brings into a process."""

    routers: Sequence[APIRouter] = ()
    loops: Sequence[Loop] = ()
    consumers: Sequence[Loop] = ()
    relay: Loop | None = None


@dataclass(slots=True)
class _Stage:
    """Parts that stop together, and how long they may take."""

    name: str
    seconds: float
    loops: dict[Loop, asyncio.Task[None]] = field(default_factory=dict)


class Lifecycle:
    """`async with Lifecycle() as life:` — enter what has to be open, spawn what runs, then `serve` or `until_stopped`."""

    def __init__(self, *, drain_seconds: float = 30.0, loop_seconds: float = 15.0, flush_seconds: float = 5.0) -> None:
        self._stack = AsyncExitStack()
        self._http = _Stage("http", drain_seconds)
        self._consumers = _Stage("consumers", drain_seconds)
        self._loops = _Stage("loops", loop_seconds)
        self._relays = _Stage("relays", flush_seconds)
        self._stop = asyncio.Event()
        self._failure: BaseException | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            for stage in (self._http, self._consumers, self._loops, self._relays):
                await self._stopped(stage)
        finally:
            await self._stack.aclose()
        if self._failure is not None and error is None:
            raise self._failure

    async def enter(self, resource: AbstractAsyncContextManager[T]) -> T:
        """Opens it now; it is closed last, in the reverse order of opening."""
        return await self._stack.enter_async_context(resource)

    def spawn(self, *loops: Loop) -> None:
        """Matchers, senders, timers, sweepers."""
        self._start(self._loops, loops)

    def consume(self, *consumers: Loop) -> None:
        self._start(self._consumers, consumers)

    def relay(self, *relays: Loop) -> None:
        """Stopped after everything that still writes to an outbox."""
        self._start(self._relays, relays)

    def run_parts(self, *contexts: Parts) -> None:
        for parts in contexts:
            if parts.relay is not None:
                self.relay(parts.relay)
            self.spawn(*parts.loops)
            self.consume(*parts.consumers)

    def stop(self) -> None:
        """What SIGTERM and SIGINT do."""
        self._stop.set()

    async def until_stopped(self) -> None:
        await self._stop.wait()

    async def serve(
        self, app: Any, *, host: str, port: int, trusted_proxies: str = "", on_ready: Callable[[], None] | None = None
    ) -> None:
        """HTTP until somebody stops the process. `on_ready` is called once the socket accepts. Of `trusted_proxies`
        the word about where a caller comes from is believed; everybody else could write there what they like.
        Raises Misconfigured when the port is taken."""
        server = _Server(
            uvicorn.Config(
                app,
                http=WireProtocol,
                ws="none",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=10,
                proxy_headers=bool(trusted_proxies),  # nobody who would be believed: nothing is looked for
                forwarded_allow_ips=trusted_proxies,
            ),
            _listening(host, port),
        )
        self._start(self._http, [server])
        started = asyncio.create_task(server.ready.wait())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({started, stopped}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if server.ready.is_set():
            tame_collector()
            if on_ready is not None:
                on_ready()
        await stopped

    def _start(self, stage: _Stage, loops: Sequence[Loop]) -> None:
        for loop in loops:
            task = asyncio.create_task(loop.run(), name=f"{stage.name} {type(loop).__name__}")
            task.add_done_callback(self._ended)
            stage.loops[loop] = task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A part that ends unasked ends the process: half a process that looks alive is worse than none."""
        if task.cancelled() or (task.exception() is None and self._stop.is_set()):
            return
        error = task.exception() or RuntimeError(f"{task.get_name()} ended by itself")
        log.critical("process.part.died", part=task.get_name(), reason=_reason(error))
        self._failure = self._failure or error
        self._stop.set()

    async def _stopped(self, stage: _Stage) -> None:
        self._stop.set()
        for loop in stage.loops:
            loop.stop()
        running = [task for task in stage.loops.values() if not task.done()]
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=stage.seconds)
        for task in late:
            log.error("process.part.cancelled", part=task.get_name(), after_seconds=stage.seconds)
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CANCEL_SECONDS)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the order of stopping is ours."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._listening = listening

    async def run(self) -> None:  # type: ignore[override]
        await self.serve([self._listening])

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening(host: str, port: int) -> socket.socket:
    """Bound by us: uvicorn would end the process with a number and a line for a log, and say nothing of what to do."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as error:
        why = errno.errorcode.get(error.errno or 0, "unknown")
        advice = "stop what runs there, or set TECHRESCUE_PORT and TECHRESCUE_HOST"
        raise Misconfigured(f"cannot listen on {host}, port {port} ({why}); {advice}") from None


def tame_collector() -> None:
    """Measured: an endpoint that awaits loses 40 % to the garbage collector at its default thresholds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _reason(error: BaseException) -> str:
    return reason_of(error) if isinstance(error, Exception) else type(error).__name__
