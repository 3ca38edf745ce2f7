"""A shift to come changes hands: asked, agreed, both told; and whatever a list says afterwards."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import SwapSaid
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import asks, at, clock, on_shift, outcomes, says, status_of
from tests.integration.dispatch.test_who_goes import MAI, opened, sealed_for
from tests.support.dispatching import COMMUNE


async def shift_of(town: Town, number: int, day: int) -> UUID:
    found: UUID = await town.pool.fetchval(
        "select shifts.id from shifts join responders one on one.id = responder_id"
        " where external_id = $1 and starts_at between $2 and $3",
        f"V-{number}",
        at(day, 0),
        at(day, 23, 59),
    )
    return found


async def swap(town: Town, number: int, day: int, *, role: str = "operator", **form: Any) -> dict[str, Any]:
    """What the desk is told; the first question is out."""
    answer = await town.send("POST", f"/v1/shifts/{await shift_of(town, number, day)}/swap", form, role=role)
    await town.fire()
    found: dict[str, Any] = answer.json()
    return {**found, "http": answer.status_code}


async def texts(town: Town, number: int, **said: Any) -> None:
    """What notify makes of "DOI …"."""
    phone = await town.pool.fetchval("select contact_point_id from responders where external_id = $1", f"V-{number}")
    name = await sealed_for(town, phone, said.pop("name")) if "name" in said else None
    now = await town.now()
    body = SwapSaid(city="hanoi", contact_point_id=phone, **{"take_over": False, "name": name, "received_at": now, **said})
    await town.handle([Event(type=EventType.SHIFT_SWAP_SAID, subject=phone, version=1, key=phone, body=body, time=now)])
    await town.fire()


async def stages(town: Town) -> list[str]:
    return [one["stage"] for one in await town.events("shift.swap")]


async def pair(town: Town, theirs: str = "Fri 08:00-12:00") -> tuple[UUID, UUID]:
    """An works on Tuesday afternoons, Bình some other time."""
    an, binh = await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts=theirs))
    return an, binh


async def test_a_named_colleague_agrees_both_are_told_and_the_roster_says_who_works(town: Town) -> None:
    an, binh = await pair(town)
    asked = await swap(town, 1, 3, colleague="V-2")
    assert (asked["http"], asked["status"], asked["colleague"]) == (201, "asked", "V-2")
    assert asked["answer_by"].startswith("2026-03-02T07:00")  # a busy machine may need seconds
    [ask] = await asks(town, "swap")
    [question] = await town.events("shift.asked")
    assert (question["kind"], question["answer_by"][:16]) == ("swap", "2026-03-02T07:00")
    assert await opened(town, [question["colleague"]]) == ["Tình nguyện 1"]
    assert "Tình" not in str(question)
    assert await status_of(town, an, 3) == "planned", "hers until he says yes"
    await says(town, ask, yes=True)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("given", "confirmed")
    assert await outcomes(town) == [("taken", 1)]
    asked_news, agreed = await town.events("shift.swap")
    assert (asked_news["stage"], agreed["stage"], len(agreed["recipients"])) == ("asked", "agreed", 1)
    assert await opened(town, [agreed["colleague"]]) == ["Tình nguyện 2"]
    [shown] = (await town.send("GET", f"/v1/shifts?commune={COMMUNE}&days=2")).json()["swaps"]
    assert (shown["giver"], shown["taker"], shown["status"]) == ("V-1", "V-2", "agreed")
    await clock(town, at(3, 13, 30))
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (False, True)
    assert await town.pool.fetchval("select count(*) from audit where action = 'shift.swapped'") == 1


async def test_one_day_of_a_rotation_is_swapped_and_only_that_day(town: Town) -> None:
    an, binh = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    await clock(town, at(10, 1))
    assert (await status_of(town, an, 10), await status_of(town, binh, 10)) == ("planned", None)


async def test_a_no_and_silence_leave_it_with_the_asker_who_hears_so_well_before(town: Town) -> None:
    an, _ = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=False)
    assert await stages(town) == ["asked", "refused"]
    await swap(town, 1, 3, colleague="V-2")
    await clock(town, at(2, 13, 59))
    assert await stages(town) == ["asked", "refused", "asked"]
    await clock(town, at(2, 14, 1))
    assert await stages(town) == ["asked", "refused", "asked", "silent"]
    assert await status_of(town, an, 3) == "planned"
    assert len(await asks(town, "confirm")) == 1, "and is asked about it as ever"
    last = (await asks(town, "swap"))[-1]
    await says(town, last, yes=True)
    assert await status_of(town, an, 3) == "planned"
    assert (await outcomes(town))[-1] == ("over", 1), "too late, and told so"


async def test_an_answer_in_time_counts_whenever_it_is_read(town: Town) -> None:
    an, binh = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    said_at = at(2, 13, 59)
    await clock(town, at(2, 14, 30))
    await says(town, ask, yes=True, said_at=said_at)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("given", "confirmed")
    assert await stages(town) == ["asked", "silent", "agreed"]


async def test_without_a_name_those_who_can_are_asked_and_the_first_yes_has_it(town: Town) -> None:
    able = {"skills": ("vneid", "portal")}
    an, *_ = await town.enrol(
        entry(1, shifts="Tue 13:00-18:00", **able),
        entry(2, shifts="Fri 08:00-12:00", skills=("vneid",)),  # cannot do it all
        entry(3, shifts="Tue 17:00-21:00", **able),  # works then
        entry(4, shifts="Fri 08:00-12:00", commune_code="00008", **able),
        entry(5, shifts="Fri 08:00-12:00", confirmed=False, **able),
        *(entry(number, shifts="Tue 18:00-21:00", **able) for number in range(6, 10)),
    )
    await swap(town, 1, 3)
    wave = await asks(town, "swap")
    names = await town.pool.fetch("select external_id from responders where id = any ($1)", [one["responder_id"] for one in wave])
    assert len(wave) == 3
    assert {row[0] for row in names} < {"V-6", "V-7", "V-8", "V-9"}
    said_at = await town.now()
    await asyncio.gather(*(says(town, one, yes=True, said_at=said_at) for one in wave))
    assert await town.pool.fetchval("select count(*) from shifts where status = 'confirmed'") == 1
    assert sorted(await outcomes(town)) == [("filled", 1), ("filled", 1), ("taken", 1)]
    assert await status_of(town, an, 3) == "given"


async def test_without_a_name_the_next_are_asked_and_when_nobody_is_left_the_asker_hears_it(town: Town) -> None:
    an, *_ = await town.enrol(
        entry(1, shifts="Tue 13:00-18:00"), *(entry(number, shifts="Fri 08:00-12:00") for number in range(2, 6))
    )
    await swap(town, 1, 3)
    for one in await asks(town, "swap"):
        await says(town, one, yes=False)
    assert len(await asks(town, "swap")) == 4, "all three said no: the next is asked without waiting"
    await town.later(20 * 60)
    assert await stages(town) == ["asked", "silent"]
    assert await status_of(town, an, 3) == "planned"
    assert await town.events("shift.unfilled") == [], "nobody is missing: she still comes"


async def test_nobody_who_could_is_said_at_once(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await swap(town, 1, 3)
    assert await stages(town) == ["asked", "nobody"]


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"skills": ()}, "not_able"),
        ({"shifts": "Tue 17:00-21:00"}, "works_then"),
        ({"commune_code": "00008"}, "another_commune"),
        ({"confirmed": False}, "phone_not_confirmed"),
        ({"active": False}, "inactive"),
        ({"kind": "team", "members": (MAI,)}, "not_vetted"),
    ],
)
async def test_only_with_an_equal_and_the_rule_is_told(town: Town, other: dict[str, Any], rule: str) -> None:
    await town.enrol(
        entry(1, shifts="Tue 13:00-18:00", skills=("vneid",)),
        entry(2, **{"shifts": "Fri 08:00-12:00", "skills": ("vneid",), **other}),
    )
    refused = await swap(town, 1, 3, colleague="V-2")
    assert (refused["http"], refused["reason"]) == (409, rule)
    assert await asks(town, "swap") == await town.events("shift.swap") == []


async def test_shifts_that_only_touch_do_not_overlap_and_neither_does_the_other_side_of_midnight(town: Town) -> None:
    await town.enrol(
        entry(1, shifts="Tue 22:00-06:00"),
        entry(2, shifts="Tue 14:00-22:00; Wed 06:00-14:00"),
        entry(3, shifts="Wed 05:00-07:00"),
    )
    assert (await swap(town, 1, 3, colleague="V-3"))["reason"] == "works_then"
    assert (await swap(town, 1, 3, colleague="V-2"))["http"] == 201
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    await clock(town, at(4, 0, 30))
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (False, True)
    assert (await town.send("GET", "/v1/responders/V-2")).json()["on_shift_until"] == "2026-03-04T07:00:00+00:00"


async def test_two_swap_one_for_the_other(town: Town) -> None:
    """What he gives for it does not stand in the way of what he takes, nor hers."""
    an, binh = await pair(town, "Tue 08:00-13:30")
    assert (await swap(town, 1, 3, colleague="V-2"))["reason"] == "works_then"
    both = await swap(town, 1, 3, colleague="V-2", in_return=str(await shift_of(town, 2, 3)))
    assert both["http"] == 201
    [question] = [one for one in await town.events("shift.asked") if one["kind"] == "swap"]
    assert question["return_starts_at"] == "2026-03-03T01:00:00Z"
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    rows = await town.pool.fetch("select responder_id, starts_at, ends_at, status from shifts where starts_at < $1", at(4, 0))
    assert {(row[0], row[1], row[2], row[3]) for row in rows} == {
        (an, at(3, 13), at(3, 18), "given"),
        (binh, at(3, 13), at(3, 18), "confirmed"),
        (binh, at(3, 8), at(3, 13, 30), "given"),
        (an, at(3, 8), at(3, 13, 30), "confirmed"),
    }
    [taken] = [one for one in await town.events("shift.settled") if one["outcome"] == "taken"]
    assert (await town.events("shift.swap"))[-1]["return_starts_at"] == taken["return_starts_at"] == "2026-03-03T01:00:00Z"


@pytest.mark.parametrize(
    "form", [{"in_return": "mine"}, {"colleague": "V-2", "in_return": "mine"}, {"colleague": "V-3", "in_return": "theirs"}]
)
async def test_only_a_shift_of_the_one_who_is_named_is_given_in_return(town: Town, form: dict[str, Any]) -> None:
    await pair(town)
    await town.enrol(entry(3, shifts="Thu 08:00-12:00"))
    back = await shift_of(town, 1, 10) if form["in_return"] == "mine" else await shift_of(town, 2, 6)
    assert (await swap(town, 1, 3, **{**form, "in_return": str(back)}))["reason"] == "no_return"


async def test_what_changed_meanwhile_is_looked_at_again_with_the_yes(town: Town) -> None:
    an, binh = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    await town.enrol(entry(2, shifts="Tue 12:00-14:00"))
    await says(town, ask, yes=True)
    assert await status_of(town, an, 3) == "planned"
    assert await outcomes(town) == [("over", 1)]
    assert (await stages(town), (await town.events("shift.swap"))[-1]["reason"]) == (["asked", "refused"], "works_then")
    assert await town.pool.fetchval("select count(*) from shifts where responder_id = $1 and agreed", binh) == 0


async def test_asking_anew_takes_back_what_was_asked_before(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"), entry(3, shifts="Fri 08:00-12:00"))
    await swap(town, 1, 3, colleague="V-2")
    await swap(town, 1, 3, colleague="V-3")
    first, second = await asks(town, "swap")
    assert (first["status"], second["status"]) == ("over", "pending")
    await says(town, first, yes=True)
    assert await town.pool.fetchval("select count(*) from shifts where agreed") == 0


async def test_asked_anew_the_old_code_answers_the_same_question(town: Town) -> None:
    an, binh = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    await swap(town, 1, 3, colleague="V-2")
    first, second = await asks(town, "swap")
    assert (first["status"], second["status"]) == ("over", "pending")
    await says(town, first, yes=True)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("given", "confirmed")
    assert [one["status"] for one in await asks(town, "swap")] == ["over", "yes"]


async def test_who_gives_the_shift_up_meanwhile_has_nothing_to_swap(town: Town) -> None:
    await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    await town.send("POST", f"/v1/shifts/{await shift_of(town, 1, 3)}/decline")
    await says(town, ask, yes=True)
    assert await outcomes(town) == [("over", 1), ("given_up", 1), ("over", 1)]
    assert await town.pool.fetchval("select count(*) from shifts where agreed") == 0


async def test_who_took_it_may_give_it_back_and_then_somebody_is_sought(town: Town) -> None:
    an, binh = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    await says(town, ask, yes=False)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("given", "declined")
    assert await town.pool.fetchval("select count(*) from openings where status = 'open'") == 1
    [again] = await asks(town, "take")
    assert again["responder_id"] == an
    await says(town, again, yes=True)
    assert await status_of(town, an, 3) == "confirmed"


async def test_a_word_about_a_shift_that_is_a_colleague_s_says_so(town: Town) -> None:
    an, _ = await pair(town)
    await swap(town, 1, 4 - 1, colleague="V-2")
    [ask] = await asks(town, "swap")
    await clock(town, at(2, 13))
    [confirm] = await asks(town, "confirm")
    await says(town, ask, yes=True)
    assert (await asks(town, "confirm"))[0]["status"] == "over", "nobody asks her about it any more"
    for yes in (True, False):
        await says(town, confirm, yes=yes)
        assert await status_of(town, an, 3) == "given"
        assert (await outcomes(town))[-1] == ("filled", 1)
