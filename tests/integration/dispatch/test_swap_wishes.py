"""Swaps as they are wanted by text and at the desk, and what a list makes of them."""

from datetime import date
from typing import Any

from dispatch.roster.importing import import_roster
from dispatch.shifts.swapping import MOST
from shared.events.messages import FailureReason
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import asks, at, clock, outcomes, says, status_of
from tests.integration.dispatch.test_sign_up import as_ward_lead
from tests.integration.dispatch.test_swaps import pair, shift_of, stages, swap, texts
from tests.support.dispatching import COMMUNE, reported


async def test_the_same_list_changes_nothing_and_another_one_is_reported(town: Town) -> None:
    head = "id,kind,name,phone,commune_code,shifts,confirmed\n"
    lines = [f"V-{one},volunteer,Tình nguyện {one},09120{one:05d},{COMMUNE},{{}},yes" for one in (1, 2)]

    async def load(*shifts: str) -> Any:
        text = head + "\n".join(line.format(said) for line, said in zip(lines, shifts, strict=True))
        return await import_roster(town.pool, town.vault, "hanoi", text.encode())

    assert (await load("Tue 13:00-18:00", "Fri 08:00-12:00")).swaps == ()
    an, binh = await town.pool.fetch("select id from responders order by external_id")
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    same = await load("Tue 13:00-18:00", "Fri 08:00-12:00")
    assert (same.unchanged, same.swaps) == (2, ())
    exception = await load("Tue 13:00-18:00 | not 2026-03-10", "Fri 08:00-12:00 | not 2026-03-03")
    assert [(one["giver"], one["taker"], one["starts_at"]) for one in exception.swaps] == [("V-1", "V-2", at(3, 13))]
    assert (await status_of(town, an["id"], 3), await status_of(town, binh["id"], 3)) == ("given", "confirmed"), "it stands"
    await load("Wed 13:00-18:00", "Fri 08:00-12:00 | not 2026-03-03")
    await load("Tue 13:00-18:00", "Fri 08:00-12:00 | not 2026-03-03")
    assert (await status_of(town, an["id"], 3), await status_of(town, binh["id"], 3)) == ("given", "confirmed")
    assert await status_of(town, an["id"], 10) == "planned"


async def test_a_list_that_takes_the_shift_away_ends_the_question(town: Town) -> None:
    await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    await town.enrol(entry(1, shifts="Wed 13:00-18:00"))
    assert [one["status"] for one in await asks(town, "swap")] == ["over"]
    assert (await stages(town), await outcomes(town)) == (["asked", "over"], [("over", 1)])


async def test_somebody_texts_it(town: Town) -> None:
    an, binh = await pair(town)
    await clock(town, at(2, 13))
    [confirm] = await asks(town, "confirm")
    await texts(town, 1, ask_id=confirm["id"], name="tinh nguyen 2")
    [ask] = await asks(town, "swap")
    assert ask["responder_id"] == binh
    await says(town, ask, yes=True)
    assert await status_of(town, an, 3) == "given"
    await texts(town, 2, day=date(2026, 3, 6), name="V-1")
    assert [(one["responder_id"], one["starts_at"]) for one in await asks(town, "swap")][1:] == [(an, at(6, 8))]


async def test_a_text_that_cannot_be_is_answered_with_the_rule(town: Town) -> None:
    await town.enrol(
        entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Tue 12:00-14:00"), entry(3, name="Chị Hoa"), entry(4, name="Cô Hoa")
    )
    for said in (
        {"name": "V-2"},
        {"name": "Hòa Bình"},
        {"name": "hoa"},
        {"day": date(2026, 3, 5)},
        {"day": date(2026, 3, 3), "name": "V-1"},
        {"take_over": True},
        {"name": "V-2", "return_day": date(2026, 3, 4)},
    ):
        await texts(town, 1, **said)
    told = await town.events("shift.swap")
    assert [one["reason"] for one in told] == [
        *("works_then", "unknown_name", "ambiguous_name", "no_shift", "yourself", "no_shift", "no_return"),
    ]
    assert {one["stage"] for one in told} == {"impossible"}
    assert await asks(town, "swap") == []
    await clock(town, at(3, 12))
    await texts(town, 1)
    assert (await town.events("shift.swap"))[-1]["reason"] == "too_late"


async def test_a_ward_lead_swaps_in_their_own_ward_and_the_desk_answers_for_who_was_called(town: Town) -> None:
    an, binh = await pair(town)
    shift = await shift_of(town, 1, 3)
    await as_ward_lead(town, "00008")
    assert (await town.send("POST", f"/v1/shifts/{shift}/swap", {"colleague": "V-2"}, role="one ward")).status_code == 403
    asked = await swap(town, 1, 3, colleague="V-2")
    for path, body in (("agree", {"responder": "V-2"}), ("refuse", None)):
        assert (await town.send("POST", f"/v1/swaps/{asked['id']}/{path}", body, role="one ward")).status_code == 403
        assert (await town.send("POST", f"/v1/swaps/{asked['id']}/{path}", body, role="adapter")).status_code == 403
        assert (await town.send("POST", f"/v1/swaps/{shift}/{path}", body)).status_code == 404
    refused = (await town.send("POST", f"/v1/swaps/{asked['id']}/refuse")).json()
    assert (refused["status"], await stages(town)) == ("refused", ["asked", "refused"])
    again = await swap(town, 1, 3, colleague="V-2")
    assert (await town.send("POST", f"/v1/swaps/{again['id']}/agree", {"responder": "V-1"})).status_code == 409
    agreed = (await town.send("POST", f"/v1/swaps/{again['id']}/agree", {"responder": "V-2"})).json()
    assert (agreed["status"], agreed["taker"]) == ("agreed", "V-2")
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("given", "confirmed")
    assert [one["status"] for one in await asks(town, "swap")] == ["over", "yes"]


