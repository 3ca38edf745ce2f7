"""Places that somebody gave up: whom they are offered to, who gets them, and who hears when nobody does."""

import asyncio

from dispatch.deadlines import on_time
from dispatch.jobs.escalation import Level
from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.policy import Policy
from shared.events.contract import Role
from shared.geo.communes import COMMUNES
from shared.timers import TimerLoop
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import asks, at, clock, outcomes, says, status_of
from tests.support.dispatching import COMMUNE


async def test_a_no_seeks_at_once_and_the_first_yes_takes_it(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), *(entry(number, shifts="Fri 08:00-12:00") for number in range(2, 7)))
    await clock(town, at(2, 13))
    [ask] = await asks(town, "confirm")
    await says(town, ask, yes=False)
    wave = await asks(town, "take")
    assert len(wave) == 3
    said_at = await town.now()  # before any of them can have heard of another
    await asyncio.gather(*(says(town, one, yes=True, said_at=said_at) for one in wave))
    shifts = await town.pool.fetch("select * from shifts where agreed and status = 'confirmed'")
    assert len(shifts) == 1, "the place is one"
    told = await outcomes(town)
    assert sorted(told) == [("filled", 1), ("filled", 1), ("given_up", 1), ("taken", 1)]
    assert await town.pool.fetchval("select status from openings") == "filled"
    await town.later(3600)
    assert len(await asks(town, "take")) == 3, "nobody is asked for a place that is taken"


async def test_waves_go_on_until_nobody_is_left_and_then_the_ward_lead_hears_of_it_once(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), *(entry(number, shifts="Fri 08:00-12:00") for number in range(2, 6)))
    await clock(town, at(2, 13))
    [ask] = await asks(town, "confirm")
    await says(town, ask, yes=False)
    for one in await asks(town, "take"):
        await says(town, one, yes=False)  # all three said no: the next are asked without waiting
    assert len(await asks(town, "take")) == 4
    assert await town.events("shift.unfilled") == []
    await town.later(20 * 60)
    [told] = await town.events("shift.unfilled")
    assert [recipient["role"] for recipient in told["recipients"]] == [Role.LEAD]
    await town.later(4 * 3600)
    assert len(await town.events("shift.unfilled")) == 1
    found = (await town.send("GET", f"/v1/coverage?days=2&commune={COMMUNE}")).json()
    assert any(gap["starts_at"] <= "2026-03-03T06:00:00+00:00" <= gap["ends_at"] for gap in found["gaps"])
    [opening] = (await town.send("GET", f"/v1/shifts?commune={COMMUNE}", role="ward_lead")).json()["openings"]
    assert (opening["places"], opening["taken"], opening["told"]) == (1, 0, True)


async def test_only_people_of_the_commune_who_can_do_it_and_are_free_then_are_asked(town: Town) -> None:
    able = {"skills": ("vneid",)}
    await town.enrol(
        entry(1, shifts="Tue 13:00-18:00", skills=("vneid", "portal")),
        entry(2, shifts="Tue 17:00-21:00", **able),  # works then
        entry(3, shifts="Fri 08:00-12:00", skills=("network",)),
        entry(4, shifts="Fri 08:00-12:00", commune_code="00008", **able),
        entry(5, shifts="Fri 08:00-12:00", active=False, **able),
        entry(6, shifts="Fri 08:00-12:00", confirmed=False, **able),
        entry(7, shifts="Tue 18:00-21:00", **able),  # begins when it ends
        entry(8, shifts="Fri 08:00-12:00", **able),
    )
    await town.send("POST", "/v1/responders/V-8/duty", {"duty": "off"})
    await clock(town, at(2, 13))
    [ask] = [one for one in await asks(town, "confirm") if one["ends_at"] == at(3, 18)]
    await says(town, ask, yes=False)
    names = await town.pool.fetch(
        "select external_id from responders join shift_asks on responder_id = responders.id where shift_asks.kind = 'take'"
    )
    assert [row[0] for row in names] == ["V-7"]


