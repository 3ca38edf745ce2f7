"""What people change in a request after filing: locate, amend, cancel, reopen, visit consent. Load, decide, save, publish."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson

from intake import store
from intake.consent import reopened
from intake.consents import ask_of
from intake.draft import wants_call
from intake.forms import Amendment, PlaceForm, Point
from intake.hearing import Hearing, Word
from intake.kinds.reasons import DOUBTS, Reason
from intake.location import Located
from intake.places.placing import Placing
from intake.request import Command, NotYetLocated, moved
from intake.settings import IntakeSettings
from intake.store import AuditNote, steps_between
from intake.stored import StoredRequest, event_of
from intake.triage import Promises, Sort
from shared.errors import Refused
from shared.events.registry import EventType
from shared.events.requests import Complaint, RequestStatus
from shared.masking import mask
from shared.phones import parse_phone
from shared.postgres.transaction import app_now, transaction
from shared.security.codes import normalise_code
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.transport.outbox import append

SOURCE: Final = "/intake"


class PersonErased(Refused):
    def __init__(self) -> None:
        super().__init__("erased", "this person was erased; file a new request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One load: the request as it is, the time after the lock, and the connection that holds it."""

    connection: asyncpg.Connection
    request: StoredRequest
    now: datetime


Decide = Callable[[Edit], Awaitable[StoredRequest]]


