"""A ward lead posts places in a window; people take them by SMS or at the desk, and never more than there are."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from shared.security.tokens import Role, issue
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import asks, at, clock, outcomes, says
from tests.support.dispatching import COMMUNE


async def post(town: Town, role: str = "ward_lead", **changes: Any) -> httpx.Response:
    window = {"commune_code": COMMUNE, "starts_at": at(5, 8).isoformat(), "ends_at": at(5, 12).isoformat(), "places": 2}
    return await town.send("POST", "/v1/shifts", {**window, **changes}, role=role)


async def take(town: Town, opening: str, number: int) -> httpx.Response:
    return await town.send("POST", f"/v1/openings/{opening}/take", {"responder": f"V-{number}"})


async def taken(town: Town) -> int:
    found: int = await town.pool.fetchval("select count(*) from shifts where agreed and status = 'confirmed'")
    return found


async def test_people_are_asked_and_the_first_to_say_yes_have_the_places(town: Town) -> None:
    await town.enrol(*(entry(number, shifts="Mon 08:00-12:00", skills=("vneid",)) for number in range(8)))
    opening = (await post(town, skill="vneid")).json()
    assert (opening["places"], opening["taken"], opening["status"]) == (2, 0, "open")
    await town.fire()
    wave = await asks(town, "take")
    assert len(wave) == 6, "three for each place"
    said_at = await town.now()
    await asyncio.gather(*(says(town, one, yes=True, said_at=said_at) for one in wave))
    assert await taken(town) == 2
    assert sorted(await outcomes(town)) == [*[("filled", 1)] * 4, *[("taken", 1)] * 2]
    await clock(town, at(5, 9))
    on = [(await town.send("GET", f"/v1/responders/V-{number}")).json()["on_shift"] for number in range(8)]
    assert sum(on) == 2


async def test_fifty_at_the_desk_in_the_same_moment_take_no_place_too_many(town: Town) -> None:
    await town.enrol(*(entry(number, shifts="Mon 08:00-12:00") for number in range(50)))
    opening = (await post(town, places=5)).json()["id"]
    answers = await asyncio.gather(*(take(town, opening, number) for number in range(50)))
    assert sorted(answer.status_code for answer in answers) == [*[200] * 5, *[409] * 45]
    assert (await taken(town), await town.pool.fetchval("select taken from openings")) == (5, 5)
    assert {answer.json()["reason"] for answer in answers if answer.status_code == 409} == {"filled"}


async def test_a_place_goes_to_nobody_who_works_then_or_cannot_do_it(town: Town) -> None:
    await town.enrol(
        entry(1, shifts="Thu 11:00-15:00", skills=("vneid",)), entry(2, shifts="Fri 08:00-12:00", skills=("portal",))
    )
    opening = (await post(town, skill="vneid")).json()["id"]
    busy, unable, unknown = await take(town, opening, 1), await take(town, opening, 2), await take(town, opening, 9)
    assert [(one.status_code, one.json().get("reason")) for one in (busy, unable)] == [(409, "over"), (409, "not_able")]
    assert unknown.status_code == 404
    assert await taken(town) == 0


async def test_who_takes_a_place_at_the_desk_is_asked_no_more(town: Town) -> None:
    await town.enrol(entry(1, shifts="Mon 08:00-12:00"))
    opening = (await post(town, places=1)).json()["id"]
    await town.fire()
    [ask] = await asks(town, "take")
    assert (await take(town, opening, 1)).status_code == 200
    assert [one["status"] for one in await asks(town, "take")] == ["yes"]
    assert await outcomes(town) == [("taken", 1), ("over", 0)]
    await says(town, ask, yes=False)  # cannot come after all
    assert await taken(town) == 0
    assert (await take(town, opening, 1)).status_code == 409


async def test_whoever_was_off_duty_and_takes_a_place_is_back_when_it_begins(town: Town) -> None:
    await town.enrol(entry(1, shifts="Mon 08:00-12:00"))
    opening = (await post(town, places=1)).json()["id"]
    assert (await town.send("POST", "/v1/responders/V-1/duty", {"duty": "off"})).status_code == 200
    assert (await take(town, opening, 1)).status_code == 200
    assert (await town.send("GET", "/v1/responders/V-1")).json()["duty"] == "break"
    await clock(town, at(5, 9))
    shown = (await town.send("GET", "/v1/responders/V-1")).json()
    assert (shown["duty"], shown["on_shift"]) == ("on", True)


async def test_the_same_window_again_is_one_window_and_may_grow(town: Town) -> None:
    first, again, more = (await post(town)).json(), (await post(town)).json(), (await post(town, places=4)).json()
    assert first["id"] == again["id"] == more["id"]
    assert (first["places"], more["places"]) == (2, 4)
    assert (await town.send("POST", f"/v1/openings/{first['id']}/close")).json()["status"] == "closed"
    assert (await post(town)).json()["id"] != first["id"]


@pytest.mark.parametrize(
    "bad",
    [
        {"ends_at": at(5, 8).isoformat()},
        {"ends_at": at(5, 7).isoformat()},
        {"ends_at": at(6, 9).isoformat()},
        {"starts_at": at(1, 8).isoformat(), "ends_at": at(1, 9).isoformat()},
        {"starts_at": "2026-03-05T08:00:00"},
        {"commune_code": "99999"},
        {"skill": "flying"},
        {"places": 0},
        {"places": 101},
        {"window": "morning"},
    ],
)
async def test_bad_windows_are_refused(town: Town, bad: dict[str, Any]) -> None:
    assert (await post(town, **bad)).status_code == 422


async def test_only_operators_and_ward_leads_post_and_take(town: Town) -> None:
    assert (await post(town, "adapter")).status_code == 403
    assert (await post(town, "ops")).status_code == 403


@pytest.mark.parametrize(("commune", "status"), [("00004", 200), ("00008", 403)])
async def test_a_ward_lead_decides_about_the_shifts_of_their_own_ward(town: Town, commune: str, status: int) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    [shift] = (await town.send("GET", f"/v1/shifts?commune={COMMUNE}&days=2")).json()["shifts"]
    opening = (await post(town)).json()["id"]
    await as_ward_lead(town, commune)
    assert (await post(town, places=3)).status_code == (201 if status == 200 else 403)
    by_hand = await town.send("POST", f"/v1/openings/{opening}/take", {"responder": "V-1"}, role="one ward")
    assert by_hand.status_code == status
    for path in (f"shifts/{shift['id']}/confirm", f"shifts/{shift['id']}/decline", f"openings/{opening}/close"):
        assert (await town.send("POST", f"/v1/{path}", role="one ward")).status_code == status, path


async def as_ward_lead(town: Town, commune: str) -> None:
    """From now on `post` and the role "one ward" are those of one ward's lead."""
    login = await asyncpg.connect(town.dsn)
    secret = await issue(login, f"lead of {commune}", Role.WARD_LEAD, timedelta(hours=1), commune_code=commune)
    await login.close()
    town.tokens["ward_lead"] = town.tokens["one ward"] = secret
