"""Puts people and waiting jobs straight into dispatch's tables, as the roster import and the consumer would leave them."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from shared.ids import uuid7

CITY = "hanoi"
SEALED = {"key_id": "018f0000-0000-7000-8000-000000000001", "box": "AAAA"}
CENTRE = (21.0285, 105.8542)


async def put_responder(
    pool: asyncpg.Pool,
    *,
    at: tuple[float, float] = CENTRE,
    skills: list[str] | None = None,
    capacity: int = 1,
    load: int = 0,
    confirmed: bool = True,
    shift_hours: float | None = 10,
    contact_point_id: UUID | None = None,
) -> UUID:
    """On shift from an hour ago, for so many hours more; None: never."""
    responder_id = uuid7()
    point = contact_point_id or uuid7()
    async with pool.acquire() as connection:
        now: datetime = await connection.fetchval("select transport.app_clock()")
        await connection.execute(
            "insert into contact_points (id, city, address, confirmed_at) values ($1, $2, $3, $4) on conflict do nothing",
            *(point, CITY, SEALED, now if confirmed else None),
        )
        await connection.execute(
            """insert into responders (id, external_id, city, kind, name, contact_point_id, commune_code, home_lat, home_lon,
                   skills, declared_capacity, capacity, load)
               values ($1, $1::uuid::text, $2, 'volunteer', $3, $4, '00004', $5, $6, $7, $8, $8, $9)""",
            *(responder_id, CITY, SEALED, point, *at, skills or [], capacity, load),
        )
        if shift_hours is not None:
            await connection.execute(
                "insert into shifts (id, responder_id, starts_at, ends_at) values ($1, $2, $3, $4)",
                *(uuid7(), responder_id, now - timedelta(hours=1), now + timedelta(hours=shift_hours)),
            )
    return responder_id


async def put_job(
    pool: asyncpg.Pool,
    *,
    at: tuple[float, float] = CENTRE,
    priority: str = "P2",
    skills: list[str] | None = None,
    excluded: list[UUID] | None = None,
) -> UUID:
    job_id, request_id = uuid7(), uuid7()
    resident = {"role": "resident", "contact_point_id": str(uuid7()), "address": SEALED}
    async with pool.acquire() as connection:
        await connection.execute(
            """insert into jobs (id, request_id, request_version, city, code, priority, category, skills, commune_code, lat, lon,
                   details, resident, excluded, filed_at, opened_at, waiting_since)
               select $1, $2, 1, $3, 'TR-0000-0000', $4, 'system_outage', $5, '00004', $6, $7, $8, $9, $10, now, now, now
               from transport.app_clock() as now""",
            *(job_id, request_id, CITY, priority, skills or [], *at, SEALED, resident, excluded or []),
        )
    return job_id
