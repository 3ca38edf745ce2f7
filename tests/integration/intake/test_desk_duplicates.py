"""Two requests that are one: suggested, merged by a person only, taken back, and nobody is lost by it."""

from typing import Any

import pytest

from intake.desk.freeing import MergeWatch
from intake.settings import IntakeSettings
from shared.events.assignments import JobStatus, Outcome
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.integration.intake.test_board import Job, filed, status, timeline
from tests.support.databases import set_app_clock
from tests.support.desk import codes, item_of

HERE = {"lat": 21.028, "lon": 105.854}
NEAR = {"lat": 21.03, "lon": 105.854}  # 222 m
FAR = {"lat": 21.031, "lon": 105.854}  # 334 m


def by(name: str, phone: str) -> dict[str, Any]:
    return {"requester": {"name": name, "phone": phone}}


LAN, MINH = by("Bà Lan", "0912345671"), by("Ông Minh", "0912345672")


async def suggested(desk: Desk, **changes: Any) -> list[str]:
    answer = await desk.file(form(**changes))
    assert answer.status_code == 202, answer.text
    found: list[str] = answer.json()["duplicates"]
    return found


async def test_the_same_phone_and_the_same_kind_near_by_are_suggested_to_the_operator(desk: Desk) -> None:
    first = await filed(desk, **LAN, location=HERE)
    assert await suggested(desk, **LAN, category="payment", location=FAR) == [first.code]
    assert await suggested(desk, **MINH, location=NEAR) == [first.code]
    assert (await item_of(desk, first.code))["duplicates"] != []


async def test_what_is_far_other_long_ago_or_over_is_not(desk: Desk) -> None:
    first = await filed(desk, **LAN, location=HERE)
    assert await suggested(desk, **MINH, location=FAR) == []
    assert await suggested(desk, **by("Tú", "0912345673"), category="payment", location=HERE) == []
    await set_app_clock(desk.dsn, 25 * 3600)
    assert await suggested(desk, **by("Chi", "0912345674"), location=NEAR) == []
    await set_app_clock(desk.dsn, 0)
    await desk.post(f"/v1/requests/{first.code}/cancel")
    assert await suggested(desk, **LAN, location=HERE) == []


async def test_a_hundred_others_farther_west_do_not_hide_the_one_next_door(desk: Desk) -> None:
    """All of the same kind and on the same latitude: only what is near by counts as looked at."""
    for number in range(105):
        await filed(desk, **by("Ông Tây", f"09124{number:05d}"), location={"lat": HERE["lat"], "lon": HERE["lon"] - 0.03})
    first = await filed(desk, **LAN, location=HERE)
    assert await suggested(desk, **MINH, location=NEAR) == [first.code]


async def test_the_public_is_told_of_no_other_request(desk: Desk) -> None:
    await filed(desk, **LAN, location=HERE)
    answer = await desk.file({**form(**LAN, location=HERE), "channel": "web"}, role=None)
    assert answer.status_code == 202
    assert "duplicates" not in answer.json()
    assert "duplicates" not in (await desk.client.get(f"/v1/requests/{answer.json()['code']}")).json()


async def test_an_answer_told_again_suggests_what_is_true_now(desk: Desk) -> None:
    body = form(**LAN)
    assert (await desk.file(body, key="once")).json()["duplicates"] == []
    other = await filed(desk, **LAN)
    assert (await desk.file(body, key="once")).json()["duplicates"] == [other.code]


async def two(desk: Desk, *, same_phone: bool = False) -> tuple[Any, Any]:
    first = await filed(desk, **LAN, location=HERE)
    second = await filed(desk, **(LAN if same_phone else MINH), location=NEAR)
    await desk.board.handle([Job(first).says(JobStatus.PENDING), Job(second).says(JobStatus.PENDING)])
    return first, second


async def merge(desk: Desk, one: Any, into: Any) -> int:
    return (await desk.post(f"/v1/requests/{one.code}/merge", {"into": into.code})).status_code


