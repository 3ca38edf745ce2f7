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
