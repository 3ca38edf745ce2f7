"""A helper with a visit, as notify knows it: asked, said yes to, told."""

from shared.events.assignments import JobState
from tests.support.notifying import Bureau, Person


async def in_hand(bureau: Bureau) -> tuple[Person, Person, JobState, str]:
    """The helper, the resident, the job, and its number."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    return an, lan, job, str(await bureau.one("select number from jobs_on_phone"))


async def works_with_us(bureau: Bureau, person: Person) -> None:
    """Was asked something that only helpers are asked, weeks ago: what they write is answered as theirs."""
    await bureau.pool.execute(
        """insert into questions (id, contact_point_id, kind, code, status, created_at, expires_at, closed_at)
           select gen_random_uuid(), $1, 'drill', 10, 'expired', at, at, at
           from (select transport.app_clock() - interval '20 days' as at) as asked""",
        person.id,
    )
