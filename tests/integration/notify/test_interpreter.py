"""Whoever goes does not speak what the resident speaks: the hotline is told while there is time to find somebody who does."""

import pytest

from notify.calls.desk import Calls
from shared.events.assignments import JobState, JobStatus, OfferStatus, ResponderKind, ResponderRef
from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.notifying import Bureau


async def accepted(bureau: Bureau, *, language: str, spoken: tuple[str, ...]) -> JobState:
    lan, an = await bureau.person("Kim", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    resident = lan.as_(Role.RESIDENT).model_copy(update={"language": language})
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    going = ResponderRef(
        responder_id=offer.responder_id or job.job_id,
        kind=ResponderKind.TEAM,
        contact_point_id=an.id,
        name=an.key.seal(an.name.encode(), purpose="name"),
        languages=spoken,
    )
    taken = offer.model_copy(update={"status": OfferStatus.ACCEPTED})
    changes = {"status": JobStatus.ACCEPTED, "responder": going, "resident": resident}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_ACCEPTED, job, an.as_(Role.RESPONDER), offer=taken, **changes))
    return bureau.jobs[job.job_id]


@pytest.mark.parametrize(
    ("language", "spoken", "told"),
    [
        ("ko", ("vi",), True),
        ("en", ("ko", "vi"), True),
        ("ko", ("ko", "vi"), False),
        ("vi", ("ko",), False),
        ("ko", (), False),  # nobody has said: an event of an older release
    ],
)
async def test_the_hotline_is_told_when_they_share_no_language(
    bureau: Bureau, language: str, spoken: tuple[str, ...], told: bool
) -> None:
    job = await accepted(bureau, language=language, spoken=spoken)
    calls = [call for call in await Calls(bureau.pool, bureau.vault).to_make(10) if call.task.purpose == "interpreter"]
    assert len(calls) == told
    if told:
        [call] = calls
        assert call.phone == "+84912000001"
        assert call.words is not None
        assert all(part in call.words for part in (job.code, "Tổ 1"))


async def test_nobody_is_called_about_a_visit_that_is_over(bureau: Bureau) -> None:
    job = await accepted(bureau, language="ko", spoken=("vi",))
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_DONE, job, status=JobStatus.DONE, responder=None))
    assert await bureau.one("select count(*) from call_tasks where status = 'open'") == 0
