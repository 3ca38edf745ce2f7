"""What answers somebody's own words leaves at once, whatever was said before, and takes nothing from what they are asked.

Whoever floods us with words is answered up to a bound; a cry for help is heard through that.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from notify.consumer import Notifier
from notify.sending.throttle import Limits
from shared.events.assignments import JobStatus, OfferStatus, ResponderKind, ResponderRef
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType
from shared.events.requests import OWN_WORD
from tests.support.chatting import Chat
from tests.support.eventually import eventually
from tests.support.in_hand import in_hand, works_with_us
from tests.support.notifying import Bureau, Person

QUARTER = timedelta(minutes=15)


async def had_enough(bureau: Bureau, helper: Person) -> None:
    """As many texts of ours as a quarter of an hour may have: one more waits."""
    for _ in range(6):
        job = await bureau.job(await bureau.person("Ông Ba", "+84912000009"), priority=Priority.P2)
        await bureau.hear(bureau.about_job(EventType.JOB_CANCELLED, job, helper.as_(Role.RESPONDER)))
    await bureau.send_all()
    assert await bureau.one("select count(*) from messages where status = 'queued'") > 0


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("STOP", "stopped"),
        ("TRO GIUP", "words"),
        ("1 99", "not_understood"),
        ("TRE", "ask_late"),
        ("SOS", "sos_nowhere"),
        ("LIEN KET", "link_code"),
    ],
)
async def test_words_are_answered_after_any_number_of_our_texts(bureau: Bureau, words: str, answer: str) -> None:
    Chat(bureau)
    an = (await in_hand(bureau))[0] if answer == "ask_late" else await bureau.person("Tổ 1", "+84912000002")
    await works_with_us(bureau, an)
    await had_enough(bureau, an)
    await bureau.writes(an, words)
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == answer


async def test_texts_are_wanted_again_and_late_is_confirmed_at_once(bureau: Bureau) -> None:
    an, _, job, _ = await in_hand(bureau)
    await had_enough(bureau, an)
    await bureau.writes(an, "STOP")
    await bureau.writes(an, "NHAN TIN")
    late = bureau.about_job(EventType.ASSIGNMENT_LATE, job, an.as_(Role.RESPONDER))
    await bureau.hear(replace(late, body=late.body.model_copy(update={"minutes": 15})))
    await bureau.send_all()
    assert bureau.kinds_to(an)[-3:] == ["stopped", "started", "later_responder"]


async def test_who_has_stopped_our_texts_is_answered_what_they_said_of_their_visit(bureau: Bureau) -> None:
    an, _, job, _ = await in_hand(bureau)
    await bureau.writes(an, "STOP")
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_RELEASED, job, an.as_(Role.RESPONDER), reason="released"))
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "released_responder"


async def test_what_a_visited_person_has_answered_is_confirmed_at_once(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    request = await bureau.request(lan)
    for _ in range(6):
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, await bureau.request(lan), lan.as_(Role.RESIDENT)))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["filed"] * 5
    agreed = bureau.about_request(EventType.REQUEST_VISIT_REFUSED, request, lan.as_(Role.RESIDENT), visit_consent=False)
    await bureau.hear(agreed)
    await bureau.send_all()
    assert bureau.kinds_to(lan)[-1] == "consent_refused"


async def test_who_files_six_times_by_sms_has_each_code_at_once_also_at_night(bureau: Bureau) -> None:
    """For six people of the house. What others file with this number waits, as ever."""
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.at_local(23)
    for reason in (*[None] * 5, *[OWN_WORD] * 6, None):
        event = bureau.about_request(EventType.REQUEST_FILED, await bureau.request(lan), lan.as_(Role.RESIDENT))
        await bureau.hear(replace(event, body=event.body.model_copy(update={"reason": reason})))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == [*["filed"] * 5, *["filed_here"] * 6]
    codes = {request.code for request in bureau.requests.values()}
    assert sum(code in text for text in bureau.texts_to(lan) for code in codes) == 11


async def test_whose_request_was_joined_to_another_is_told_that(bureau: Bureau) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    event = bureau.about_request(EventType.REQUEST_CANCELLED, await bureau.request(lan), lan.as_(Role.RESIDENT))
    await bureau.hear(replace(event, body=event.body.model_copy(update={"reason": "duplicate"})))
    await bureau.send_all()
    assert bureau.kinds_to(lan) == ["merged_resident"]


async def test_however_much_somebody_has_written_they_are_asked_about_work(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    await works_with_us(bureau, an)
    for _ in range(8):
        await bureau.writes(an, "TRO GIUP")
    await bureau.send_all()
    await bureau.offered(await bureau.job(lan), an)
    await bureau.send_all()
    assert bureau.kinds_to(an) == [*["words"] * 8, "offer"]
    assert await bureau.emitted(EventType.MESSAGE_FAILED) == []


async def test_what_five_visits_ended_with_takes_no_offer_away(bureau: Bureau) -> None:
    """Claimed in the transaction of the event, as a running system does it."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    async with bureau.sending(sender := bureau.sender()):
        await eventually(sender.carriers)
        notifier = Notifier(bureau.pool, bureau.vault, bureau.settings, outlet=sender)
        for _ in range(5):
            job = await bureau.job(lan)
            await notifier.handle([bureau.about_job(EventType.ASSIGNMENT_DONE, job, an.as_(Role.RESPONDER), outcome="solved")])
            await bureau.drained()
        await bureau.offered(await bureau.job(lan), an)
        await bureau.drained()
    assert bureau.kinds_to(an) == [*["done_responder"] * 5, "offer"]


