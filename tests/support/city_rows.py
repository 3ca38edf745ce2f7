"""A city straight in rows, an hour old: as its contexts would have written them, and as they never would."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from shared.ids import uuid7

LONG_AGO = "clock_timestamp() - interval '1 hour'"


@dataclass
class City:
    """Rows as the contexts would have written them an hour ago, and some that they never would."""

    dsn: str
    rows: asyncpg.Connection

    async def request(self, status: str = "waiting", *, person: UUID | None = None, phone_box: str = "sealed") -> UUID:
        request_id = uuid7()
        await self.rows.execute(
            f"""
            insert into intake.requests (id, city, code, status, channel, category, priority, commune_code, lat, lon,
                contact_point_id, key_id, phone_box, details_box, filed_by, filed_at, updated_at, clock_at, danger_at)
            select $1, 'hanoi', $2, $3, 'hotline', 'vneid_login', 'P3', '00004', 21, 105.8, $4, $4, $5, '', 'test',
                {LONG_AGO}, {LONG_AGO}, clock_at, clock_at
            from (select case when $3::text not in ('resolved', 'closed', 'cancelled', 'handed_off', 'unreached')
                then {LONG_AGO} end as clock_at) as clock
            """,
            *(request_id, f"TR-{request_id}", status, person or uuid4(), phone_box),
        )
        return request_id

    async def job(
        self,
        request_id: UUID,
        status: str = "pending",
        *,
        responder: UUID | None = None,
        group: UUID | None = None,
        rides: bool = False,
    ) -> UUID:
        job_id, closed = uuid7(), LONG_AGO if status in {"done", "cancelled"} else "null"
        await self.rows.execute(
            f"""
            insert into dispatch.jobs (id, request_id, request_version, city, code, status, priority, category, commune_code, lat,
                lon, details, resident, responder_id, group_id, rides, filed_at, opened_at, waiting_since, closed_at, updated_at)
            values ($1, $2, 1, 'hanoi', 'TR', $3, 'P3', 'vneid_login', '00004', 21, 105.8, '{{}}', '{{}}', $4, $5, $6, {LONG_AGO},
                {LONG_AGO}, {LONG_AGO}, {closed}, {LONG_AGO})
            """,
            *(job_id, request_id, status, responder, group, rides),
        )
        return job_id

    async def watch(self, job_id: UUID, *, minutes: int = 30) -> None:
        await self.rows.execute(
            f"""
            insert into dispatch.timers (id, kind, subject, due_at, created_at)
            values (gen_random_uuid(), 'escalate', $1, clock_timestamp() + make_interval(mins => $2), {LONG_AGO})
            """,
            *(job_id, minutes),
        )

    async def offer(self, job_id: UUID, responder: UUID, status: str = "accepted", *, group: UUID | None = None) -> UUID:
        offer_id = uuid7()
        await self.rows.execute(
            f"""
            insert into dispatch.offers (id, job_id, request_id, city, kind, status, wave, responder_id, contact_point_id,
                group_id, lease_seconds, expires_at, not_after, made_at, updated_at)
            values ($1, $2, $2, 'hanoi', 'visit', $3, 1, $4, $4, $5, 60, {LONG_AGO}, {LONG_AGO}, {LONG_AGO}, {LONG_AGO})
            """,
            *(offer_id, job_id, status, responder, group),
        )
        return offer_id

    async def responder(self, load: int) -> UUID:
        person = uuid7()
        await self.rows.execute("insert into dispatch.contact_points (id, city) values ($1, 'hanoi')", person)
        await self.rows.execute(
            """
            insert into dispatch.responders (id, external_id, city, kind, contact_point_id, commune_code, home_lat, home_lon,
                load, capacity)
            values ($1, $3, 'hanoi', 'team', $1, '00004', 21, 105.8, $2, 3)
            """,
            *(person, load, str(person)),
        )
        return person

    async def visit(self) -> tuple[UUID, UUID]:
        """All as it should be: filed, accepted, on its way."""
        person = await self.responder(load=1)
        job_id = await self.job(await self.request("on_the_way"), "en_route", responder=person)
        await self.offer(job_id, person)
        return job_id, person

    async def lying(self) -> UUID:
        """A message in a chat that nobody has read, and that nobody has moved on."""
        message_id = uuid7()
        await self.rows.execute(
            f"""
            insert into notify.messages (id, cause_event_id, contact_point_id, key_id, city, request_id, role, purpose, priority,
                urgency, own_act, channels, status, not_before, not_after, climb_at, created_at, submitted_at)
            values ($1, $1, $1, $1, 'hanoi', $1, 'resident', 'filed', 'P3', 5, false, '{{telegram,sms}}', 'submitted', {LONG_AGO},
                clock_timestamp() + interval '1 hour', clock_timestamp() - interval '30 minutes', {LONG_AGO}, {LONG_AGO})
            """,
            message_id,
        )
        return message_id

    async def letter(self) -> None:
        await self.rows.execute(
            f"""
            insert into notify.dead_letters (event_id, topic, partition, record_offset, key, subject, headers, body, reason, at)
            values (gen_random_uuid(), 't', 0, 1, 'k', 'a job', '{{}}', '', 'why', {LONG_AGO})
            """
        )
