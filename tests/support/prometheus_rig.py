"""Debian's Prometheus and Alertmanager on loopback, with our own configuration and rules; for tests/prometheus."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from tests.support.eventually import eventually
from tests.support.kannel_rig import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
OURS: Final = ROOT / "ops/prometheus"
ALERTMANAGER: Final = ROOT / "ops/alertmanager/alertmanager.yml"


def programs() -> Path:
    """The folder with prometheus, promtool, prometheus-alertmanager and amtool; installs them when they are missing."""
    done = subprocess.run([ROOT / "scripts/prometheus.sh"], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


def told(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a program says; it has to be content."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout + done.stderr


class Server:
    """One of the two, while it runs."""

    def __init__(self, port: int) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)

    async def is_ready(self) -> None:
        def ready() -> bool:
            try:
                return self.http.get("/-/ready").is_success
            except httpx.TransportError:
                return False

        await eventually(ready, 30, what="it is ready")

    def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant query: the series, each with `metric` and `value`."""
        answer = self.http.get("/api/v1/query", params={"query": expression})
        assert answer.is_success, f"{expression}: {answer.text}"
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found


@contextmanager
def running(*command: str | Path, port: int, log: Path) -> Iterator[Server]:
    with log.open("ab") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output)
    server = Server(port)
    try:
        yield server
    finally:
        server.http.close()
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def prometheus(folder: Path, scraped: str) -> Iterator[Server]:
    """Our configuration and rules. What a short test cannot have differs: whom it scrapes, and how often."""
    port = free_port()
    (folder / "prometheus.yml").write_text(yaml.safe_dump(shortened(scraped)), encoding="utf-8")
    rules = folder / "rules"
    rules.mkdir()
    for file in sorted((OURS / "rules").glob("*.yml")):
        (rules / file.name).write_text(re.sub(r"(?m)^ +interval: .*\n", "", file.read_text(encoding="utf-8")), encoding="utf-8")
    command = (
        programs() / "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with running(*command, port=port, log=folder / "prometheus.log") as server:
        yield server


def shortened(scraped: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((OURS / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    [job] = config["scrape_configs"]
    processes = [target["labels"]["process"] for target in job["static_configs"]]
    assert processes == ["intake", "dispatch", "notify", "auditor"], "teach this rig what is new"
    job["static_configs"] = [{"targets": [scraped], "labels": {"process": "all_in_one"}}]
    del config["alerting"]
    return config


@contextmanager
def alertmanager(folder: Path) -> Iterator[Server]:
    """Our routes and inhibitions. Debian's version cannot read an address from a file yet, so it gets one that nobody hears."""
    port = free_port()
    (folder / "alertmanager.yml").write_text(for_debian(), encoding="utf-8")
    command = (
        programs() / "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alerts'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    with running(*command, port=port, log=folder / "alertmanager.log") as server:
        yield server


def for_debian() -> str:
    return re.sub(r"url_file: \S+", "url: http://127.0.0.1:9/", ALERTMANAGER.read_text(encoding="utf-8"))