async def test_a_flood_of_words_is_answered_up_to_a_bound_and_a_cry_is_heard_through_it(bureau: Bureau) -> None:
    bureau.settings = replace(bureau.settings, limits=Limits(answer_windows=((3, QUARTER),), flood_windows=((6, QUARTER),)))
    an = await bureau.person("Tổ 1", "+84912000002")
    await works_with_us(bureau, an)
    for _ in range(8):
        await bureau.writes(an, "TRO GIUP")
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["words"] * 3
    for _ in range(8):
        await bureau.writes(an, "SOS")
    await bureau.send_all()
    assert bureau.kinds_to(an) == [*["words"] * 3, *["sos_nowhere"] * 3], "a machine that cries without end is not paid for"
    await bureau.move_clock(QUARTER.total_seconds() + 1)
    await bureau.writes(an, "TRO GIUP")
    await bureau.send_all()
    assert len(bureau.kinds_to(an)) > 6, "it is over when they stop"


async def test_an_answer_in_a_chat_costs_nothing_and_counts_nothing(bureau: Bureau) -> None:
    chat, an = Chat(bureau), await bureau.person("Tổ 1", "+84912000002")
    await works_with_us(bureau, an)
    await chat.bound(an, "5876543210")
    for _ in range(25):
        await chat.writes("5876543210", "TRO GIUP")
    await bureau.send_all()
    assert len(chat.said("5876543210", "words", over=ChannelKind.TELEGRAM)) == 25


@pytest.mark.parametrize("together", [True, False], ids=["in one breath", "while it waits"])
async def test_who_takes_back_their_yes_gets_no_address_after_it(bureau: Bureau, together: bool) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    both = (an.as_(Role.RESPONDER), lan.as_(Role.RESIDENT))
    taken = offer.model_copy(update={"status": OfferStatus.ACCEPTED})
    who = an.key.seal(an.name.encode(), purpose="name")
    helper = ResponderRef(responder_id=uuid4(), kind=ResponderKind.TEAM, contact_point_id=an.id, name=who)
    accepted: dict[str, Any] = {"offer": taken, "status": JobStatus.ACCEPTED, "responder": helper}
    yes = bureau.about_job(EventType.ASSIGNMENT_ACCEPTED, job, *both, **accepted)
    no = bureau.about_job(EventType.ASSIGNMENT_RELEASED, job, *both, status=JobStatus.PENDING, responder=None, visit=1)
    for batch in [(yes, no)] if together else [(yes,), (no,)]:
        await bureau.hear(*batch)
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["offer", "released_responder"]
    assert bureau.kinds_to(lan) == ["released_resident"], "nor do they hear who would have come, after that nobody does"


async def test_who_takes_it_again_after_all_gets_the_address(bureau: Bureau) -> None:
    an, lan, job, _ = await in_hand(bureau)
    both = (an.as_(Role.RESPONDER), lan.as_(Role.RESIDENT))
    again = await bureau.offer(an, status=OfferStatus.ACCEPTED)
    await bureau.hear(
        bureau.about_job(EventType.ASSIGNMENT_RELEASED, job, *both, status=JobStatus.PENDING, visit=1),
        bureau.about_job(EventType.ASSIGNMENT_ACCEPTED, job, *both, offer=again, status=JobStatus.ACCEPTED),
    )
    await bureau.send_all()
    assert bureau.kinds_to(an)[-2:] == ["released_responder", "accepted_responder"]


@pytest.mark.parametrize("reason", ["cancelled", "frozen", "paused"])
async def test_a_yes_to_what_is_asked_no_more_is_answered_after_any_number_of_our_texts(bureau: Bureau, reason: str) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    expired = offer.model_copy(update={"status": OfferStatus.EXPIRED})
    await bureau.hear(bureau.about_job(EventType.OFFER_EXPIRED, job, offer=expired))
    await had_enough(bureau, an)
    await bureau.writes(an, "1 10")
    await bureau.hear(bureau.about_job(EventType.OFFER_WITHDRAWN, job, an.as_(Role.RESPONDER), offer=expired, reason=reason))
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "too_late"
    assert "Cảm ơn bạn đã trả lời" in bureau.texts_to(an)[-1]
    assert "Bạn không cần đi" in bureau.texts_to(an)[-1]


async def test_that_a_helper_need_not_go_is_said_also_when_the_request_is_called_off_meanwhile(bureau: Bureau) -> None:
    an, lan, job, _ = await in_hand(bureau)
    await bureau.hear(bureau.about_job(EventType.JOB_CANCELLED, job, an.as_(Role.RESPONDER), status=JobStatus.CANCELLED))
    request = bureau.requests[job.request_id]
    await bureau.hear(bureau.about_request(EventType.REQUEST_CANCELLED, request, lan.as_(Role.RESIDENT)))
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "withdrawn"
    assert bureau.kinds_to(lan)[-1] == "cancelled_resident"


@pytest.mark.parametrize("words", ["?", "Chào bạn", "alo ạ", "xong", "đến rồi"])
async def test_who_writes_a_word_that_leads_nowhere_hears_what_they_can_write(bureau: Bureau, words: str) -> None:
    an, _, job, number = await in_hand(bureau)
    await bureau.writes(an, f"xong {number}")
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_DONE, job, an.as_(Role.RESPONDER), status=JobStatus.DONE))
    await bureau.writes(an, words)
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "words"
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["done"]