async def test_the_merged_one_is_taken_back_and_shows_what_becomes_of_the_other(desk: Desk) -> None:
    first, second = await two(desk)
    assert await merge(desk, second, first) == 200
    event = (await desk.events("request.cancelled"))[-1]
    assert (event["request"]["code"], event["reason"]) == (second.code, "duplicate")
    assert [one["role"] for one in event["recipients"]] == ["resident"]
    assert await codes(desk) == [first.code]
    assert (await item_of(desk, first.code))["merged"] == [second.code]
    await desk.board.handle([Job(first, opened_after=2).says(JobStatus.EN_ROUTE)])
    told = (await desk.client.get(f"/v1/requests/{second.code}")).json()
    assert (told["code"], told["status"], told["merged"]) == (second.code, "on_the_way", True)
    assert first.code not in str(told)


async def test_on_the_same_phone_nothing_is_said_twice(desk: Desk) -> None:
    first, second = await two(desk, same_phone=True)
    assert await merge(desk, second, first) == 200
    assert (await desk.events("request.cancelled"))[-1]["recipients"] == []


async def test_a_merging_is_taken_back_and_somebody_is_looked_for_again(desk: Desk) -> None:
    first, second = await two(desk)
    await merge(desk, second, first)
    assert (await desk.post(f"/v1/requests/{second.code}/unmerge")).status_code == 200
    event = (await desk.events("request.reopened"))[-1]
    assert (event["request"]["code"], event["request"]["status"], event["request"]["reopened"]) == (second.code, "filed", 1)
    assert set(await codes(desk)) == {first.code, second.code}
    assert await timeline(desk, second) == ["filed", "waiting", "cancelled", "filed"]
    assert (await desk.post(f"/v1/requests/{second.code}/unmerge")).status_code == 409
    assert [
        row["action"] for row in await desk.rows("select action from audit where subject = $1 order by id", second.request_id)
    ][-2:] == ["merged", "unmerged"]


async def test_twice_the_same_is_one_and_what_makes_no_sense_is_refused(desk: Desk) -> None:
    first, second = await two(desk)
    assert await merge(desk, second, second) == 409
    assert await merge(desk, second, first) == 200
    assert await merge(desk, second, first) == 200
    assert await merge(desk, first, second) == 409
    assert len(await desk.events("request.cancelled")) == 1
    third = await filed(desk, **by("Chi", "0912345674"))
    await desk.board.handle([Job(third).says(JobStatus.ON_SCENE)])
    assert await merge(desk, third, first) == 409  # somebody is there
    assert (await desk.post(f"/v1/requests/{first.code}/merge", {"into": "TR-0000-0000"})).status_code == 404
    assert (await desk.post(f"/v1/requests/{first.code}/merge", {"into": third.code}, role="ward_lead")).status_code == 403


async def test_whoever_was_merged_into_somebody_elses_waits_again_when_that_ends_without_help(desk: Desk) -> None:
    first, second = await two(desk)
    await merge(desk, second, first)
    watch = MergeWatch(desk.pool, lambda: None)
    await watch.look()
    assert await status(desk, second) == "cancelled"  # the other one goes on
    await desk.post(f"/v1/requests/{first.code}/cancel")
    await watch.look()
    assert await status(desk, second) == "filed"
    assert await desk.count("merges") == 0


async def test_what_was_helped_with_the_other_one_stays_merged(desk: Desk) -> None:
    first, second = await two(desk)
    await merge(desk, second, first)
    await desk.board.handle([Job(first, opened_after=2).says(JobStatus.DONE, Outcome.SOLVED)])
    await MergeWatch(desk.pool, lambda: None).look()
    assert await status(desk, second) == "cancelled"
    assert (await desk.client.get(f"/v1/requests/{second.code}")).json()["status"] == "resolved"


async def test_what_was_merged_follows_where_the_other_one_goes(desk: Desk) -> None:
    first, second = await two(desk)
    third = await filed(desk, **by("Chi", "0912345674"), location=HERE)
    await merge(desk, second, first)
    await merge(desk, first, third)
    await MergeWatch(desk.pool, lambda: None).look()
    assert (await item_of(desk, third.code))["merged"] == [second.code, first.code]
    assert await codes(desk) == [third.code]


@pytest.mark.parametrize(("radius_m", "expected"), [(150, 0), (250, 1)])
async def test_how_near_is_the_deployments_to_say(dsn: str, radius_m: float, expected: int) -> None:
    async with open_desk(dsn, IntakeSettings(duplicate_radius_m=radius_m)) as desk:
        await filed(desk, **LAN, location=HERE)
        assert len(await suggested(desk, **MINH, location=NEAR)) == expected
