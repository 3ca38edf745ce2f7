"""Help by telephone, as people read it: an offer without a place, who calls and what they say first, and who connects the two."""

from datetime import timedelta

import pytest

from notify.calls.call import CallOutcome
from notify.calls.desk import Calls, CallToMake
from notify.erase import erase
from shared.events.assignments import JobState, JobStatus, OfferState, OfferStatus, ResponderKind, ResponderRef
from shared.events.contract import Priority, Role
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.postgres.transaction import transaction
from shared.security.phrases import phrase
from shared.security.tokens import Caller
from tests.support.notifying import SEED, Bureau, Person


async def offered(bureau: Bureau) -> tuple[Person, Person, JobState, OfferState]:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Bạn An", "+84912000002")
    job = await bureau.job(lan, visit_consent=None, priority=Priority.P2)
    offer = await bureau.offered(job, an, by_phone=True, distance_m=None)
    await bureau.send_all()
    return lan, an, job, offer


async def taken(bureau: Bureau) -> tuple[Person, Person, JobState, OfferState]:
    lan, an, job, offer = await offered(bureau)
    await bureau.writes(an, f"1 {bureau.code_of(an)}")
    responder = helper(an, offer)
    won = offer.model_copy(update={"status": OfferStatus.ACCEPTED})
    changes = {"status": JobStatus.ACCEPTED, "responder": responder}
    both = (an.as_(Role.RESPONDER), lan.as_(Role.RESIDENT))
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_ACCEPTED, job, *both, offer=won, **changes))
    await bureau.send_all()
    return lan, an, job, won


def helper(an: Person, offer: OfferState) -> ResponderRef:
    return ResponderRef(
        responder_id=offer.responder_id or an.id,
        kind=ResponderKind.VOLUNTEER,
        contact_point_id=an.id,
        name=an.key.seal(an.name.encode(), purpose="name"),
        phone=an.key.seal(an.phone.encode(), purpose="phone"),
        by_phone=True,
    )


async def calls(bureau: Bureau) -> dict[str, CallToMake]:
    return {call.task.purpose: call for call in await Calls(bureau.pool, bureau.vault).to_make(20)}


