"""A city to measure in: people on shift with skills all over Hanoi, and filed requests; the same for both sides."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from shared.categories import CATEGORIES, FRAUD, SKILLS, Category
from shared.events.contract import Place, Priority, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Channel, RequestChanged, RequestState, RequestStatus
from shared.geo.communes import COMMUNES, Commune
from shared.ids import uuid7

CITY = "hanoi"
KEY = "018f0000-0000-7000-8000-000000000001"
BOX = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kA=="  # as long as a sealed phone number


async def put_people(connection: asyncpg.Connection, count: int) -> None:
    """Replaces the roster. Everybody is on shift until tomorrow, confirmed, idle, and has about two thirds of all skills.

    It is an hour old: for half a minute after an import the matcher reads everything again, and that is not what is measured.
    """
    await connection.execute(
        "truncate dispatch.responders, dispatch.contact_points, dispatch.shifts, dispatch.allowances cascade"
    )
    choice = random.Random(7)  # noqa: S311 - the same town each time
    communes = list(COMMUNES)
    points, people, shifts = [], [], []
    for number in range(count):
        person, point, commune = uuid7(), uuid7(), choice.choice(communes)
        lat, lon = commune.lat + choice.gauss(0, 0.01), commune.lon + choice.gauss(0, 0.01)
        skills = [skill for skill in SKILLS if choice.random() < 2 / 3]
        points.append((point, CITY, {"key_id": KEY, "box": BOX}, datetime.now(UTC)))
        people.append(
            (person, f"R{number}", CITY, "volunteer", {"key_id": KEY, "box": BOX}, point, commune.code, lat, lon, skills)
        )
        shifts.append((uuid7(), person))
    await connection.executemany(
        """insert into dispatch.contact_points (id, city, address, confirmed_at, updated_at)
           values ($1, $2, $3, $4, now() - interval '1 h')""",
        points,
    )
    await connection.executemany(
        """insert into dispatch.responders
               (id, external_id, city, kind, name, contact_point_id, commune_code, home_lat, home_lon, skills, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() - interval '1 h')""",
        people,
    )
    await connection.executemany(
        """insert into dispatch.shifts (id, responder_id, starts_at, ends_at)
           select $1, $2, now() - interval '1 h', now() + interval '1 d'""",
        shifts,
    )
    # Only what was filled: of a table that is analysed while empty PostgreSQL believes that it stays so.
    await connection.execute("vacuum analyze dispatch.contact_points, dispatch.responders, dispatch.shifts")


def requests(count: int, *, seed: int) -> list[Event]:
    """`request.filed` of the second tier, which works day and night, around the centres of the communes."""
    choice = random.Random(seed)  # noqa: S311 - the same requests for both sides
    communes = list(COMMUNES)
    urgent = [one for one in CATEGORIES.values() if one.priority is Priority.P2 and one.key != FRAUD]  # that goes to leads
    return [_filed(choice, communes, urgent) for _ in range(count)]


def _filed(choice: random.Random, communes: Sequence[Commune], categories: Sequence[Category]) -> Event:
    commune, category, request_id, now = choice.choice(communes), choice.choice(categories), uuid7(), datetime.now(UTC)
    sealed = Sealed(key_id=UUID(KEY), box=BOX)
    state = RequestState(
        request_id=request_id,
        city=CITY,
        code=f"TR-{request_id.hex[-8:].upper()}",
        version=1,
        status=RequestStatus.FILED,
        channel=Channel.HOTLINE,
        category=category.key,
        priority=category.priority,
        skills=category.skills,
        commune_code=commune.code,
        place=Place(lat=round(commune.lat + choice.gauss(0, 0.01), 3), lon=round(commune.lon + choice.gauss(0, 0.01), 3)),
        resident=Recipient(role=Role.RESIDENT, contact_point_id=uuid7(), address=sealed),
        details=Sealed(key_id=UUID(KEY), box=BOX * 4),
        filed_at=now,
        someone_present=True,  # a benchmark of the night would measure who waits for the morning
    )
    return Event(
        type=EventType.REQUEST_FILED, subject=request_id, version=1, key=request_id, body=RequestChanged(request=state), time=now
    )
