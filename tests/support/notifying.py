"""Notify on a real database with people of its own: events in, texts out, answers back. Everybody here is made up."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from notify.answers.replies import Replies
from notify.broadcasts.turns import give_turns
from notify.callbacks.arrivals import Desk
from notify.channels.port import Carrier, InboundText, Receipt, ReceiptStatus
from notify.consumer import Notifier
from notify.sending.routes import Carriers, Route
from notify.sending.sender import Sender
from notify.sending.sweeper import Sweeper
from notify.settings import NotifySettings
from shared.events.assignments import (
    AssignmentChanged,
    JobState,
    JobStatus,
    OfferKind,
    OfferState,
    OfferStatus,
    ResponderKind,
    ResponderRef,
)
from shared.events.contract import ChannelKind, Place, Priority, Recipient, Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Channel, RequestChanged, RequestState, RequestStatus
from shared.pacing import Bell
from shared.postgres.pool import open_pool
from shared.postgres.transaction import app_now, reading, transaction
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from tests.support.carrier import RecordingCarrier
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually

WAITING = """
select count(*) from messages
where status = 'sending'
    or (status = 'queued' and not_before <= transport.app_clock() and not_after > transport.app_clock())
"""
SEED = "0123456789abcdef0123456789abcdef"
MASTER_KEY = b"k" * 32


@dataclass(frozen=True)
class Person:
    name: str
    phone: str
    id: UUID
    key: DataKey
    channels: tuple[ChannelKind, ...] = (ChannelKind.SMS,)

    def as_(self, role: Role) -> Recipient:
        address = self.key.seal(self.phone.encode(), purpose="phone")
        return Recipient(role=role, contact_point_id=self.id, address=address, channels=self.channels)


@dataclass
class Bureau:
    """Notify's parts, each driven by hand; `carrier` is the network. Requests and jobs are remembered with their versions."""

    dsn: str
    pool: asyncpg.Pool
    vault: Vault
    carrier: RecordingCarrier
    settings: NotifySettings
    others: list[RecordingCarrier] = field(default_factory=list)  # further routes, after `carrier`
    offset: float = 0.0
    inbound: int = 0
    jobs: dict[UUID, JobState] = field(default_factory=dict)
    requests: dict[UUID, RequestState] = field(default_factory=dict)

    @property
    def patient(self) -> NotifySettings:
        """As in a deployment: nobody looks by itself within a test, so whatever happens has been rung for."""
        return replace(self.settings, poll_seconds=60.0)

    @property
    def carriers(self) -> list[RecordingCarrier]:
        return [self.carrier, *self.others]

    def routes(self, *channels: ChannelKind) -> Carriers:
        """All of them, as if they were well."""
        wanted = channels or tuple(ChannelKind)
        routes = [Route(carrier.name, carrier.abilities) for carrier in self.carriers]
        found = {channel: [route for route in routes if route.abilities.channel is channel] for channel in wanted}
        return {channel: ways for channel, ways in found.items() if ways}

    async def person(self, name: str, phone: str, *channels: ChannelKind) -> Person:
        async with transaction(self.pool, "notify.consume") as connection:
            known = (await self.vault.contact_points(connection, [phone]))[0]
        return Person(name, phone, known.contact_point_id, known.key, channels or (ChannelKind.SMS,))

    async def now(self) -> datetime:
        async with reading(self.pool) as connection:
            return await app_now(connection)

    async def move_clock(self, seconds: float) -> None:
        self.offset += seconds
        await set_app_clock(self.dsn, self.offset)

    async def at_local(self, hour: int) -> None:
        """Moves the clock forward to the next time it is this hour in Hanoi."""
        now = await self.now()
        local = now + timedelta(hours=7)
        target = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        await self.move_clock((target - local).total_seconds() % 86400)

    # What others say ------------------------------------------------------------------------------------------------

    async def request(self, resident: Person, **changes: Any) -> RequestState:
        request_id = uuid4()
        details = orjson.dumps({
            "name": resident.name, "phone": resident.phone, "description": "không đăng nhập được", "address": "12 ngõ 5 Hàng Bạc",
            "lat": 21.0345, "lon": 105.8512, "on_behalf_of": None, "phrase_seed": SEED,
        })  # fmt: skip
        fields: dict[str, Any] = {
            "request_id": request_id, "city": "hanoi", "code": f"TR-{request_id.hex[:8].upper()}", "version": 1,
            "status": RequestStatus.FILED, "channel": Channel.WEB, "category": "vneid_login", "priority": Priority.P2,
            "skills": (), "commune_code": "00004", "place": Place(lat=21.034, lon=105.851),
            "resident": resident.as_(Role.RESIDENT), "details": resident.key.seal(details, purpose="details"),
            "visit_consent": True, "filed_at": await self.now(),
        }  # fmt: skip
        request = RequestState(**{**fields, **changes})
        self.requests[request.request_id] = request
        return request

    async def job(self, resident: Person, **changes: Any) -> JobState:
        wanted = {name: changes[name] for name in ("priority", "visit_consent", "by_call") if name in changes}
        request = await self.request(resident, **wanted)
        job = JobState(
            job_id=uuid4(), request_id=request.request_id, city="hanoi", code=request.code, version=1, status=JobStatus.PENDING,
            priority=request.priority, category=request.category, commune_code="00004", place=Place(lat=21.034, lon=105.851),
            visit=0, details=request.details, resident=request.resident, visit_consent=request.visit_consent,
            by_call=request.by_call, filed_at=request.filed_at, opened_at=request.filed_at,
        )  # fmt: skip
        self.jobs[job.job_id] = job
        return job

    async def offer(self, person: Person, *, kind: OfferKind = OfferKind.VISIT, **changes: Any) -> OfferState:
        fields: dict[str, Any] = {
            "offer_id": uuid4(), "kind": kind, "status": OfferStatus.PENDING, "wave": 1,
            "responder_id": uuid4() if kind is OfferKind.VISIT else None, "contact_point_id": person.id, "lease_seconds": 180.0,
            "not_after": await self.now() + timedelta(minutes=10), "distance_m": 900,
        }  # fmt: skip
        return OfferState(**{**fields, **changes})

    def about_job(
        self, kind: EventType, job: JobState, *recipients: Recipient, offer: OfferState | None = None, **changes: Any
    ) -> Event:
        """The next event of this job; its version rises."""
        reason, until = changes.pop("reason", None), changes.pop("until", None)
        job = self.jobs[job.job_id]
        job = job.model_copy(update={"version": job.version + 1, **changes})
        self.jobs[job.job_id] = job
        body = AssignmentChanged(job=job, offer=offer, recipients=recipients, reason=reason, until=until)
        return Event(type=kind, subject=job.job_id, version=job.version, key=job.request_id, body=body, time=job.filed_at)

    def about_request(self, kind: EventType, request: RequestState, *recipients: Recipient, **changes: Any) -> Event:
        request = self.requests[request.request_id].model_copy(update=changes)
        request = request.model_copy(update={"version": request.version + 1})
        self.requests[request.request_id] = request
        body = RequestChanged(request=request, recipients=recipients)
        id_ = request.request_id
        return Event(type=kind, subject=id_, version=request.version, key=id_, body=body, time=request.filed_at)

    async def offered(self, job: JobState, person: Person, **changes: Any) -> OfferState:
        kind = changes.get("kind", OfferKind.VISIT)
        offer = await self.offer(person, **changes)
        role = Role.LEAD if kind is OfferKind.ESCALATION else Role.RESPONDER
        await self.hear(self.about_job(EventType.OFFER_MADE, job, person.as_(role), offer=offer, status=JobStatus.OFFERED))
        return offer

    async def accepted(self, job: JobState, person: Person, resident: Person, offer: OfferState) -> None:
        responder = ResponderRef(
            responder_id=offer.responder_id or uuid4(), kind=ResponderKind.TEAM, contact_point_id=person.id,
            name=person.key.seal(person.name.encode(), purpose="name"),
        )  # fmt: skip
        taken = offer.model_copy(update={"status": OfferStatus.ACCEPTED})
        recipients = (person.as_(Role.RESPONDER), resident.as_(Role.RESIDENT))
        changes = {"status": JobStatus.ACCEPTED, "responder": responder}
        await self.hear(self.about_job(EventType.ASSIGNMENT_ACCEPTED, job, *recipients, offer=taken, **changes))

    async def withdrawn(self, job: JobState, person: Person, offer: OfferState, reason: str) -> None:
        gone = offer.model_copy(update={"status": OfferStatus.WITHDRAWN})
        recipient = person.as_(Role.LEAD if offer.kind is OfferKind.ESCALATION else Role.RESPONDER)
        await self.hear(self.about_job(EventType.OFFER_WITHDRAWN, job, recipient, offer=gone, reason=reason))

    # What notify does -----------------------------------------------------------------------------------------------

    async def hear(self, *events: Event) -> None:
        await Notifier(self.pool, self.vault, self.settings).handle(events)

    def sender(self, carrier: Carrier | None = None, settings: NotifySettings | None = None) -> Sender:
        carriers: Sequence[Carrier] = [carrier] if carrier else self.carriers
        return Sender(self.pool, self.vault, carriers, settings or self.settings, Bell())

    @asynccontextmanager
    async def sending(self, *senders: Sender) -> AsyncIterator[None]:
        """Senders at work; afterwards they have drained."""
        working = senders or (self.sender(),)
        tasks = [asyncio.create_task(sender.run()) for sender in working]
        try:
            yield
        finally:
            for sender in working:
                sender.stop()
            await asyncio.gather(*tasks)

    async def send_all(self) -> None:
        """Everything that may leave now has left and is recorded."""
        async with self.sending():
            await self.drained()

    async def drained(self, within: float = 30.0) -> None:
        async def nothing_waits() -> bool:
            await give_turns(self.pool, self.routes(), self.settings)
            return bool(await self.one(WAITING) == 0)

        await eventually(nothing_waits, within)

    async def sweep(self) -> int:
        return await Sweeper(self.pool, self.carriers, self.settings, vault=self.vault).sweep()

    def desk(self) -> Desk:
        return Desk(self.pool, self.vault, self.settings, Bell())

    async def receipt(self, message_id: UUID, status: ReceiptStatus, **changes: Any) -> None:
        attempt = await self.one("select attempt_id from messages where id = $1", message_id)
        receipt = Receipt(carrier=self.carrier.name, attempt_id=attempt, status=status)
        await self.desk().take_receipt(replace(receipt, **changes))

    async def writes(self, person: Person, text: str, *, id: str | None = None, read: bool = True) -> None:  # noqa: A002
        self.inbound += 1
        await self.desk().take_text(
            InboundText(carrier="recording", id=id or f"in-{self.inbound}", sender=person.phone, text=text)
        )
        if read:
            await self.read()

    async def read(self) -> None:
        replies = Replies(self.pool, self.vault, self.settings, Bell())
        while await replies.read_some():
            pass

    # What can be seen -----------------------------------------------------------------------------------------------

    def texts_to(self, person: Person) -> list[str]:
        return [message.text for message in self.carrier.taken if message.to == person.phone]

    def kinds_to(self, person: Person) -> list[str]:
        return [message.kind for message in self.carrier.taken if message.to == person.phone]

    def code_of(self, person: Person) -> str:
        """The code in the newest question to this person."""
        found = [re.search(r"1 (\d{2})\b", text) for text in self.texts_to(person)]
        return next(match[1] for match in reversed(found) if match)

    async def rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        async with reading(self.pool) as connection:
            return await connection.fetch(sql, *arguments)

    async def one(self, sql: str, *arguments: Any) -> Any:
        async with reading(self.pool) as connection:
            return await connection.fetchval(sql, *arguments)

    async def emitted(self, kind: EventType | None = None) -> list[dict[str, Any]]:
        """Bodies of what stands in the outbox, in order, with the type."""
        rows = await self.rows("select type, subject, version, body from outbox order by id")
        bodies = [
            {"type": row["type"], "subject": row["subject"], "version": row["version"], **orjson.loads(row["body"])}
            for row in rows
        ]
        return [body for body in bodies if kind in {None, body["type"]}]

    async def statuses(self) -> Sequence[str]:
        return [row["status"] for row in await self.rows("select status from messages order by id")]


@asynccontextmanager
async def open_bureau(dsn: str, **settings: Any) -> AsyncIterator[Bureau]:
    """The clock stands at 10 in the morning in Hanoi, tomorrow at the latest."""
    async with open_pool(dsn, schema="notify", max_size=8) as pool:
        bureau = Bureau(dsn, pool, Vault(MASTER_KEY), RecordingCarrier(), NotifySettings(poll_seconds=0.02, **settings))
        await bureau.at_local(10)
        yield bureau
