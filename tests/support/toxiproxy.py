"""A real Toxiproxy on loopback: networks between us and providers, each of which can be made ill and well again."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import httpx

from tests.support.eventually import eventually
from tests.support.kannel_rig import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
Stream = Literal["upstream", "downstream"]  # upstream: from us to the provider


@dataclass(frozen=True)
class Toxic:
    """`toxicity`: the share of connections that have it."""

    kind: str
    stream: Stream = "downstream"
    toxicity: float = 1.0
    attributes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Network:
    """To one provider, on `upstream`. We find it at `address`."""

    name: str
    address: str
    upstream: str
    http: httpx.AsyncClient

    async def cut(self) -> None:
        """Nobody answers there: connections are refused, and those that are open end."""
        await self._set(enabled=False)

    async def join(self) -> None:
        await self._set(enabled=True)

    async def fall_ill(self, *toxics: Toxic) -> None:
        """With these, and well of all others. A new proxy each time, at the same address: Toxiproxy now and then hangs when it
        takes a toxic from one that has been at work."""
        _content(await self.http.delete(f"/proxies/{self.name}"))
        await self.open()
        for number, toxic in enumerate(toxics):
            body = {
                "name": f"toxic-{number}",
                "type": toxic.kind,
                "stream": toxic.stream,
                "toxicity": toxic.toxicity,
                "attributes": dict(toxic.attributes),
            }
            _content(await self.http.post(f"/proxies/{self.name}/toxics", json=body))
        await self.join()

    async def open(self) -> None:
        """Still cut."""
        body = {"name": self.name, "listen": self.address, "upstream": self.upstream, "enabled": False}
        _content(await self.http.post("/proxies", json=body))

    async def _set(self, *, enabled: bool) -> None:
        _content(await self.http.post(f"/proxies/{self.name}", json={"enabled": enabled}))


@dataclass(frozen=True)
class Toxiproxy:
    http: httpx.AsyncClient

    async def network(self, name: str, port: int) -> Network:
        found = Network(name, f"127.0.0.1:{free_port()}", f"127.0.0.1:{port}", self.http)
        await found.open()
        await found.join()
        return found


@asynccontextmanager
async def toxiproxy(log: Path) -> AsyncIterator[Toxiproxy]:
    """Built when it is missing."""
    port = free_port()
    process = await asyncio.to_thread(_start, log, port)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            await eventually(lambda: _answers(http), what="Toxiproxy is up")
            yield Toxiproxy(http)
    finally:
        process.terminate()
        process.wait()


def _start(log: Path, port: int) -> "subprocess.Popen[bytes]":
    done = subprocess.run([ROOT / "scripts/toxiproxy.sh"], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    command = [done.stdout.splitlines()[-1], "-host", "127.0.0.1", "-port", str(port)]
    with log.open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output)


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/version")).is_success
    except httpx.TransportError:
        return False


def _content(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer
