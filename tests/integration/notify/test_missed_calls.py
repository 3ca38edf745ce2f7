"""A missed call costs nothing: from the phone of a helper it takes the only offer there is, and nothing else."""

from dataclasses import replace

import pytest

from notify.callbacks.missed_calls import MissedCall, take_missed_call
from shared.events.assignments import OfferKind
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def rings(bureau: Bureau, person: Person, id: str = "c-1") -> None:  # noqa: A002
    await take_missed_call(bureau.desk(), MissedCall(id=id, sender=person.phone))
    await bureau.read()
    await bureau.send_all()


async def offered(bureau: Bureau, person: Person, kind: OfferKind = OfferKind.VISIT) -> str:
    lan = await bureau.person("Bà Lan", "+84912000001")
    offer = await bureau.offered(await bureau.job(lan), person, kind=kind)
    await bureau.send_all()
    return str(offer.offer_id)


async def test_it_accepts_the_only_offer_once(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    offer_id = await offered(bureau, an)
    for _ in range(3):
        await rings(bureau, an)  # the telephone system repeats itself
    [reply] = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["offer_id"], reply["answer"]) == (offer_id, "accept")
    assert bureau.kinds_to(an) == ["offer"]


@pytest.mark.parametrize("kind", [None, OfferKind.ESCALATION])
async def test_without_an_offer_or_with_an_escalation_nothing_is_accepted(bureau: Bureau, kind: OfferKind | None) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    if kind is not None:
        await offered(bureau, an, kind)
    await rings(bureau, an)
    await rings(bureau, an)
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == [], "there is nothing to read"
    assert bureau.kinds_to(an)[-1:] == ["words"]
    assert bureau.kinds_to(an).count("words") == 1


async def test_a_telephone_system_that_counts_anew_loses_nobodys_call(bureau: Bureau) -> None:
    an, binh = await bureau.person("Tổ 1", "+84912000002"), await bureau.person("Tổ 2", "+84912000003")
    for person in (an, binh):
        await offered(bureau, person)
        await rings(bureau, person, "1")
    assert len(await bureau.emitted(EventType.REPLY_RECEIVED)) == 2, "two numbers, two calls"
    await bureau.move_clock(25 * 3600)
    await offered(bureau, an)
    await rings(bureau, an, "1")
    await rings(bureau, an, "1")
    assert len(await bureau.emitted(EventType.REPLY_RECEIVED)) == 3
    assert "words" not in bureau.kinds_to(an)


async def test_whoever_rings_under_the_number_of_another_has_them_written_to_three_times_a_day(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    for hour in range(6):
        await rings(bureau, an, f"c-{hour}")
        await bureau.move_clock(3600)
    assert bureau.kinds_to(an) == ["words"] * 3
    await offered(bureau, an)
    await rings(bureau, an, "c-7")
    assert len(await bureau.emitted(EventType.REPLY_RECEIVED)) == 1, "what can be accepted is, all the same"
    await bureau.move_clock(24 * 3600)
    await rings(bureau, an, "c-8")
    assert bureau.kinds_to(an)[-1] == "words"


async def test_all_numbers_together_are_answered_so_many_times_a_day(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notify.callbacks.rings.MOST_IN_ALL", 2)
    people = [await bureau.person(f"Tổ {number}", f"+8491200000{number}") for number in range(4)]
    for person in people:
        await rings(bureau, person)
    assert [bureau.kinds_to(person) for person in people] == [["words"], ["words"], [], []]


async def test_with_several_offers_nothing_is_accepted(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await offered(bureau, an)
    await offered(bureau, an)
    await bureau.pool.execute("update questions set asked_at = created_at")  # both have been read
    await rings(bureau, an)
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert bureau.kinds_to(an)[-1] == "words"


async def test_offers_say_so_only_where_somebody_counts_missed_calls(bureau: Bureau) -> None:
    an, binh = await bureau.person("Tổ 1", "+84912000002"), await bureau.person("Tổ 2", "+84912000003")
    await offered(bureau, an)
    bureau.settings = replace(bureau.settings, missed_call_number="02473001022")
    await offered(bureau, binh)
    assert "02473001022" not in bureau.texts_to(an)[0]
    assert "02473001022 = nhận" in bureau.texts_to(binh)[0]
