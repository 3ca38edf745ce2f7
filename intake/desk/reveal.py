"""A number and an address, shown to one operator: an act with a reason, limited, counted, and in the audit before it is told."""

from typing import Any

import asyncpg
import orjson

from intake import store
from intake.changes import PersonErased
from intake.desk.forms import RevealForm, RevealReason
from intake.desk.sight import Sight, check_in_sight
from intake.limits import Limits
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.stored import StoredRequest
from shared.errors import Invalid
from shared.ids import uuid7
from shared.masking import mask
from shared.postgres.transaction import app_now, transaction
from shared.security.codes import normalise_code
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.telemetry.metrics_intake import DESK_REVEALS

SHOWN = ("name", "phone", "address", "on_behalf_of", "description", "lat", "lon")


class Reveals:
    def __init__(self, pool: asyncpg.Pool, vault: Vault, limits: Limits) -> None:
        self._pool = pool
        self._vault = vault
        self._limits = limits

    async def show(self, sight: Sight, code: str, form: RevealForm, actor: str) -> dict[str, Any]:
        """Raises NotFound, PersonErased, TooMany, and Invalid for a reason that says nothing."""
        if form.reason is RevealReason.OTHER and not (form.words and form.words.strip()):
            raise Invalid("words", "say what for: the reason is none of the known ones")
        code = normalise_code(code)
        await check_in_sight(self._pool, sight, code)
        await self._limits.take_reveal(actor)
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            key = (await self._vault.keys(connection, [request.key_id])).get(request.key_id)
            if key is None or not request.details_box:
                raise PersonErased
            details = orjson.loads(key.open(request.details, purpose="details"))
            await self._keep(connection, request, key, form, actor)
        DESK_REVEALS.labels(form.reason).inc()
        return {"code": request.code, **{name: details.get(name) for name in SHOWN}}

    async def _keep(
        self, connection: asyncpg.Connection, request: StoredRequest, key: DataKey, form: RevealForm, actor: str
    ) -> None:
        """The words may name somebody: they are sealed under the resident's key, and go with it."""
        now = await app_now(connection)
        box = None if not form.words else key.box(mask(form.words).encode(), purpose="reason")
        await connection.execute(QUERIES["keep_reveal"], uuid7(), request.id, actor, form.reason.value, box, now)
        detail = {"reason": form.reason}
        await store.note(connection, [AuditNote(at=now, actor=actor, action="revealed", subject=request.id, detail=detail)])
