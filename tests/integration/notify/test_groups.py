"""One visit for several requests, as the phones of both sides see it."""

from uuid import uuid4

import pytest

from shared.events.assignments import JobState, JobStatus, OfferState
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def two_jobs(bureau: Bureau) -> tuple[list[Person], list[JobState]]:
    group = uuid4()
    people = [await bureau.person(name, phone) for name, phone in (("Bà Lan", "+84912000001"), ("Ông Hải", "+84912000003"))]
    jobs = [await bureau.job(one) for one in people]
    for job in jobs:
        bureau.jobs[job.job_id] = bureau.jobs[job.job_id].model_copy(update={"group_id": group, "shared_by": 2})
    return people, jobs


async def taken(bureau: Bureau) -> tuple[Person, list[Person], list[JobState], OfferState]:
    people, jobs = await two_jobs(bureau)
    an = await bureau.person("Tổ 1", "+84912000002")
    offer = await bureau.offered(jobs[0], an)
    await bureau.send_all()
    await bureau.writes(an, f"1 {bureau.code_of(an)}")
    for job, resident in zip(jobs, people, strict=True):
        await bureau.accepted(job, an, resident, offer)
    await bureau.send_all()
    return an, people, jobs, offer


async def test_each_resident_hears_that_it_is_known_and_the_helper_for_how_many(bureau: Bureau) -> None:
    people, jobs = await two_jobs(bureau)
    for job, resident in zip(jobs, people, strict=True):
        await bureau.hear(bureau.about_job(EventType.JOB_GROUPED, job, resident.as_(Role.RESIDENT)))
    an = await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(jobs[0], an)
    await bureau.send_all()
    for resident in people:
        [text] = bureau.texts_to(resident)
        assert "sự cố này đã biết, 2 yêu cầu cùng báo" in text
    assert "chung 2 yêu cầu. Trả lời 1 " in bureau.texts_to(an)[0]


async def test_the_helper_gets_each_address_with_a_number_of_its_own(bureau: Bureau) -> None:
    an, *_ = await taken(bureau)
    first, second = (text for text in bureau.texts_to(an) if text.startswith("Việc này là của bạn"))
    assert ("Bà Lan" in first, "Ông Hải" in second) == (True, True)
    numbers = await bureau.rows("select number from jobs_on_phone order by number")
    assert len({row["number"] for row in numbers}) == 2


@pytest.mark.parametrize(("text", "whole"), [("DI", True), ("DI {number}", False), ("2 {code}", True)])
async def test_a_word_without_a_number_is_for_the_whole_visit(bureau: Bureau, text: str, whole: bool) -> None:
    an, _, jobs, offer = await taken(bureau)
    number = await bureau.one("select number from jobs_on_phone where job_id = $1", jobs[1].job_id)
    await bureau.writes(an, text.format(number=number, code=bureau.code_of(an)))
    reply = (await bureau.emitted(EventType.REPLY_RECEIVED))[-1]
    assert (reply["whole"], reply["offer_id"]) == (whole, str(offer.offer_id))
    assert whole or reply["job_id"] == str(jobs[1].job_id)


async def test_who_has_another_job_as_well_is_asked_which_is_meant(bureau: Bureau) -> None:
    an, people, *_ = await taken(bureau)
    other = await bureau.job(people[0])
    await bureau.accepted(other, an, people[0], await bureau.offered(other, an))
    await bureau.writes(an, "DI")
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "ask_which_job"


async def test_what_is_taken_away_is_said_by_its_number_and_why(bureau: Bureau) -> None:
    an, people, jobs, _ = await taken(bureau)
    recipients = (people[1].as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    released = {"status": JobStatus.PENDING, "responder": None, "visit": 1}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_RELEASED, jobs[1], *recipients, reason="split", **released))
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "withdrawn"
    assert "không cần bạn nữa: điều phối viên xếp lại chuyến" in bureau.texts_to(an)[-1]
    assert "Ám hiệu MỚI" in bureau.texts_to(people[1])[-1]
