"""What measurements of notify share: people it can write to, offers to them, and its process over a provider on loopback."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import aiohttp

from bench import parts
from bench.city import CITY
from bench.dispatch import on_database
from shared.events.assignments import AssignmentChanged, JobState, JobStatus, OfferKind, OfferState, OfferStatus
from shared.events.contract import Place, Priority, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.postgres.pool import open_pool
from shared.security.vault import ContactKey, Vault

SIGNED_WITH: Final = "bench-bench-bench-bench"
ACCOUNT: Final = "ACbench"
BATCH: Final = 1000
MORNING, EVENING = 8, 19  # local
LANES: Final = "techrescue_consumer_lanes_owned{"
VAULT: Final = Vault(base64.urlsafe_b64decode(parts.MASTER_KEY))
Person = tuple[str, ContactKey]
People = Sequence[Person]


async def people(dsn: str, count: int, *, first: int = 0) -> People:
    """Numbers that nobody else has, each with its contact point and key."""
    found: list[Person] = []
    numbers = [f"+8490{number:07d}" for number in range(first, first + count)]
    async with open_pool(dsn, schema="notify") as pool:
        for start in range(0, count, BATCH):
            some = numbers[start : start + BATCH]
            async with pool.acquire() as connection, connection.transaction():
                found += zip(some, await VAULT.contact_points(connection, some), strict=True)
    return found


def offers(asked: People) -> list[Event]:
    """`offer.made`, one a person, each of a job of its own whose resident is somebody else."""
    return [_offer(person, asked[place - 1]) for place, person in enumerate(asked)]


def _offer(person: Person, resident: Person) -> Event:
    now, request_id = datetime.now(UTC), uuid7()
    job = JobState(
        job_id=uuid7(),
        request_id=request_id,
        city=CITY,
        code=f"TR-{request_id.hex[-8:].upper()}",
        version=2,
        status=JobStatus.OFFERED,
        priority=Priority.P2,
        category="vneid_login",
        commune_code="00004",
        place=Place(lat=21.034, lon=105.851),
        visit=0,
        details=_sealed(resident[1], b"{}", "details"),
        resident=_recipient(resident, Role.RESIDENT),
        visit_consent=True,
        filed_at=now,
        opened_at=now,
    )
    offer = OfferState(
        offer_id=uuid7(),
        kind=OfferKind.VISIT,
        status=OfferStatus.PENDING,
        wave=1,
        responder_id=uuid7(),
        contact_point_id=person[1].contact_point_id,
        lease_seconds=180.0,
        not_after=now + timedelta(minutes=10),
        distance_m=900,
    )
    said = AssignmentChanged(job=job, offer=offer, recipients=(_recipient(person, Role.RESPONDER),))
    return Event(type=EventType.OFFER_MADE, subject=job.job_id, version=2, key=request_id, body=said, time=now)


def _recipient(person: Person, role: Role) -> Recipient:
    phone, contact = person
    return Recipient(role=role, contact_point_id=contact.contact_point_id, address=_sealed(contact, phone.encode(), "phone"))


def _sealed(contact: ContactKey, clear: bytes, purpose: str) -> Sealed:
    return contact.key.seal(clear, purpose=purpose)


def over_twilio(provider_port: int, notify_port: int) -> dict[str, str]:
    """The settings of notify with a provider that speaks like Twilio."""
    return {
        "carriers": "twilio",
        "twilio_url": f"http://127.0.0.1:{provider_port}",
        "twilio_account": ACCOUNT,
        "twilio_token": SIGNED_WITH,
        "twilio_sender": "+84900000000",
        "twilio_callback_url": f"http://127.0.0.1:{notify_port}",
    }


@asynccontextmanager
async def notify(dsn: str, bootstrap: str, prefix: str, provider_port: int, **more: str) -> AsyncIterator[tuple[int, int]]:
    """The process as it is deployed, with `more` settings; its port and its number."""
    port = parts.free_port()
    env = parts.settings(dsn, bootstrap, port, kafka_prefix=prefix, **{**over_twilio(provider_port, port), **more})
    async with parts.process("services.notify", port=port, env=env) as child:
        yield port, child.pid


async def all_read(ports: Sequence[int]) -> None:
    """Until each of these processes has partitions to read: a group that has just been joined is still being parted."""
    deadline = asyncio.get_running_loop().time() + parts.READY_SECONDS
    async with aiohttp.ClientSession() as session:
        for port in ports:
            while not await _lanes(session, port):
                if asyncio.get_running_loop().time() > deadline:
                    raise TimeoutError(f"the process on port {port} reads nothing")
                await asyncio.sleep(0.1)


async def _lanes(session: aiohttp.ClientSession, port: int) -> float:
    async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return sum(float(line.rsplit(" ", 1)[1]) for line in (await answer.text()).splitlines() if line.startswith(LANES))


async def by_day(dsn: str) -> None:
    """Moves the clock to the morning: at night nobody is told."""
    local = datetime.now(timezone(timedelta(hours=7)))
    if not MORNING <= local.hour < EVENING:
        hours = (MORNING - local.hour) % 24
        await on_database(dsn, lambda connection: connection.execute("select transport.set_clock_offset($1)", hours * 3600.0))


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, in its own code and in the kernel for it."""
    user, system = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
