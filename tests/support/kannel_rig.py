"""A real bearerbox and smsbox with the fake SMSC of kannel-extras, and notify's callbacks on a port; for tests/kannel."""

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote_plus, unquote_to_bytes

import uvicorn
from fastapi import FastAPI

from notify.callbacks.kannel import kannel_router
from notify.channels.kannel import KannelSettings
from notify.channels.port import Arrivals
from shared.http.problems import install_problems

ROOT: Final = Path(__file__).resolve().parents[2]
FAKESMSC: Final = "/usr/lib/kannel/test/fakesmsc"
GOT: Final = re.compile(r"Got message \d+: <(\S+) (\S+) (.*)>$")
PORTS: Final = 6


class KannelRig:
    """`home` survives a stop, with its spool. `settings` is what notify needs to talk to it."""

    def __init__(self, home: Path, callback_port: int, *, smsc: str = "fake") -> None:
        self.smsc = smsc
        self.home = home
        self.callback_port = callback_port
        self.callback_url = f"http://127.0.0.1:{callback_port}"
        self.base = _free_ports()
        self.smsc_port = self.base + 5
        self._phones: list[subprocess.Popen[bytes]] = []

    async def start(self) -> None:
        await self._script("start")

    async def stop(self) -> None:
        self.hang_up()
        await self._script("stop")

    def kill_bearerbox(self) -> None:
        """As the kernel would: no spool is flushed, no receipt is handed on."""
        os.killpg(int((self.home / "bearerbox.pid").read_text()), signal.SIGKILL)

    def stop_smsbox_for_a_while(self) -> None:
        """Alive, and does nothing: as on a machine that is too busy for it."""
        os.killpg(int((self.home / "smsbox.pid").read_text()), signal.SIGSTOP)

    def let_smsbox_go_on(self) -> None:
        os.killpg(int((self.home / "smsbox.pid").read_text()), signal.SIGCONT)

    @property
    def settings(self) -> KannelSettings:
        lines = (self.home / "kannel.env").read_text().splitlines()
        env = dict(line.removeprefix("TECHRESCUE_KANNEL_").split("=", 1) for line in lines)
        return KannelSettings(
            url=env["URL"],
            username=env["USERNAME"],
            password=env["PASSWORD"],
            sender=env["SENDER"],
            callback_url=env["CALLBACK_URL"],
            callback_secret=env["CALLBACK_SECRET"],
        )

    def settings_with(self, *, password: str) -> KannelSettings:
        return replace(self.settings, password=password)

    def phones(self, typed: str | None = None) -> None:
        """The SMSC comes up. `typed` is what a phone sends us then, once."""
        sends = "1 2 text nop" if typed is None else f"+84912345678 8088 ucs2 {quote_plus(typed.encode('utf-16-be'))}"
        command = [FAKESMSC, "-H", "127.0.0.1", "-r", str(self.smsc_port), "-m", "0" if typed is None else "1", sends]
        with (self.home / "smsc.log").open("ab") as log:
            self._phones.append(subprocess.Popen(command, stdout=log, stderr=log))

    def hang_up(self) -> None:
        for process in self._phones:
            process.kill()
            process.wait()
        self._phones.clear()

    def shown(self) -> list[tuple[str, str, int]]:
        """(to, text, parts) of every message that phones got whole, in the order of their first part."""
        log = self.home / "smsc.log"
        parts: dict[tuple[str, str], dict[int, tuple[int, str]]] = defaultdict(dict)
        for n, line in enumerate(log.read_text(errors="replace").splitlines() if log.exists() else []):
            found = GOT.search(line)
            if found:
                reference, place, count, text = _part(found[3], n)
                parts[found[2], reference][place] = (count, text)
        whole = [(to, next(iter(p.values()))[0], p) for (to, _), p in parts.items()]
        return [(to, "".join(p[k][1] for k in sorted(p)), count) for to, count, p in whole if len(p) == count]

    async def _script(self, command: str) -> None:
        env = {
            **os.environ,
            "KANNEL_HOME": str(self.home),
            "KANNEL_PORT": str(self.base),
            "KANNEL_CALLBACK_URL": self.callback_url,
            "KANNEL_SMSC": self.smsc,
        }
        process = await asyncio.create_subprocess_exec(str(ROOT / "scripts" / "kannel.sh"), command, env=env)
        assert await process.wait() == 0


@asynccontextmanager
async def serving(arrivals: Arrivals, rig: KannelRig, port: int) -> AsyncIterator[None]:
    """notify's callback routes on a real port, with the secret that Kannel was given."""
    app = FastAPI()
    install_problems(app)
    app.include_router(kannel_router(arrivals, rig.settings.callback_secret))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off"))
    running = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await running


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _free_ports() -> int:
    """The first of PORTS free ones in a row, below the range the kernel hands out."""
    for _ in range(100):
        base = random.randrange(12_000, 30_000)  # noqa: S311 - ports are no secrets
        try:
            for port in range(base, base + PORTS):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise AssertionError("no free ports")


def _part(content: str, line: int) -> tuple[str, int, int, str]:
    """(reference, place, count, text). `udh %05%00%03%REF%COUNT%PLACE data …`, or `data …` or `text …` when it is alone."""
    kind, _, rest = content.partition(" ")
    if kind != "udh":
        return f"alone-{line}", 1, 1, _decoded(rest)
    header, _, body = rest.split(" ", 2)
    about = unquote_to_bytes(header)
    return f"{about[3]}", about[5], about[4], _decoded(body)


def _decoded(body: str) -> str:
    """The log does not say the coding: UCS-2 of Vietnamese always has bytes that are no printable ASCII."""
    raw = unquote_to_bytes(body.replace("+", " "))
    return raw.decode("ascii") if all(0x20 <= byte < 0x7F for byte in raw) else raw.decode("utf-16-be")