async def test_when_the_own_commune_has_nobody_left_those_next_to_it_are_asked_and_others_never(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    near = Neighbourhood.of_city(Policy()).beside(COMMUNE)
    far = next(commune.code for commune in COMMUNES if commune.code not in {COMMUNE, *near})
    _, own, beside, _ = await town.enrol(
        entry(1, shifts="Tue 13:00-18:00"),
        entry(2, shifts="Fri 08:00-12:00"),
        entry(3, shifts="Fri 08:00-12:00", commune_code=near[0]),
        entry(4, shifts="Fri 08:00-12:00", commune_code=far),
    )
    await clock(town, at(2, 13))
    [ask] = await asks(town, "confirm")
    await says(town, ask, yes=False)
    [first] = await asks(town, "take")
    assert first["responder_id"] == own
    await says(town, first, yes=False)
    assert [one["responder_id"] for one in await asks(town, "take")] == [own, beside]
    assert await town.events("shift.unfilled") == [], "somebody may still come"
    asked = (await town.events("shift.asked"))[-1]
    assert asked["commune_code"] == COMMUNE, "they read where it is"
    await says(town, (await asks(town, "take"))[-1], yes=False)
    assert len(await asks(town, "take")) == 2
    assert len(await town.events("shift.unfilled")) == 1


async def test_a_place_that_a_lead_posts_is_for_the_own_commune(town: Town) -> None:
    near = Neighbourhood.of_city(Policy()).beside(COMMUNE)
    await town.enrol(entry(1, shifts="Fri 08:00-12:00", commune_code=near[0]))
    window = {"commune_code": COMMUNE, "starts_at": at(5, 8).isoformat(), "ends_at": at(5, 12).isoformat()}
    await town.send("POST", "/v1/shifts", window)
    await town.fire()
    assert await asks(town, "take") == []


async def test_a_deployment_says_itself_what_lies_next_to_what(town: Town) -> None:
    codes = [commune.code for commune in COMMUNES]
    far = next(code for code in codes if code not in {COMMUNE, *Neighbourhood.of_city(Policy()).beside(COMMUNE)})
    near = Neighbourhood.of_pairs(codes, [(COMMUNE, far)], Policy())
    timers = TimerLoop(town.pool, "dispatch.timer", on_time(near))
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00", commune_code=far))
    [shift] = (await town.send("GET", f"/v1/shifts?commune={COMMUNE}&days=2")).json()["shifts"]
    await town.send("POST", f"/v1/shifts/{shift['id']}/decline")
    while await timers.fire_due():
        pass
    assert len(await asks(town, "take")) == 1


async def test_who_was_silent_may_still_come_while_nobody_has_taken_the_place(town: Town) -> None:
    an, _ = await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"))
    for moment in (at(2, 13), at(3, 11), at(3, 12)):
        await clock(town, moment)
    ask = (await asks(town, "confirm"))[-1]
    assert await status_of(town, an, 3) == "silent"
    await says(town, ask, yes=True)
    assert await status_of(town, an, 3) == "confirmed"
    [take] = await asks(town, "take")
    assert take["status"] == "over"
    await says(town, take, yes=True)
    assert [outcome for outcome, _ in await outcomes(town)] == ["over", "silent", "filled", "kept", "filled"]
    assert await town.pool.fetchval("select count(*) from shifts where agreed") == 0


async def test_whoever_stepped_in_keeps_it_when_the_other_changes_their_mind(town: Town) -> None:
    an, binh = await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(2, 13))
    [ask] = await asks(town, "confirm")
    await says(town, ask, yes=False)
    [take] = await asks(town, "take")
    await says(town, take, yes=True)
    await says(town, ask, yes=True)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("declined", "confirmed")
    assert (await outcomes(town))[-1] == ("filled", 1)
    await says(town, take, yes=False)  # and gives it back in their turn
    assert await status_of(town, binh, 3) == "declined"
    assert await town.pool.fetchval("select count(*) from openings where status = 'open'") == 1


async def test_a_no_at_night_wakes_nobody(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    await town.enrol(entry(1, shifts="Tue 06:00-14:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(2, 10))
    await clock(town, at(2, 18))
    [ask] = await asks(town, "confirm")
    await clock(town, at(2, 23))
    await says(town, (await asks(town, "confirm"))[-1], yes=False)
    assert await asks(town, "take") == []
    assert len(await town.events("shift.unfilled")) <= 1
    await clock(town, at(3, 7))
    [take] = await asks(town, "take")
    await says(town, take, yes=True)
    starts_at = await town.pool.fetchval("select starts_at from shifts where agreed")
    assert at(3, 7) <= starts_at < at(3, 8), "the hour that is over is nobody's"
    assert ask["kind"] == "confirm"