async def test_a_word_for_calls_said_of_a_visit_is_answered_with_the_words_for_visits(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Bạn An", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.writes(an, f"1 {(number := bureau.code_of(an))}")
    await bureau.accepted(job, an, lan, offer)
    await bureau.writes(an, "can den")
    replies = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert [reply["answer"] for reply in replies] == [Answer.ACCEPT, Answer.NEEDS_VISIT]
    wanted = bureau.about_job(
        EventType.ASSIGNMENT_OUTCOME_WANTED, job, an.as_(Role.RESPONDER), offer=offer, reason="not_by_phone"
    )
    await bureau.hear(wanted)
    await bureau.send_all()
    told = bureau.texts_to(an)[-1]
    assert f"Việc {number}: đây là việc đến tận nhà, CAN DEN chỉ dùng khi giúp qua điện thoại" in told
    assert "XONG" in told
    assert "TRA" in told


async def test_the_offer_says_by_phone_and_neither_who_nor_where(bureau: Bureau) -> None:
    _, an, _, _ = await offered(bureau)
    (text,) = bureau.texts_to(an)
    assert "QUA ĐIỆN THOẠI" in text
    assert not any(word in text for word in ("Lan", "0912000001", "Hàng Bạc", "km", "Phường"))


async def test_both_sides_hear_who_calls_from_which_number_and_what_is_said_first(bureau: Bureau) -> None:
    lan, an, _, _ = await taken(bureau)
    words = phrase(SEED, 0)
    resident, responder = bureau.texts_to(lan)[-1], bureau.texts_to(an)[-1]
    for part in ("Bạn An", "1022", words, "Không bấm link"):
        assert part in resident
    for part in (words, "1022", "XONG", "CAN DEN", "CO QUAN", "Không gửi link"):
        assert part in responder
    assert not any(part in responder for part in ("Lan", "0912000001", "Hàng Bạc"))
    assert "visit_consent" not in await calls(bureau)


async def test_the_hotline_connects_them_and_neither_learns_the_number_of_the_other(bureau: Bureau) -> None:
    lan, _, job, _ = await taken(bureau)
    task = (await calls(bureau))["remote_call"]
    assert (task.phone, task.words) == (lan.phone, None), "whoever has not taken the call reads no phrase"
    assert (task.task.due_at - task.task.created_at).total_seconds() <= 300
    task = await Calls(bureau.pool, bureau.vault).take(task.task.id, Caller("Bình", "operator"))
    for part in ("Bạn An", "0912000002", phrase(SEED, 0)):
        assert part in (task.words or "")
    await Calls(bureau.pool, bureau.vault).done(task.task.id, Caller("Bình", "operator"), CallOutcome.TOLD)
    (said,) = await bureau.emitted(EventType.CALL_DONE)
    assert (said["purpose"], said["outcome"], said["job_id"]) == ("remote_call", "told", str(job.job_id))


@pytest.mark.parametrize("reason", ["needs_visit", "no_sign", "released", "no_call"])
async def test_what_the_call_did_not_solve_is_told_with_a_new_phrase(bureau: Bureau, reason: str) -> None:
    lan, an, job, won = await taken(bureau)
    both = (lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
    gone = won.model_copy(update={"status": OfferStatus.RELEASED})
    changes = {"status": JobStatus.PENDING, "responder": None, "visit": 1}
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_RELEASED, job, *both, offer=gone, reason=reason, **changes))
    await bureau.send_all()
    assert (bureau.kinds_to(lan)[-1], bureau.kinds_to(an)[-1]) == ("travel_resident", "travel_responder")
    assert phrase(SEED, 1) in bureau.texts_to(lan)[-1]
    assert "remote_call" not in await calls(bureau)


@pytest.mark.parametrize("text", ["CAN DEN {n}", "{n} cần đến nhà", "phai den {n} a", "needs a visit {n}"])
async def test_a_helper_says_that_somebody_has_to_go(bureau: Bureau, text: str) -> None:
    _, an, _, _ = await taken(bureau)
    await bureau.writes(an, text.format(n=bureau.code_of(an)))
    assert [body["answer"] for body in await bureau.emitted(EventType.REPLY_RECEIVED)][-1] == Answer.NEEDS_VISIT


async def test_news_says_that_somebody_calls_and_nobody_comes(bureau: Bureau) -> None:
    lan, an, job, won = await taken(bureau)
    changes = {"status": JobStatus.ACCEPTED, "responder": helper(an, won)}
    await bureau.hear(bureau.about_job(EventType.JOB_NEWS, job, lan.as_(Role.RESIDENT), reason="taken", **changes))
    await bureau.send_all()
    assert "Không ai đến nhà" in bureau.texts_to(lan)[-1]


async def test_silence_is_asked_about_the_call(bureau: Bureau) -> None:
    _, an, job, won = await taken(bureau)
    changes = {"status": JobStatus.ON_SCENE, "responder": helper(an, won), "until": await bureau.now() + timedelta(minutes=10)}
    event = bureau.about_job(EventType.ASSIGNMENT_ASKED, job, an.as_(Role.RESPONDER), offer=won, reason="going", **changes)
    await bureau.hear(event)
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "ask_called"
    await bureau.writes(an, f"1 {bureau.code_of(an)}")
    assert [body["answer"] for body in await bureau.emitted(EventType.REPLY_RECEIVED)][-1] == Answer.GOING


async def test_a_helper_who_is_erased_leaves_no_number_in_the_words_of_the_call(bureau: Bureau) -> None:
    _, an, _, _ = await taken(bureau)
    async with transaction(bureau.pool, "notify.consume") as connection:
        await erase(connection, an.id)
    rows = await bureau.rows("select body, address, peer from call_tasks where purpose = 'remote_call'")
    assert [tuple(row) for row in rows] == [(None, None, None)]