class Changes:
    """One per process; `wake` tells the relay that there is something to publish."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        *,
        placing: Placing,
        sort: Sort,
        wake: Callable[[], None],
        settings: IntakeSettings | None = None,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._placing = placing
        self._sort = sort
        self._wake = wake
        self._promises = Promises()
        self._hearing = Hearing(settings or IntakeSettings())

    async def locate(self, code: str, form: PlaceForm, actor: str) -> StoredRequest:
        located, point = self._placing.found(_point(form.location), form.commune_code, form.address)

        async def decide(edit: Edit) -> StoredRequest:
            status = moved(edit.request.status, Command.LOCATE)
            box = await self._resealed(edit, _place_details(point, form.address))
            found = replace(edit.request, status=status, owner=None, details_box=box, clock_at=edit.request.expected_at)
            return placed(found, located)

        return await self._change(code, actor, Command.LOCATE, EventType.REQUEST_LOCATED, decide, tell_resident=True)

    async def amend(self, code: str, form: Amendment, actor: str) -> StoredRequest:
        located, point = None, None
        if form.has_place:
            located, point = self._placing.found(_point(form.location), form.commune_code, form.address)

        async def decide(edit: Edit) -> StoredRequest:
            status = moved(edit.request.status, Command.AMEND)
            if located is not None and status is RequestStatus.NEEDS_LOCATION:
                raise NotYetLocated
            changed = self._amended(replace(edit.request, status=status), form, edit.now)
            if form.contact is not None:
                changed = replace(changed, by_call=wants_call(form.contact, landline=await self._has_landline(edit)))
            changed = replace(changed, details_box=await self._resealed(edit, _amended_details(form, point)))
            return changed if located is None else placed(changed, located)

        return await self._change(code, actor, Command.AMEND, EventType.REQUEST_AMENDED, decide)

    async def cancel(self, code: str, actor: str) -> StoredRequest:
        async def decide(edit: Edit) -> StoredRequest:
            return replace(edit.request, status=moved(edit.request.status, Command.CANCEL), owner=None)

        return await self._change(
            code, actor, Command.CANCEL, EventType.REQUEST_CANCELLED, decide, tell_resident=True, reason="cancelled"
        )

    async def reopen(self, code: str, actor: str) -> StoredRequest:
        """A new job under the same request: the promise starts anew, and the old job has nothing more to say."""

        async def decide(edit: Edit) -> StoredRequest:
            request = edit.request
            status = moved(request.status, Command.REOPEN)
            again = reopened(request, status, self._promises.expected_at(request.priority, edit.now))
            return replace(again, visit_consent=request.visit_consent or None)  # who wants help anew is asked anew

        return await self._change(code, actor, Command.REOPEN, EventType.REQUEST_REOPENED, decide, tell_resident=True)

    async def consent(self, code: str, agreed: bool, actor: str) -> StoredRequest:
        """As somebody has heard it from the visited person."""
        code = normalise_code(code)
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            if not request.details_box:
                raise PersonErased
            now = await app_now(connection)
            after = await self._hearing.keep(connection, request, Word(agreed=agreed, said_at=now, actor=actor), now)
        self._wake()
        return after

    async def complain(self, code: str, reason: Complaint, actor: str) -> StoredRequest:
        """About whoever was the last to accept a visit; the request itself stays as it is."""

        async def decide(edit: Edit) -> StoredRequest:
            return replace(edit.request, status=moved(edit.request.status, Command.COMPLAIN))

        return await self._change(code, actor, Command.COMPLAIN, EventType.REQUEST_COMPLAINED, decide, reason=reason.value)

    async def _change(
        self,
        code: str,
        actor: str,
        command: Command,
        kind: EventType,
        decide: Decide,
        *,
        tell_resident: bool = False,
        reason: str | None = None,
    ) -> StoredRequest:
        code = normalise_code(code)
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            if not request.details_box:
                raise PersonErased  # nobody could be told, and nothing could be opened
            now = await app_now(connection)
            decided = await decide(Edit(connection=connection, request=request, now=now))
            after = replace(decided, version=request.version + 1)
            detail = {"from": request.status, "to": after.status, "version": after.version}
            note = AuditNote(at=now, actor=actor, action=command, subject=after.id, detail=detail)
            await store.save(connection, [after], steps_between(request, after, now), [note])
            ask = await ask_of(connection, request.id) if command is Command.CANCEL else None  # nobody need answer any more
            event = event_of(kind, after, now, tell_resident=tell_resident, reason=reason, consent=ask)
            await append(connection, [event], source=SOURCE)
        self._wake()
        return after

    def _amended(self, request: StoredRequest, form: Amendment, now: datetime) -> StoredRequest:
        if form.vulnerable is not None:
            request = replace(request, vulnerable=tuple(sorted({word.value for word in form.vulnerable})))
        if form.someone_present is not None:
            request = replace(request, someone_present=form.someone_present)
        if form.category is None or (form.category == request.category and DOUBTS.isdisjoint(request.priority_reasons)):
            return request
        # Somebody has said it: what the text seemed to be about is over, and why it is so urgent is found anew.
        found = self._sort(
            form.category, requester_kind=request.requester_kind, due_today=Reason.DUE_TODAY in request.priority_reasons
        )
        expected_at = self._promises.expected_at(found.priority, now)
        return replace(
            request,
            category=form.category,
            priority=found.priority,
            skills=found.skills,
            expected_at=expected_at,
            clock_at=expected_at,
            priority_reasons=found.reasons,
            category_candidates=(),
        )

    async def _key(self, edit: Edit) -> DataKey:
        key = (await self._vault.keys(edit.connection, [edit.request.key_id])).get(edit.request.key_id)
        if key is None:
            raise PersonErased
        return key

    async def _has_landline(self, edit: Edit) -> bool:
        details = (await self._key(edit)).open(edit.request.details, purpose="details")
        phone = parse_phone(orjson.loads(details)["phone"])
        return phone.kind == "landline"

    async def _resealed(self, edit: Edit, news: dict[str, Any]) -> str:
        if not news:
            return edit.request.details_box
        return resealed(edit.request, await self._key(edit), news)


def resealed(request: StoredRequest, key: DataKey, news: dict[str, Any]) -> str:
    """The box of its details with what has changed in them."""
    details = orjson.loads(key.open(request.details, purpose="details"))
    return key.box(orjson.dumps({**details, **news}), purpose="details")


def _point(location: Point | None) -> tuple[float, float] | None:
    return None if location is None else (location.lat, location.lon)


def placed(request: StoredRequest, located: Located) -> StoredRequest:
    return replace(request, commune_code=located.commune_code, lat=located.lat, lon=located.lon, place_note=located.note)


def _place_details(point: tuple[float, float] | None, address: str | None) -> dict[str, Any]:
    """A new place without a point unmakes the old point: it belonged to another commune."""
    lat, lon = point or (None, None)
    news: dict[str, Any] = {"lat": lat, "lon": lon}
    return news if address is None else {**news, "address": mask(address)}


def _amended_details(form: Amendment, point: tuple[float, float] | None) -> dict[str, Any]:
    news = _place_details(point, form.address) if form.has_place else {}
    if form.description is not None:
        news["description"] = mask(form.description)
    return news