async def test_a_colleague_who_cannot_be_reached_is_not_waited_for(town: Town) -> None:
    an, _ = await pair(town)
    await swap(town, 1, 3, colleague="V-2")
    [ask] = await asks(town, "swap")
    failed = reported(
        EventType.MESSAGE_FAILED,
        ask["id"],
        ask["contact_point_id"],
        at=await town.now(),
        reason=FailureReason.UNDELIVERABLE,
        purpose="shift_swap",
    )
    await town.handle([failed])
    await town.fire()
    assert (await stages(town), await status_of(town, an, 3)) == (["asked", "silent"], "planned")


async def test_nobody_is_asked_about_one_shift_again_and_again(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), *(entry(number, shifts="Fri 08:00-12:00") for number in range(2, 7)))
    for _ in range(MOST):
        assert (await swap(town, 1, 3))["http"] == 201
    assert (await swap(town, 1, 3))["reason"] == "too_often"
    assert len(await asks(town, "swap")) == len({one["responder_id"] for one in await asks(town, "swap")}) == 5


async def test_what_somebody_took_they_may_give_on_by_the_code_they_took_it_with(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(2, 11))
    await town.send("POST", f"/v1/shifts/{await shift_of(town, 1, 3)}/decline")
    await town.fire()
    [take] = await asks(town, "take")
    await says(town, take, yes=True)
    _, _, chi = await town.enrol(
        entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"), entry(3, shifts="Fri 08:00-12:00")
    )
    await texts(town, 2, ask_id=take["id"], name="V-3")
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    assert await status_of(town, chi, 3) == "confirmed"


async def test_who_is_off_duty_is_asked_for_nothing_and_a_yes_all_the_same_ends_the_rest(town: Town) -> None:
    _, binh = await pair(town)
    asked = await swap(town, 1, 3, colleague="V-2")
    await town.send("POST", "/v1/responders/V-2/duty", {"duty": "off"})
    assert (await town.send("POST", f"/v1/swaps/{asked['id']}/agree", {"responder": "V-2"})).status_code == 200
    assert await status_of(town, binh, 3) == "confirmed"
    assert (await town.send("GET", "/v1/responders/V-2")).json()["duty"] == "break", "until it begins"
    await clock(town, at(3, 13, 1))
    assert (await town.send("GET", "/v1/responders/V-2")).json()["duty"] == "on"
    await town.send("POST", "/v1/responders/V-1/duty", {"duty": "off"})
    assert (await swap(town, 2, 6, colleague="V-1"))["reason"] == "off_duty"


async def test_a_yes_that_is_read_late_takes_back_what_was_asked_meanwhile(town: Town) -> None:
    """Bình said yes in time; before we read it somebody else was asked, and must not be told in the end that it is still An's."""
    an, binh = await pair(town)
    await town.enrol(entry(3, shifts="Fri 08:00-12:00"))
    await swap(town, 1, 3, colleague="V-2")
    [first] = await asks(town, "swap")
    said_at = at(2, 13, 59)
    await clock(town, at(2, 14, 30))
    await swap(town, 1, 3, colleague="V-3")
    await says(town, first, yes=True, said_at=said_at)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("given", "confirmed")
    assert [one["status"] for one in await asks(town, "swap")] == ["yes", "over"]
    await clock(town, at(3, 12))
    assert await stages(town) == ["asked", "silent", "asked", "agreed"]


async def test_a_shift_that_goes_in_return_is_offered_to_nobody_else(town: Town) -> None:
    await pair(town)
    await town.enrol(entry(3, shifts="Wed 08:00-12:00"))
    await swap(town, 2, 6, colleague="V-3")
    await swap(town, 1, 3, colleague="V-2", in_return=str(await shift_of(town, 2, 6)))
    [_, ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    assert [one["status"] for one in await asks(town, "swap")] == ["over", "yes"]
    assert sorted(await stages(town)) == ["agreed", "asked", "asked", "over"]


async def test_exceptions_of_both_sides_hold_and_only_the_one_day_changes_hands(town: Town) -> None:
    """He has that Tuesday off, so he may; hers is a dated shift beside a rotation, and the rotation stays as it is."""
    an, binh = await town.enrol(
        entry(1, shifts="Tue 13:00-18:00; not 2026-03-03; 2026-03-03 14:00-19:00"),
        entry(2, shifts="Tue 12:00-17:00; not 2026-03-03"),
    )
    assert (await swap(town, 1, 10, colleague="V-2"))["reason"] == "works_then"
    assert (await swap(town, 1, 3, colleague="V-2"))["http"] == 201
    [ask] = await asks(town, "swap")
    await says(town, ask, yes=True)
    await town.enrol(
        entry(1, shifts="Tue 13:00-18:00; not 2026-03-03; 2026-03-03 14:00-19:00"),
        entry(2, shifts="Tue 12:00-17:00; not 2026-03-03"),
    )
    rows = await town.pool.fetch(
        "select responder_id, starts_at, status from shifts where starts_at < $1 order by 2, 3", at(11, 0)
    )
    assert [tuple(row) for row in rows] == [
        (binh, at(3, 14), "confirmed"),
        (an, at(3, 14), "given"),
        (binh, at(10, 12), "planned"),
        (an, at(10, 13), "planned"),
    ]
