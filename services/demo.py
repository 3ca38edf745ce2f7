"""The demonstration: a roster for all communes, and bearer tokens in a file. Nobody in it exists.

Names are functions ("Tổ 1 Phường Ba Đình"), numbers are +84 90 00x xxx xx, a range we use for nothing else; the simulated carrier
is the only one that a demonstration runs with, so that none of them is ever really called.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg

from dispatch.jobs.escalation import Level
from dispatch.roster.enrolment import Seat, put_city_desk, put_entries, put_seats
from dispatch.roster.entry import Entry, Named
from intake.counter.point import DAY_MINUTES, ServicePoint
from intake.counter.points import put_points
from services.home import write_private
from services.queries import QUERIES
from shared.categories import SKILLS
from shared.events.assignments import ResponderKind
from shared.geo.communes import COMMUNES, Commune
from shared.postgres.pool import open_pool
from shared.postgres.transaction import transaction
from shared.security.tokens import Role, issue
from shared.security.vault import Vault

CITY_DESK: Final = "+84900099999"
TEAM, VOLUNTEER, WARD_LEAD, DEPUTY = range(4)
VOLUNTEER_SKILLS: Final = ("digital_basics", "payment", "portal", "vneid")
BATCH: Final = 64
TOKEN_DAYS: Final = 30


async def ensure_demo(dsn: str, master_key: bytes, city: str) -> None:
    """Loads it once; what people change afterwards stays. A kill in the middle: the next start loads it whole."""
    vault = Vault(master_key)
    async with open_pool(dsn, schema="dispatch", max_size=2) as pool:
        async with pool.acquire() as connection:
            if await connection.fetchval(QUERIES["has_city_desk"], city):
                return
        for communes in _in_batches():
            async with transaction(pool, "dispatch.roster", limit_seconds=60) as connection:
                await put_entries(
                    connection, vault, city, [entry for number, commune in communes for entry in responders(number, commune)]
                )
            async with transaction(pool, "dispatch.roster", limit_seconds=60) as connection:
                await put_seats(
                    connection, vault, city, [seat for number, commune in communes for seat in seats(number, commune)]
                )
        async with transaction(pool, "dispatch.roster") as connection:  # last: it says that the rest is there
            await put_city_desk(connection, vault, city, CITY_DESK)


async def ensure_points(dsn: str) -> None:
    """A service point in each commune, open round the clock, so that the demonstration can be seen at any hour. Loaded once."""
    async with open_pool(dsn, schema="intake", max_size=1) as pool:
        if await pool.fetchval(QUERIES["has_points"]):
            return
        await put_points(pool, [point_of(commune) for commune in COMMUNES], "demo")


def point_of(commune: Commune) -> ServicePoint:
    name = f"Điểm phục vụ hành chính công {commune.name}"
    return ServicePoint(
        id=commune.code, name=name, commune_code=commune.code, days="1234567", opens=0, closes=DAY_MINUTES, on_holidays=True
    )


def responders(number: int, commune: Commune) -> list[Named]:
    """A team that can do everything and a student volunteer, on shift round the clock.

    The team lists no members: then "1 27" and "DI 14" are all there is to learn. Who puts a team with members names who goes, and
    only such a team is sent where two have to go (decision 0026): here those visits wait for a ward lead, or for the morning.
    """
    team = Entry(
        kind=ResponderKind.TEAM,
        name=f"Tổ 1 {commune.name}",
        phone=phone(number, TEAM),
        commune_code=commune.code,
        skills=SKILLS,
        capacity=3,
        confirmed=True,
    )
    volunteer = Entry(
        kind=ResponderKind.VOLUNTEER,
        name=f"Tình nguyện viên {commune.name}",
        phone=phone(number, VOLUNTEER),
        commune_code=commune.code,
        skills=VOLUNTEER_SKILLS,
        confirmed=True,
        remote=True,
    )
    return [Named(f"demo-team-{commune.code}", team), Named(f"demo-volunteer-{commune.code}", volunteer)]


def seats(number: int, commune: Commune) -> list[Seat]:
    return [
        Seat(Level.WARD_LEAD, commune.code, f"Phụ trách {commune.name}", phone(number, WARD_LEAD), confirmed=True),
        Seat(Level.DEPUTY, commune.code, f"Phó phụ trách {commune.name}", phone(number, DEPUTY), confirmed=True),
    ]


def phone(number: int, role: int) -> str:
    """`number` counts the communes; +84 9000 NNNN R."""
    return f"+849000{number:04d}{role}"


async def ensure_tokens(dsn: str, home: Path) -> None:
    """Writes tokens.json when it is not there, or about to expire: then new ones take the place of the old."""
    file = home / "tokens.json"
    connection = await asyncpg.connect(dsn)
    try:
        if file.exists() and await connection.fetchval(QUERIES["tokens_last"], [_name(role) for role in Role]) == len(Role):
            return
        tokens = {}
        for role in Role:
            await connection.execute(QUERIES["forget_token"], _name(role))
            tokens[role.value] = await issue(connection, _name(role), role, timedelta(days=TOKEN_DAYS))
        write_private(file, json.dumps(tokens, indent=2) + "\n")
    finally:
        await connection.close()


def _name(role: Role) -> str:
    return f"demo-{role.value}"


def _in_batches() -> Iterator[list[tuple[int, Commune]]]:
    numbered = list(enumerate(COMMUNES))
    for start in range(0, len(numbered), BATCH):
        yield numbered[start : start + BATCH]
