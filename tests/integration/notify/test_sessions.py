"""A group visit as the phones of both sides see it: where and when, who comes, and of whom the helper has to speak."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.events.assignments import JobState, JobStatus, OfferKind, OfferState
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def invited(bureau: Bureau, count: int = 2, *channels: ChannelKind) -> tuple[list[Person], list[JobState]]:
    group, at = uuid4(), await bureau.now() + timedelta(hours=4)
    people = [await bureau.person(f"Bà Lan {number}", f"+8491200000{number}", *channels) for number in range(count)]
    jobs = [await bureau.job(one, visit_consent=None, by_call=ChannelKind.CALL in channels) for one in people]
    for job, one in zip(jobs, people, strict=True):
        venue = one.key.seal("Nhà văn hóa tổ 5".encode(), purpose="venue")
        told = {"group_id": group, "shared_by": count, "session_at": at, "venue": venue}
        bureau.jobs[job.job_id] = bureau.jobs[job.job_id].model_copy(update=told)
        question = await bureau.offer(one, kind=OfferKind.SESSION, responder_id=None, not_after=at, lease_seconds=14400.0)
        said: dict[str, Any] = {"reason": "session", "until": at}
        await bureau.hear(bureau.about_job(EventType.JOB_QUESTIONED, job, one.as_(Role.RESIDENT), offer=question, **said))
    await bureau.send_all()
    return people, jobs


async def taken(bureau: Bureau, people: list[Person], jobs: list[JobState]) -> tuple[Person, OfferState]:
    an = await bureau.person("Tổ 1", "+84912000099")
    offer = await bureau.offered(jobs[0], an)
    await bureau.send_all()
    for job, resident in zip(jobs, people, strict=True):
        await bureau.accepted(job, an, resident, offer)
    await bureau.send_all()
    return an, offer


@pytest.mark.parametrize(("text", "said"), [("1 {code}", "comes"), ("2", "stays_away"), ("có", "comes")])
async def test_each_reads_where_and_when_and_says_whether_they_come(bureau: Bureau, text: str, said: str) -> None:
    people, jobs = await invited(bureau)
    [asked] = bureau.texts_to(people[0])
    assert "tại Nhà văn hóa tổ 5" in asked
    await bureau.writes(people[0], text.format(code=bureau.code_of(people[0])))
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["answer"], reply["job_id"]) == (said, str(jobs[0].job_id))


async def test_the_helper_reads_the_hour_how_many_and_each_number(bureau: Bureau) -> None:
    people, jobs = await invited(bureau)
    an, _ = await taken(bureau, people, jobs)
    offered, *accepted = bureau.texts_to(an)
    assert "Buổi hỗ trợ nhóm" in offered
    assert "chung 2 yêu cầu" in offered
    assert all("Buổi hỗ trợ này là của bạn" in text for text in accepted)
    assert "Bà Lan" not in "".join(accepted)  # nobody has said yet that they come
    for one in people:
        assert "đã có người giúp: Tổ 1" in bureau.texts_to(one)[-1]
    assert await bureau.one("select count(*) from call_tasks where purpose = 'visit_consent'") == 0


async def test_on_the_way_to_a_session_nobody_is_told_to_open_a_door(bureau: Bureau) -> None:
    people, jobs = await invited(bureau)
    an, offer = await taken(bureau, people, jobs)
    before = [len(bureau.texts_to(one)) for one in (an, *people)]
    going = (people[0].as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_EN_ROUTE, jobs[0], *going, offer=offer, status=JobStatus.EN_ROUTE))
    await bureau.send_all()
    assert [len(bureau.texts_to(one)) for one in (an, *people)] == before


async def test_who_leaves_is_said_to_both_sides(bureau: Bureau) -> None:
    people, jobs = await invited(bureau)
    an, _ = await taken(bureau, people, jobs)
    both = (people[1].as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    left = {"status": JobStatus.PENDING, "responder": None, "visit": 1}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_RELEASED, jobs[1], *both, reason="not_coming", **left))
    await bureau.send_all()
    assert "báo không đến" in bureau.texts_to(an)[-1]
    assert "Ám hiệu MỚI" in bureau.texts_to(people[1])[-1]


async def test_nobody_sets_out_for_a_session_that_is_off(bureau: Bureau) -> None:
    people, jobs = await invited(bureau)
    alone = {"group_id": None, "session_at": None, "venue": None}
    await bureau.hear(
        bureau.about_job(EventType.JOB_UNGROUPED, jobs[0], people[0].as_(Role.RESIDENT), reason="no_helper", **alone)
    )
    await bureau.send_all()
    assert "KHÔNG tổ chức, xin ông/bà đừng đến" in bureau.texts_to(people[0])[-1]
    assert await bureau.one("select status from questions where contact_point_id = $1", people[0].id) == "withdrawn"


async def test_a_word_for_all_is_answered_with_the_numbers(bureau: Bureau) -> None:
    people, jobs = await invited(bureau)
    an, offer = await taken(bureau, people, jobs)
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_OUTCOME_WANTED, jobs[0], an.as_(Role.RESPONDER), offer=offer))
    await bureau.send_all()
    numbers = await bureau.rows("select number from jobs_on_phone order by number")
    assert bureau.texts_to(an)[-1].endswith(f"Còn: {', '.join(str(row['number']) for row in numbers)}.")


async def test_whoever_has_to_be_called_is_invited_by_the_desk(bureau: Bureau) -> None:
    people, jobs = await invited(bureau, 1, ChannelKind.CALL)
    assert bureau.texts_to(people[0]) == []
    [call] = await bureau.rows("select purpose, status, job_id from call_tasks")
    assert (call["purpose"], call["status"], call["job_id"]) == ("session_ask", "open", jobs[0].job_id)
