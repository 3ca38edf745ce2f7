"""The main road: an offer becomes a question, the answer a reply, and everybody hears what they need and nothing more."""

import asyncio
from datetime import timedelta

from notify.channels.port import CarrierRefused
from notify.purpose import Purpose
from shared.events.assignments import JobStatus, OfferKind
from shared.events.contract import Priority, Role, Sealed
from shared.events.registry import EventType
from shared.events.requests import Channel
from shared.security.phrases import phrase
from tests.support.eventually import eventually
from tests.support.notifying import SEED, Bureau


async def test_an_offer_is_sent_once_and_its_answer_becomes_a_reply(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    assert "Trả lời 1 10 để nhận, 2 10 để từ chối" in bureau.texts_to(an)[0]
    assert "Lan" not in bureau.texts_to(an)[0]
    assert "Hàng Bạc" not in bureau.texts_to(an)[0]
    submitted = await bureau.emitted(EventType.MESSAGE_SUBMITTED)
    assert [body["offer_id"] for body in submitted] == [str(offer.offer_id)]

    await bureau.writes(an, "1 10 Minh")
    (reply,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["answer"], reply["offer_id"], reply["job_id"]) == ("accept", str(offer.offer_id), str(job.job_id))
    assert an.key.open(Sealed.model_validate(reply["member"]), purpose="name").decode() == "Minh"
    assert await bureau.one("select status from questions") == "answered"


async def test_the_whole_visit_tells_each_side_what_it_needs(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, bureau.requests[job.request_id], lan.as_(Role.RESIDENT)))
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.writes(an, "co")
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    assert "Bà Lan" in bureau.texts_to(an)[-1]
    assert "0912000001" in bureau.texts_to(an)[-1]
    assert "DEN 10" in bureau.texts_to(an)[-1]
    assert "Tổ 1" in bureau.texts_to(lan)[-1]

    await bureau.writes(an, "DI 10")
    both = (an.as_(Role.RESPONDER), lan.as_(Role.RESIDENT))
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_EN_ROUTE, job, *both, status=JobStatus.EN_ROUTE))
    await bureau.send_all()
    assert phrase(SEED, 0) in bureau.texts_to(an)[-1]
    assert phrase(SEED, 0) in bureau.texts_to(lan)[-1]
    assert phrase(SEED, 0) not in "".join(bureau.texts_to(an)[:-1]), "the phrase only with on-my-way"

    await bureau.writes(an, "đến")
    await bureau.writes(an, "xong 10")
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_DONE, job, *both, status=JobStatus.DONE, outcome="solved"))
    await bureau.send_all()
    answers = [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]
    assert answers == ["accept", "en_route", "on_scene", "done"]
    assert bureau.kinds_to(lan) == ["filed", "accepted_resident", "en_route_resident", "done_resident"]
    assert bureau.kinds_to(an) == ["offer", "accepted_responder", "en_route_responder", "done_responder"]
    versions = [reply["version"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]
    assert versions == [1, 2, 3, 4]


async def test_the_phrase_goes_by_text_only_when_nobody_read_it_aloud(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    for channel in (Channel.WEB, Channel.HOTLINE):
        request = await bureau.request(lan, channel=channel)
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    await bureau.send_all()
    by_web, by_hotline = bureau.texts_to(lan)
    assert phrase(SEED, 0) in by_web
    assert phrase(SEED, 0) not in by_hotline


async def test_without_consent_the_winner_waits_and_the_desk_asks(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan, visit_consent=None)
    await bureau.accepted(job, an, lan, await bureau.offered(job, an))
    await bureau.send_all()
    assert "Lan" not in bureau.texts_to(an)[-1]
    assert "0912000001" not in bureau.texts_to(an)[-1]
    assert await bureau.one("select purpose from call_tasks where status = 'open'") == Purpose.VISIT_CONSENT

    await bureau.hear(bureau.about_request(EventType.REQUEST_VISIT_AGREED, bureau.requests[job.request_id], visit_consent=True))
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_CLEARED, job, an.as_(Role.RESPONDER), visit_consent=True))
    await bureau.send_all()
    assert "Bà Lan" in bureau.texts_to(an)[-1]
    assert await bureau.one("select status from call_tasks") == "dropped"


