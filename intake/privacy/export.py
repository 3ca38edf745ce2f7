"""All that intake keeps of a person, opened, for that person alone. `techrescue privacy export` joins the contexts."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from intake.queries import QUERIES
from shared.events.contract import Sealed
from shared.security.sealing import DataKey
from shared.security.vault import Vault

_PLAIN: Final = {
    "steps": "export_steps",
    "data_consents": "export_consents",
    "visit_consents": "export_visit_consents",
    "rights": "export_rights",
    "acts": "export_audit",
}
_BOXES: Final = ("phone_box", "details_box", "visited_box", "key_id")


async def export(connection: asyncpg.Connection, vault: Vault, contact_point_id: UUID) -> dict[str, Any]:
    """The connection's search_path must lead to schema intake. Names of helpers are theirs, and not in it."""
    found: dict[str, Any] = {}
    for name, query in _PLAIN.items():
        found[name] = [dict(row) for row in await connection.fetch(QUERIES[query], contact_point_id)]
    requests = await connection.fetch(QUERIES["export_requests"], contact_point_id)
    surveys = await connection.fetch(QUERIES["export_surveys"], contact_point_id)
    messages = await connection.fetch(QUERIES["export_messages"], contact_point_id)
    keys = await vault.keys(connection, {row["key_id"] for row in (*requests, *surveys, *messages)})
    found["requests"] = [_request(row, keys) for row in requests]
    found["surveys"] = [_opened(row, keys, "why_box", "why") for row in surveys]
    found["messages"] = [_opened(row, keys, "text_box", "text") for row in messages]
    return found


def _request(row: Any, keys: Mapping[UUID, DataKey]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in _BOXES}
    details, phone = _open(row, keys, "details_box", "details"), _open(row, keys, "phone_box", "phone")
    told: dict[str, Any] = orjson.loads(details) if details else {}
    told.pop("phrase_seed", None)  # a secret of the visit, not data about them
    return {**shown, "phone": phone, "details": told, "visited_phone": _open(row, keys, "visited_box", "phone")}


def _opened(row: Any, keys: Mapping[UUID, DataKey], box: str, name: str) -> dict[str, Any]:
    shown = {field: value for field, value in row.items() if field not in {box, "key_id"}}
    return {**shown, name: _open(row, keys, box, "text")}


def _open(row: Any, keys: Mapping[UUID, DataKey], box: str, purpose: str) -> str | None:
    key = keys.get(row["key_id"])
    if key is None or not row[box]:
        return None
    return key.open(Sealed(key_id=row["key_id"], box=row[box]), purpose=purpose).decode()
