"""A person's name, number or address was wrong: what is kept of their requests is sealed anew, and living ones are published."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from intake import store
from intake.changes import placed
from intake.desk.names import kept
from intake.draft import SOURCE
from intake.places.placing import Placing
from intake.privacy.asking_anew import take_back, visited_elsewhere
from intake.privacy.forms import CorrectionForm
from intake.queries import QUERIES
from intake.reception import reachable
from intake.request import LIVE
from intake.store import AuditNote
from intake.stored import StoredRequest, event_of, loaded
from shared.errors import NotFound
from shared.events.registry import EventType
from shared.events.requests import ConsentAsk
from shared.masking import mask
from shared.phones import parse_phone
from shared.security.codes import normalise_code
from shared.security.sealing import DataKey
from shared.security.vault import ContactKey, Vault
from shared.transport.outbox import append

CORRECTED: Final = "corrected"  # the reason of request.amended


async def correct(
    connection: asyncpg.Connection,
    vault: Vault,
    person: UUID,
    form: CorrectionForm,
    placing: Placing,
    *,
    now: datetime,
    actor: str,
) -> int:
    """Says how many requests it changed. With another number they belong to whoever has that one, who is also asked what the
    wrong number was asked, be it for a request of somebody else; an address leads to its place.
    Raises NotFound, Invalid, PlaceUnclear."""
    found = [loaded(row) for row in await connection.fetch(QUERIES["lock_requests_with_number"], person)]
    requests = [one for one in found if one.contact_point_id == person and one.details_box]
    named = None if form.code is None else normalise_code(form.code)
    if named is not None and named not in {one.code for one in requests}:
        raise NotFound("request")
    new = None if form.phone is None else reachable(form.phone, "phone")
    owner = None if new is None else (await vault.contact_points(connection, [new.e164]))[0]
    keys = await vault.keys(connection, {one.key_id for one in found})
    changed = [
        _moved(_changed(one, keys[one.key_id], form, owner, named), form, placing, named)
        for one in requests
        if one.key_id in keys and (one.code == named or form.name or owner)
    ]
    asks = {}
    if new is not None and owner is not None:
        await connection.execute(QUERIES["move_data_consents"], person, owner.contact_point_id)
        asks = await take_back(connection, found, person, now)
        others = [one for one in found if one.id in asks and one.contact_point_id != person and one.key_id in keys]
        changed += [await visited_elsewhere(connection, one, keys[one.key_id], new.e164) for one in others]
    await _save(connection, changed, asks, now, actor)
    ids = [one.id for one in changed if one.id in {request.id for request in requests}]
    if form.name is not None and ids:
        await connection.execute(QUERIES["unname_requests"], ids)
        await connection.execute(QUERIES["rename_requests"], ids, kept(form.name, vault.fingerprint))
    return len(changed)


def _changed(
    request: StoredRequest, key: DataKey, form: CorrectionForm, owner: ContactKey | None, named: str | None
) -> StoredRequest:
    details: dict[str, Any] = orjson.loads(key.open(request.details, purpose="details"))
    if form.name is not None:
        details["name"] = mask(form.name)
    if form.address is not None and request.code == named:
        details |= {"address": mask(form.address), "lat": None, "lon": None}  # the point was that of the old one
    after = replace(request, version=request.version + 1)
    if owner is not None:
        before, now = parse_phone(details["phone"]), reachable(form.phone or "", "phone")
        details["phone"] = now.e164
        by_call = now.kind == "landline" or (request.by_call and before.kind != "landline")
        box = owner.key.box(now.e164.encode(), purpose="phone")
        moved = {"contact_point_id": owner.contact_point_id, "key_id": owner.key.id, "phone_box": box, "by_call": by_call}
        after, key = replace(after, **moved), owner.key  # type: ignore[arg-type]
    return replace(after, details_box=key.box(orjson.dumps(details), purpose="details"))


def _moved(request: StoredRequest, form: CorrectionForm, placing: Placing, named: str | None) -> StoredRequest:
    """Where somebody still has to go. What has no place yet waits for it at the desk, whatever its address says."""
    if form.address is None or request.code != named or request.status not in LIVE or request.commune_code is None:
        return request
    return placed(request, placing.found(None, form.commune_code, form.address)[0])


async def _save(
    connection: asyncpg.Connection, changed: Sequence[StoredRequest], asks: Mapping[UUID, ConsentAsk], now: datetime, actor: str
) -> None:
    if not changed:
        return
    notes = [AuditNote(at=now, actor=actor, action=CORRECTED, subject=one.id) for one in changed]
    await store.save(connection, changed, notes=notes)
    columns = zip(*((one.id, one.contact_point_id, one.key_id, one.phone_box) for one in changed), strict=True)
    await connection.execute(QUERIES["move_requests"], *map(list, columns))
    live = [one for one in changed if one.status in LIVE]
    kind = EventType.REQUEST_AMENDED
    events = [event_of(kind, one, now, reason=CORRECTED, consent=asks.get(one.id)) for one in live]
    await append(connection, events, source=SOURCE)