async def test_losers_hear_that_it_is_taken_and_who_never_read_the_offer_hears_nothing(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    binh, chi = await bureau.person("Bình", "+84912000003"), await bureau.person("Chi", "+84912000004")
    job = await bureau.job(lan)
    to_an, to_binh = await bureau.offered(job, an), await bureau.offered(job, binh)
    await bureau.send_all()
    to_chi = await bureau.offered(job, chi)
    await bureau.accepted(job, an, lan, to_an)
    await bureau.withdrawn(job, binh, to_binh, "taken")
    await bureau.withdrawn(job, chi, to_chi, "taken")
    await bureau.send_all()
    assert bureau.kinds_to(binh) == ["offer", "taken"]
    assert bureau.kinds_to(chi) == []
    await bureau.writes(binh, f"1 {bureau.code_of(binh)}")
    assert (await bureau.emitted(EventType.REPLY_RECEIVED))[-1]["offer_id"] == str(to_binh.offer_id), "dispatch judges a late yes"
    await bureau.withdrawn(job, binh, to_binh, "already_taken")
    await bureau.send_all()
    assert bureau.kinds_to(binh) == ["offer", "taken", "already_taken"]


async def test_an_offer_made_and_taken_back_in_one_batch_is_never_sent(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job, offer = await bureau.job(lan), await bureau.offer(an)
    made = bureau.about_job(EventType.OFFER_MADE, job, an.as_(Role.RESPONDER), offer=offer)
    gone = bureau.about_job(EventType.OFFER_WITHDRAWN, job, an.as_(Role.RESPONDER), offer=offer, reason="taken")
    await bureau.hear(made, gone)
    await bureau.send_all()
    assert bureau.carrier.taken == []
    assert await bureau.one("select count(*) from questions where status in ('waiting', 'open')") == 0


async def test_the_same_event_twice_and_a_stale_one_write_nothing_more(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    old = bureau.about_job(EventType.OFFER_MADE, job, an.as_(Role.RESPONDER), offer=await bureau.offer(an))
    new = bureau.about_job(EventType.OFFER_MADE, job, an.as_(Role.RESPONDER), offer=await bureau.offer(an))
    await bureau.hear(new, new)
    await bureau.hear(new)
    await bureau.hear(old)
    assert await bureau.one("select count(*) from messages") == 1


async def test_a_visit_offer_comes_before_an_escalation_and_both_codes_count(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    stuck, visit = await bureau.job(lan), await bureau.job(lan)
    escalation = await bureau.offered(stuck, lead, kind=OfferKind.ESCALATION)
    await bureau.send_all()
    offer = await bureau.offered(visit, lead)
    await bureau.send_all()
    assert [row["status"] for row in await bureau.rows("select status from questions order by code")] == ["paused", "open"]
    await bureau.writes(lead, "1")
    await bureau.send_all()
    assert bureau.kinds_to(lead)[-1] == "ask_back", "a bare 1 could mean either"
    assert "10, 11" in bureau.texts_to(lead)[-1]
    await bureau.writes(lead, "2 10")
    await bureau.writes(lead, "1 11")
    replies = [(reply["offer_id"], reply["answer"]) for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]
    assert replies == [(str(escalation.offer_id), "city_desk"), (str(offer.offer_id), "accept")]


async def test_a_question_that_an_offer_set_aside_while_it_was_refused_waits_for_its_turn(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    stuck, visit = await bureau.job(lan), await bureau.job(lan)
    await bureau.offered(stuck, lead, kind=OfferKind.ESCALATION)
    bureau.carrier.hold, bureau.carrier.refuses = asyncio.Event(), CarrierRefused("busy", permanent=False)

    async def on_its_way() -> bool:
        return bureau.carrier.at_once == 1

    async with bureau.sending():
        await eventually(on_its_way)
        offer = await bureau.offered(visit, lead)
        bureau.carrier.hold.set()
    states = await bureau.rows("select purpose, status from messages order by created_at, id")
    assert [tuple(row) for row in states] == [("escalation", "held"), ("offer", "queued")]
    bureau.carrier.hold = bureau.carrier.refuses = None
    await bureau.move_clock(10)
    await bureau.send_all()
    assert bureau.kinds_to(lead) == ["offer"], "what was refused waits behind it"
    await bureau.writes(lead, "2 11")
    await bureau.send_all()
    assert bureau.kinds_to(lead) == ["offer", "escalation"]
    assert [reply["offer_id"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == [str(offer.offer_id)]


async def test_a_second_offer_waits_for_its_turn(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    first, second = await bureau.job(lan), await bureau.job(lan)
    one, two = await bureau.offered(first, an), await bureau.offered(second, an)
    await bureau.send_all()
    assert len(bureau.texts_to(an)) == 1
    await bureau.writes(an, "2 10")
    await bureau.send_all()
    assert len(bureau.texts_to(an)) == 2
    assert "1 11" in bureau.texts_to(an)[-1]
    submitted = [body["offer_id"] for body in await bureau.emitted(EventType.MESSAGE_SUBMITTED)]
    assert submitted == [str(one.offer_id), str(two.offer_id)], "the second lease runs only from the second text"


async def test_escalations_of_a_lead_share_one_question_and_join_a_text_that_waits(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    jobs = [await bureau.job(lan, priority=Priority.P1) for _ in range(4)]
    offers = [await bureau.offered(jobs[0], lead, kind=OfferKind.ESCALATION)]
    await bureau.send_all()
    offers += [await bureau.offered(job, lead, kind=OfferKind.ESCALATION) for job in jobs[1:]]
    await bureau.send_all()
    assert len(bureau.texts_to(lead)) == 1, "more escalations wait for each other"
    await bureau.move_clock(31)
    await bureau.send_all()
    assert len(bureau.texts_to(lead)) == 2
    assert "3 việc" in bureau.texts_to(lead)[1]
    told = [body["offer_id"] for body in await bureau.emitted(EventType.MESSAGE_SUBMITTED)]
    assert sorted(told) == sorted(str(offer.offer_id) for offer in offers), "each offer's lease starts"
    await bureau.writes(lead, "1")
    replies = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert sorted(reply["offer_id"] for reply in replies) == sorted(str(offer.offer_id) for offer in offers)


async def test_an_offer_told_again_when_nobody_remembers_the_first_time_is_not_asked_again(bureau: Bureau) -> None:
    """All is read from the beginning, and the inbox has forgotten: a question of a lead held the same offer twice."""
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    an = await bureau.person("Tổ 1", "+84912000003")
    escalation, offer = await bureau.offer(lead, kind=OfferKind.ESCALATION), await bureau.offer(an)
    told = [
        bureau.about_job(EventType.OFFER_MADE, await bureau.job(lan), lead.as_(Role.LEAD), offer=escalation),
        bureau.about_job(EventType.OFFER_MADE, await bureau.job(lan), an.as_(Role.RESPONDER), offer=offer),
    ]
    for _ in range(2):
        await bureau.hear(*told)
        await bureau.send_all()
        await bureau.pool.execute("delete from inbox")
    assert await bureau.one("select count(*) from question_offers") == 2
    assert (len(bureau.texts_to(lead)), len(bureau.texts_to(an))) == (1, 1)


async def test_a_lead_of_more_than_ninety_visits_can_speak_of_each(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    for _ in range(95):
        job = await bureau.job(lan, priority=Priority.P1)
        offer = await bureau.offer(lead, kind=OfferKind.ESCALATION)
        await bureau.accepted(job, lead, lan, offer)
    numbers = [row["number"] for row in await bureau.rows("select number from notify.jobs_on_phone order by number")]
    assert numbers == [*range(10, 100), *range(300, 305)]
    await bureau.writes(lead, "XONG 304")
    (reply,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert reply["answer"] == "done"


async def test_a_name_without_a_letter_that_phones_show_does_not_cost_the_address(bureau: Bureau) -> None:
    lan, an = await bureau.person("🙂\u200b", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan, priority=Priority.P1)
    offer = await bureau.offered(job, an)
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    assert "người cần giúp, 0912000001" in bureau.texts_to(an)[-1]


async def test_the_hour_of_the_morning_is_told_once_to_who_has_just_filed(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.at_local(23)
    job = await bureau.job(lan, priority=Priority.P3)
    paused = {"reason": "off_hours", "until": await bureau.now() + timedelta(hours=8)}
    await bureau.hear(
        bureau.about_request(EventType.REQUEST_FILED, bureau.requests[job.request_id], lan.as_(Role.RESIDENT)),
        bureau.about_job(EventType.CLOCK_PAUSED, job, lan.as_(Role.RESIDENT), **paused),
    )
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["filed"]
    assert "sẽ xếp người từ" in bureau.texts_to(lan)[0]
    await bureau.move_clock(3600)
    await bureau.hear(bureau.about_job(EventType.CLOCK_PAUSED, job, lan.as_(Role.RESIDENT), **paused))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["filed", "waiting_off_hours"]


async def test_a_lead_who_says_mine_can_close_it_and_is_told_when_somebody_goes(bureau: Bureau) -> None:
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phụ trách", "+84912000002")
    an = await bureau.person("Tổ 1", "+84912000003")
    jobs = [await bureau.job(lan), await bureau.job(lan)]
    for job in jobs:
        escalation = await bureau.offered(job, lead, kind=OfferKind.ESCALATION)
        await bureau.send_all()
        await bureau.writes(lead, f"1 {bureau.code_of(lead)}")
        mine = {"offer": escalation, "reason": "owned", "escalated_to": "ward_lead"}
        await bureau.hear(bureau.about_job(EventType.JOB_ESCALATED, job, lead.as_(Role.LEAD), **mine))
    await bureau.send_all()
    assert bureau.kinds_to(lead)[-1] == "accepted_lead"
    assert "XONG 11" in bureau.texts_to(lead)[-1]
    await bureau.writes(lead, "XONG 10")
    assert (await bureau.emitted(EventType.REPLY_RECEIVED))[-1]["job_id"] == str(jobs[0].job_id)

    await bureau.accepted(jobs[1], an, lan, await bureau.offered(jobs[1], an))
    await bureau.withdrawn(jobs[1], lead, escalation, "taken")
    await bureau.send_all()
    assert bureau.kinds_to(lead)[-1] == "taken"
    assert await bureau.one("select count(*) from jobs_on_phone where contact_point_id = $1 and ended_at is null", lead.id) == 1
