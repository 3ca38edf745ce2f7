"""TECHRESCUE_HOME of the embedded profile: who owns it now, its database, its master key. Nothing of it is for production."""

import base64
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

import asyncpg

from services.settings import Settings
from shared.errors import Misconfigured
from shared.postgres.embedded import start_embedded
from shared.security.sealing import KEY_BYTES

PRIVATE: Final = 0o600
WAIT_SECONDS: Final = 10.0  # for a command to end: most are done in a second
LOOK_SECONDS: Final = 0.05

# Who holds a home, as its lock says. Only a process serves: a command that finds a database running leaves it running.
SERVES, WORKS = "another TechRescue runs", "a techrescue command works"


@contextmanager
def own_home(home: Path) -> Iterator[None]:
    """Waits a moment for a command that works here. Raises Misconfigured when another process serves from this folder, or that
    command goes on: two would share one database, and the one that ends first would stop it."""
    with _lock(home, SERVES) as holder:
        if holder is not None:
            advice = "stop it" if holder == SERVES else "let it end"
            raise Misconfigured(f"{holder} in {home}; {advice}, or set TECHRESCUE_HOME")
        yield


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The DSN a command works on: the one that is set, else the embedded one; started for the command when it does not run.
    Raises Misconfigured when that is no database of ours."""
    if settings.postgres_dsn is not None:
        with _ours():
            yield settings.dsn()
        return
    if not (settings.home / "postgres").exists():
        raise Misconfigured(f"no database: TECHRESCUE_POSTGRES_DSN is not set and {settings.home} is empty; `make run` makes one")
    with _lock(settings.home, WORKS) as holder:
        embedded = start_embedded(settings.home)
        try:
            with _ours():
                yield embedded.dsn
        finally:
            if holder is None:
                embedded.stop()


def master_key_of(settings: Settings) -> bytes:
    """The key that is set, else the one of this home, made on first use."""
    if settings.master_key is not None:
        return settings.key()
    file = settings.home / "master.key"
    if not file.exists():
        write_private(file, base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode())
    return base64.urlsafe_b64decode(file.read_text(encoding="ascii"))


def write_private(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    draft.replace(file)


@contextmanager
def _ours() -> Iterator[None]:
    """Whoever typed a command is told what to do about the database, and not how asyncpg came to find out."""
    try:
        yield
    except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise Misconfigured(f"TECHRESCUE_POSTGRES_DSN: {error}") from error
    except (asyncpg.InvalidSchemaNameError, asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as error:
        raise Misconfigured(f"the database is not current ({error}): run `techrescue migrate`") from error


@contextmanager
def _lock(home: Path, mine: str) -> Iterator[str | None]:
    """None when it is ours, else who holds it; a command is waited for. However a process ends, the kernel lets go."""
    home.mkdir(parents=True, exist_ok=True)
    patience = time.monotonic() + WAIT_SECONDS
    with (home / "lock").open("a+", encoding="utf-8") as file:
        while not _taken(file):
            holder = _told(file)
            if holder == SERVES or time.monotonic() > patience:
                yield holder
                return
            time.sleep(LOOK_SECONDS)  # a lock of a file wakes nobody with a time limit; nothing else runs yet that this holds
        _tell(file, mine)
        try:
            yield None
        finally:
            _tell(file, "")


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _told(file: TextIO) -> str:
    """Somebody who has only just got it has not said yet who they are."""
    file.seek(0)
    return SERVES if file.read().strip() == SERVES else WORKS


def _tell(file: TextIO, who: str) -> None:
    file.truncate(0)
    file.write(who)
    file.flush()
