"""No provider takes anything: it is told once, whoever matters is reached by people, and nobody is told twice afterwards."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from notify.calls.desk import Calls
from notify.purpose import TO_RESIDENT, Purpose
from notify.sending.blackout import Blackout
from shared.events.assignments import JobStatus, OfferKind
from shared.events.contract import ChannelKind, Priority, Role
from shared.events.registry import EventType
from tests.support.carrier import RecordingCarrier
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person

SMS = ChannelKind.SMS


@dataclass
class Told:
    """What a sender would say of its routes."""

    seconds: Mapping[ChannelKind, float]
    asking: Mapping[ChannelKind, float] = field(default_factory=dict)

    def shut_seconds(self, *, asks: bool = False) -> Mapping[ChannelKind, float]:
        return self.asking if asks else self.seconds


def blackout(bureau: Bureau, seconds: float = 61.0, *, routes: Told | None = None) -> Blackout:
    return Blackout(bureau.pool, routes or Told({SMS: seconds}), bureau.settings, wake=lambda: None)


async def out(bureau: Bureau) -> Blackout:
    """An outage that has begun; its first look at what waits is yet to come."""
    watch = blackout(bureau)
    await watch.look()
    return watch


async def told(bureau: Bureau, number: int = 1, *channels: ChannelKind, **changes: object) -> Person:
    resident = await bureau.person(f"Bà {number}", f"+84913{number:06}", *channels)
    request = await bureau.request(resident, **changes)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))
    return resident


async def calls(bureau: Bureau) -> list[str]:
    return [row["purpose"] for row in await bureau.rows("select purpose from call_tasks where status = 'open' order by id")]


async def outage_events(bureau: Bureau) -> list[str]:
    return [event["type"] for event in await bureau.emitted() if event["type"].startswith("outage.")]


async def test_an_outage_is_told_once_by_however_many_processes(bureau: Bureau) -> None:
    for watch in (blackout(bureau), blackout(bureau)):
        await watch.look()
        await watch.look()
    (began,) = await bureau.emitted(EventType.OUTAGE_BEGAN)
    assert (began["channel"], began["city"], began["ended_at"]) == ("sms", "hanoi", None)
    shown = await Calls(bureau.pool, bureau.vault).outages()
    assert [(one["channel"], one["open"]) for one in shown["outages"]] == [("sms", True)]


async def test_a_moment_is_no_outage_and_nobody_is_called(bureau: Bureau) -> None:
    await told(bureau)
    watch = blackout(bureau, 59.0)
    await watch.look()
    await watch.look()
    assert (await outage_events(bureau), await calls(bureau), await bureau.statuses()) == ([], [], ["queued"])


async def test_a_process_that_alone_gets_nothing_through_cries_nothing(bureau: Bureau) -> None:
    await told(bureau)
    await bureau.send_all()
    await blackout(bureau).look()
    assert await outage_events(bureau) == []
    await bureau.move_clock(61)
    await blackout(bureau).look()
    assert await outage_events(bureau) == ["outage.began"]


async def test_a_resident_who_waits_is_called_and_not_written_to_afterwards(bureau: Bureau) -> None:
    await told(bureau)
    await (await out(bureau)).look()
    assert await calls(bureau) == ["filed"]
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failed["reason"] == "outage"
    await bureau.send_all()
    assert bureau.carrier.taken == []


async def in_danger(bureau: Bureau, purpose: Purpose, person: Person) -> None:
    """Somebody is to be told this, and it hangs on it whether they are safe."""
    resident = person if purpose in TO_RESIDENT else await bureau.person("Bà Lan", "+84912000001")
    job, role = await bureau.job(resident), Role.RESIDENT if purpose in TO_RESIDENT else Role.RESPONDER
    if purpose is Purpose.SOS_NOWHERE:
        await bureau.writes(person, "SOS")
    elif purpose is Purpose.ASK_WELL:
        await bureau.accepted(job, person, resident, await bureau.offered(job, person))
        until = await bureau.now() + timedelta(minutes=10)
        await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_ASKED, job, person.as_(role), reason="well", until=until))
    elif purpose in {Purpose.SOS_RESIDENT, Purpose.SOS_RESPONDER}:
        await bureau.hear(bureau.about_job(EventType.JOB_ALARMED, job, person.as_(role), reason="sos"))
    else:
        reason = "unsafe" if purpose is Purpose.UNSAFE_RESPONDER else "visitor"
        await bureau.hear(bureau.about_job(EventType.JOB_FROZEN, job, person.as_(role), status=JobStatus.FROZEN, reason=reason))


DANGERS = [
    *(Purpose.ASK_WELL, Purpose.FROZEN_RESIDENT, Purpose.SOS_NOWHERE),
    *(Purpose.SOS_RESIDENT, Purpose.SOS_RESPONDER, Purpose.UNSAFE_RESPONDER),
]


@pytest.mark.parametrize("purpose", DANGERS)
async def test_whoever_may_come_to_harm_is_called_when_no_text_leaves(bureau: Bureau, purpose: Purpose) -> None:
    person = await bureau.person("Ai đó", "+84912000005")
    await in_danger(bureau, purpose, person)
    await (await out(bureau)).look()
    assert purpose in await calls(bureau)
    await bureau.send_all()
    assert purpose not in bureau.kinds_to(person), "not written to as well"


@pytest.mark.parametrize("purpose", [one for one in DANGERS if one is not Purpose.SOS_NOWHERE])  # that one goes by SMS only
async def test_whoever_may_come_to_harm_is_told_over_the_channel_that_works(bureau: Bureau, purpose: Purpose) -> None:
    bureau.others.append(RecordingCarrier(name="second", channel=ChannelKind.ZNS))
    bureau.settings = replace(bureau.settings, sending=replace(bureau.settings.sending, served=frozenset({SMS, ChannelKind.ZNS})))
    person = await bureau.person("Ai đó", "+84912000005", SMS, ChannelKind.ZNS)
    await in_danger(bureau, purpose, person)
    await (await out(bureau)).look()
    await bureau.send_all()
    assert purpose in bureau.others[0].kinds()
    assert purpose not in await calls(bureau)


async def test_a_call_that_asks_whether_all_is_well_is_made_once(bureau: Bureau) -> None:
    """No machine reached the helper: somebody was to ask them. Then their silence has somebody call, too."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000005")
    await in_danger(bureau, Purpose.ASK_WELL, an)
    await (await out(bureau)).look()
    job = next(iter(bureau.jobs.values()))
    await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_SILENT, job, an.as_(Role.RESPONDER), reason="well"))
    found = [one for one in await calls(bureau) if one in {Purpose.ASK_WELL, Purpose.WELL_CALL}]
    assert found == ["well_call"]
    assert lan.id == job.resident.contact_point_id


