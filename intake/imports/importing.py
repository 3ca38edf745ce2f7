"""The use case of an import: good rows through the ordinary filing, each once however often the file comes; and a report.

Killed in the middle, whoever sent the file sends it again: what was filed is found by its key, and it goes on with the rest.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from intake import store
from intake.draft import Filing
from intake.filing import Filer, KeyReused
from intake.forms import RequestForm
from intake.imports.reading import Read, file_hash, read_file
from intake.imports.report import told_of
from intake.imports.watching import watch_from
from intake.queries import QUERIES
from intake.reception import Reception
from intake.store import AuditNote
from shared.calendar import OFFICE_HOURS
from shared.errors import NotFound
from shared.ids import uuid7
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.tokens import Caller
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import IMPORTED
from shared.timers import set_timers

TOGETHER: Final = 32  # rows on their way at once, beside which others file as before


class Importing:
    """One per process: one file at a time, because reading one takes a core for seconds."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, reception: Reception, filer: Filer) -> None:
        self._pool = pool
        self._vault = vault
        self._reception = reception
        self._filer = filer
        self._one_file = asyncio.Lock()

    async def load(self, data: bytes, caller: Caller, *, only_check: bool = False) -> dict[str, Any]:
        """Raises Invalid for what is no such file, DependencyDown: then send the same file again."""
        async with self._one_file:
            read = await asyncio.to_thread(read_file, data, self._check(data, caller), await self._today())
            if only_check:
                return checked(read)
            import_id, left = await self._begin(read, caller)
            filed, before, codes = await self._file_all(import_id, read.good, left)
            await self._end(import_id, read, filed, before, caller)
        IMPORTED.labels("filed").inc(filed)
        IMPORTED.labels("before").inc(before)
        IMPORTED.labels("bad").inc(read.rows - len(read.good))
        return {"id": str(import_id), "status": "done", **_figures(read), "filed": filed, "before": before, "codes": codes}

    async def report(self, import_id: UUID) -> dict[str, Any]:
        """As it is kept. Raises NotFound."""
        async with reading(self._pool) as connection:
            row = await connection.fetchrow(QUERIES["read_import"], import_id)
        if row is None:
            raise NotFound("import")
        return {**dict(row), "id": str(row["id"])}

    async def newest(self) -> list[dict[str, Any]]:
        async with reading(self._pool) as connection:
            return [{**dict(row), "id": str(row["id"])} for row in await connection.fetch(QUERIES["newest_imports"])]

    def _check(self, data: bytes, caller: Caller) -> Any:
        whole = file_hash(data)

        def check(form: RequestForm, number: int) -> Filing:
            filing = self._reception.check(form, caller=caller, key=f"row-{number}")
            # Of the file, not of who sends it: the same list from two desks is the same people.
            key_hash = self._vault.fingerprint(f"row {number} of {whole}".encode())
            return replace(filing, key_hash=key_hash, wants_phrase=False)

        return check

    async def _today(self) -> date:
        async with reading(self._pool) as connection:
            return OFFICE_HOURS.local_day(await app_now(connection))

    async def _begin(self, read: Read, caller: Caller) -> tuple[UUID, set[int] | None]:
        """The same file is the same import, with its clock: one that nobody goes on with is said to have stopped. Of one that was
        done, the rows that were bad then: all others are filed, also when nobody remembers their keys."""
        async with transaction(self._pool, "intake.change") as connection:
            now = await app_now(connection)
            begun = (uuid7(), read.hash, caller.name, now, read.rows, len(read.good))
            row: Any = await connection.fetchrow(QUERIES["begin_import"], *begun)
            import_id, bad_then = row["id"], row["bad_then"]
            await set_timers(connection, [watch_from(import_id, now)])
            detail = {"rows": read.rows, "good": len(read.good)}
            note = AuditNote(at=now, actor=caller.name, action="import_begun", subject=import_id, detail=detail)
            await store.note(connection, [note])
        return import_id, None if bad_then is None else {cell["row"] for cell in bad_then}

    async def _file_all(
        self, import_id: UUID, good: Sequence[tuple[int, Filing]], left: set[int] | None
    ) -> tuple[int, int, list[dict[str, Any]]]:
        filed = before = 0
        codes: list[dict[str, Any]] = []
        for start in range(0, len(good), TOGETHER):
            part = good[start : start + TOGETHER]
            known = await self._known([filing.key_hash for _, filing in part])
            asked = [(number, one) for number, one in part if left is None or number in left or one.key_hash in known]
            answers = await asyncio.gather(*(self._file(filing) for _, filing in asked))
            codes += [{"row": number, "code": code} for (number, _), code in zip(asked, answers, strict=True) if code]
            new = sum(filing.key_hash not in known for _, filing in asked)
            filed, before = filed + new, before + len(part) - new
            async with transaction(self._pool, "intake.change") as connection:
                await connection.execute(QUERIES["progress_import"], import_id, await app_now(connection), filed, before)
        return filed, before, codes

    async def _file(self, filing: Filing) -> str | None:
        """None: filed before, when this row was read otherwise than today."""
        try:
            return str((await self._filer.file(filing)).answer["code"])
        except KeyReused:
            return None

    async def _known(self, keys: Sequence[bytes]) -> set[bytes]:
        async with reading(self._pool) as connection:
            return {row["key_hash"] for row in await connection.fetch(QUERIES["known_keys"], list(keys))}

    async def _end(self, import_id: UUID, read: Read, filed: int, before: int, caller: Caller) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            now = await app_now(connection)
            await connection.execute(QUERIES["end_import"], import_id, now, filed, before, told_of(read.bad))
            detail = {"filed": filed, "before": before, "bad": len(read.bad)}
            note = AuditNote(at=now, actor=caller.name, action="import_done", subject=import_id, detail=detail)
            await store.note(connection, [note])


def checked(read: Read) -> dict[str, Any]:
    """What is said of a file of which nothing was filed."""
    return {"id": None, "status": "checked", **_figures(read), "filed": 0, "before": 0, "codes": []}


def _figures(read: Read) -> dict[str, Any]:
    return {
        "rows": read.rows,
        "good": len(read.good),
        "bad": told_of(read.bad),
        "bad_cells": len(read.bad),
        "unread_columns": list(read.unread),
    }
