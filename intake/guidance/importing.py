"""A deployment's list of procedures into its tables: all of it as a new version, or nothing; who brought it and when stays."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson

from intake import store
from intake.guidance.procedures import Procedure, Read, read_procedures
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.tables.row import BadRow
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction

IMPORT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`version` None: nothing was stored, because rows are bad or somebody only wanted to look."""

    procedures: int
    bad_rows: tuple[BadRow, ...]
    version: int | None = None
    new: bool = False  # False with a version: it is the list that was there


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    at: datetime
    procedures: tuple[Procedure, ...]


async def import_procedures(pool: asyncpg.Pool, data: bytes, filename: str, *, by: str) -> Imported:
    """The same list again changes nothing. Raises Invalid for what is no such file."""
    read = read_procedures(data, filename)
    if read.bad_rows:
        return looked_at(read)
    digest = digest_of(read.procedures)
    async with transaction(pool, "intake.change", limit_seconds=IMPORT_SECONDS) as connection:
        await connection.execute(QUERIES["lock_guidance"])
        newest = await connection.fetchrow(QUERIES["newest_guidance"])
        if newest is not None and newest["digest"] == digest:
            return Imported(procedures=len(read.procedures), bad_rows=(), version=newest["version"])
        version, subject, now = (newest["version"] if newest else 0) + 1, uuid7(), await app_now(connection)
        await connection.execute(QUERIES["add_guidance_version"], version, subject, digest, now, by, len(read.procedures))
        await connection.execute(QUERIES["add_procedures"], version, [asdict(one) for one in read.procedures])
        detail = {"version": version, "procedures": len(read.procedures)}
        note = AuditNote(at=now, actor=by, action="procedures_imported", subject=subject, detail=detail)
        await store.note(connection, [note])
    return Imported(procedures=len(read.procedures), bad_rows=(), version=version, new=True)


def looked_at(read: Read) -> Imported:
    return Imported(procedures=len(read.procedures), bad_rows=read.bad_rows)


def digest_of(procedures: tuple[Procedure, ...]) -> bytes:
    """Of what it says, not of how the file is written: an XLSX of the same rows is the same list."""
    rows = sorted((asdict(one) for one in procedures), key=lambda row: str(row["code"]))
    return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).digest()


async def newest_version(pool: asyncpg.Pool, known: int | None = None) -> Version | None:
    """None: nothing was ever imported, or `known` is the newest."""
    async with reading(pool) as connection:
        row = await connection.fetchrow(QUERIES["newest_guidance"])
        if row is None or row["version"] == known:
            return None
        rows = await connection.fetch(QUERIES["read_procedures"], row["version"])
    return Version(row["version"], row["at"], tuple(_procedure(row) for row in rows))


def _procedure(row: Any) -> Procedure:
    told = {name: row[name] for name in ("code", "name", "owner", "category")}
    return Procedure(**told, group=row["office_group"], steps=tuple(row["steps"]))