async def test_an_offer_to_a_helper_is_undeliverable_and_nobody_calls_them(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    offer = await bureau.offered(await bureau.job(lan), an)
    await (await out(bureau)).look()
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert (failed["offer_id"], failed["reason"]) == (str(offer.offer_id), "outage")
    assert datetime.fromisoformat(failed["retry_at"]) > await bureau.now(), "or they would be asked again at once"
    assert await calls(bureau) == []
    assert await bureau.one("select status from questions") == "withdrawn"


async def test_a_lead_who_is_asked_is_called_once_for_each_request_and_the_lease_runs(bureau: Bureau) -> None:
    lead = await bureau.person("Phường 4", "+84912000009")
    offers = []
    for number in range(2):
        resident = await bureau.person(f"Bà {number}", f"+8491300000{number}")
        offers.append(await bureau.offered(await bureau.job(resident), lead, kind=OfferKind.ESCALATION))
    await bureau.move_clock(31)
    watch = await out(bureau)
    await watch.look()
    rows = await bureau.rows("select offer_id from call_tasks where address is not null and body is not null")
    assert {row["offer_id"] for row in rows} == {offer.offer_id for offer in offers}
    submitted = await bureau.emitted(EventType.MESSAGE_SUBMITTED)
    assert {(event["offer_id"], event["channel"]) for event in submitted} == {(str(offer.offer_id), "call") for offer in offers}
    assert await bureau.emitted(EventType.MESSAGE_FAILED) == []
    assert await bureau.one("select status from questions") == "withdrawn"


async def test_whoever_has_another_channel_is_told_over_that_one(bureau: Bureau) -> None:
    bureau.others.append(RecordingCarrier(name="second", channel=ChannelKind.ZNS))
    sending = replace(bureau.settings.sending, served=frozenset({SMS, ChannelKind.ZNS}))
    bureau.settings = replace(bureau.settings, sending=sending)
    await told(bureau, 1, SMS, ChannelKind.ZNS)
    await (await out(bureau)).look()
    await bureau.send_all()
    assert (bureau.others[0].kinds(), bureau.carrier.taken, await calls(bureau)) == (["filed"], [], [])


async def test_what_does_not_matter_waits_for_a_route(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.withdrawn(job, an, offer, "taken")
    await bureau.move_clock(61)
    await (await out(bureau)).look()
    assert (await bureau.statuses())[1] == "queued"


@pytest.mark.parametrize(("priority", "called"), [(Priority.P2, ["filed"]), (Priority.P3, [])])
async def test_a_full_list_of_calls_takes_the_urgent_only(bureau: Bureau, priority: Priority, called: list[str]) -> None:
    bureau.settings = replace(bureau.settings, outage_calls=0)
    await told(bureau, priority=priority)
    await (await out(bureau)).look()
    assert await calls(bureau) == called


async def test_it_ends_when_a_route_is_back_and_what_still_waits_leaves(bureau: Bureau) -> None:
    bureau.settings = replace(bureau.settings, outage_calls=0, outage_seconds=0.1, down_first_seconds=0.0, down_last_seconds=0.05)
    bureau.carrier.down = True
    await told(bureau, priority=Priority.P3)
    sender = bureau.sender()
    watch = Blackout(bureau.pool, sender, bureau.settings, wake=lambda: None)
    async with bureau.sending(sender):
        await eventually(lambda: sender.shut_seconds()[SMS] > 0.1)
        await watch.look()
        assert await outage_events(bureau) == ["outage.began"]
        bureau.carrier.down = False
        await eventually(lambda: sender.shut_seconds()[SMS] == 0.0)
        await bureau.drained()
    assert bureau.carrier.kinds() == ["filed"]
    await watch.look()
    await watch.look()
    assert await outage_events(bureau) == ["outage.began", "outage.ended"]
    assert (await Calls(bureau.pool, bureau.vault).outages())["waiting_messages"] == 0
    assert await calls(bureau) == []


async def test_another_process_ends_it_by_what_it_gets_through(bureau: Bureau) -> None:
    watch = await out(bureau)
    await told(bureau)
    await bureau.send_all()
    await watch.look()
    assert await outage_events(bureau) == ["outage.began", "outage.ended"]


async def test_a_question_that_nobody_could_answer_goes_to_people_while_texts_leave(bureau: Bureau) -> None:
    """The short code is away, a sender name is not: offers would wait for the one until they are dead."""
    bureau.carrier.two_way = False
    lan, lead = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Phường 4", "+84912000009")
    await bureau.offered(await bureau.job(lan), lead, kind=OfferKind.ESCALATION)
    async with bureau.sending(sender := bureau.sender()):
        await told(bureau)
        await bureau.drained()
        assert (sender.shut_seconds()[SMS], sender.shut_seconds(asks=True)[SMS]) == (0.0, math.inf)
        await bureau.move_clock(2)
        await Blackout(bureau.pool, sender, bureau.settings, wake=lambda: None).look()
    assert await calls(bureau) == ["escalation"]
    assert (bureau.carrier.kinds(), await outage_events(bureau)) == (["filed"], [])


async def test_a_question_does_not_climb_to_where_nobody_can_answer(bureau: Bureau) -> None:
    bureau.settings = replace(bureau.settings, sending=replace(bureau.settings.sending, served=frozenset({SMS, ChannelKind.ZNS})))
    lan = await bureau.person("Bà Lan", "+84912000001")
    an = await bureau.person("Tổ 1", "+84912000002", SMS, ChannelKind.ZNS)
    await bureau.offered(await bureau.job(lan), an)
    routes = Told({SMS: 61.0, ChannelKind.ZNS: 0.0}, asking={SMS: 61.0, ChannelKind.ZNS: math.inf})
    watch = blackout(bureau, routes=routes)
    await watch.look()
    await watch.look()
    (failed,) = await bureau.emitted(EventType.MESSAGE_FAILED)
    assert failed["reason"] == "outage"
