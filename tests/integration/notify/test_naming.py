"""A lead answers with a name: it is passed on sealed, and the question stays open until dispatch has decided."""

from shared.events.assignments import JobState, OfferKind, OfferState
from shared.events.contract import Role, Sealed
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def asked(bureau: Bureau) -> tuple[Person, JobState, OfferState, str]:
    lead = await bureau.person("Phụ trách", "+84912000003")
    job = await bureau.job(await bureau.person("Bà Lan", "+84912000001"))
    offer = await bureau.offered(job, lead, kind=OfferKind.ESCALATION)
    await bureau.send_all()
    return lead, job, offer, bureau.code_of(lead)


async def test_a_name_is_passed_on_sealed_and_the_question_stays_open(bureau: Bureau) -> None:
    lead, _, offer, code = await asked(bureau)
    assert f"{code} TÊN = giao người đó" in bureau.texts_to(lead)[-1]
    await bureau.writes(lead, f"{code} Nguyễn Thị Hoa")
    (said,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (said["answer"], said["offer_id"]) == ("assign", str(offer.offer_id))
    assert "Hoa" not in str(said)
    assert lead.key.open(Sealed.model_validate(said["member"]), purpose="name").decode() == "Nguyễn Thị Hoa"
    assert await bureau.one("select status from questions") == "open"
    await bureau.writes(lead, f"1 {code}")
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["assign", "accept"]


async def test_a_name_that_leads_to_nobody_is_told_with_the_code_that_still_counts(bureau: Bureau) -> None:
    lead, job, offer, code = await asked(bureau)
    refusal = bureau.about_job(EventType.JOB_ASSIGN_REFUSED, job, lead.as_(Role.LEAD), offer=offer, reason="unknown_name")
    await bureau.hear(refusal)
    await bureau.send_all()
    assert bureau.texts_to(lead)[-1].startswith(f"Chưa giao được việc {job.code}: phường, xã này không có ai tên hay mã đó.")
    assert f"{code} TÊN KHÁC" in bureau.texts_to(lead)[-1]


async def test_once_somebody_is_asked_the_lead_has_it_under_its_number(bureau: Bureau) -> None:
    lead, job, offer, code = await asked(bureau)
    await bureau.hear(bureau.about_job(EventType.JOB_ESCALATED, job, lead.as_(Role.LEAD), offer=offer, reason="assigned"))
    await bureau.send_all()
    assert bureau.texts_to(lead)[-1].startswith("Đã hỏi người bạn nêu tên")
    assert f"XONG {code}" in bureau.texts_to(lead)[-1]
    assert await bureau.one("select status from questions") == "answered"


async def test_a_responder_who_writes_a_name_to_an_offer_names_nobody(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(await bureau.person("Bà Lan", "+84912000001"))
    await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.writes(an, f"{bureau.code_of(an)} Hoa")
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
