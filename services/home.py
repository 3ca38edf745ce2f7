"""TECHRESCUE_HOME of the embedded profile: who owns it now, its database, its master key. Nothing of it is for production."""

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.settings import Settings
from shared.errors import Misconfigured
from shared.postgres.embedded import start_embedded
from shared.security.sealing import KEY_BYTES

PRIVATE: Final = 0o600


@contextmanager
def own_home(home: Path) -> Iterator[None]:
    """Raises Misconfigured when another process runs in this folder: two would share one port of the database."""
    with _lock(home) as mine:
        if not mine:
            raise Misconfigured(f"another TechRescue runs in {home}; stop it, or set TECHRESCUE_HOME")
        yield


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The DSN a command works on: the one that is set, else the embedded one; started for the command when it does not run."""
    if settings.postgres_dsn is not None:
        yield settings.dsn()
        return
    if not (settings.home / "postgres").exists():
        raise Misconfigured(f"no database: TECHRESCUE_POSTGRES_DSN is not set and {settings.home} is empty; `make run` makes one")
    with _lock(settings.home) as nobody_runs:
        embedded = start_embedded(settings.home)
        try:
            yield embedded.dsn
        finally:
            if nobody_runs:
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
def _lock(home: Path) -> Iterator[bool]:
    """Whether we got it. The kernel lets go when the process ends, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
