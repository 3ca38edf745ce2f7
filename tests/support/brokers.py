"""The broker of `make kafka`, which tests share, and one of a test's own, to be killed and started again."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = os.environ.get("TECHRESCUE_KAFKA_BOOTSTRAP", f"127.0.0.1:{os.environ.get('TECHRESCUE_KAFKA_PORT', '29092')}")


@dataclass(frozen=True)
class Broker:
    port: int

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        return ROOT / ".tools" / f"kafka-data-{self.port}"

    def start(self) -> None:
        """Returns when it answers. What it had stored is still there."""
        self._script("start")

    def kill(self) -> None:
        os.kill(int((self.folder / "broker.pid").read_text()), signal.SIGKILL)

    def remove(self) -> None:
        self._script("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _script(self, command: str) -> None:
        environment = {**os.environ, "TECHRESCUE_KAFKA_PORT": str(self.port)}
        subprocess.run(["scripts/kafka.sh", command], cwd=ROOT, env=environment, check=True, timeout=120, capture_output=True)


def is_there(bootstrap: str) -> bool:
    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


async def remove_topics(bootstrap: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic for topic in await admin.list_topics() if topic.startswith(prefix)])
    finally:
        await admin.close()


@contextmanager
def own_broker() -> Iterator[Broker]:
    broker = Broker(_two_free_ports())
    broker.start()
    try:
        yield broker
    finally:
        broker.remove()


def _two_free_ports() -> int:
    """The first of two neighbours: the broker's and its controller's."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
