"""Calls that look like one fault are proposed as a group, once, and nothing about their jobs changes."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from dispatch.faults.group_watch import GroupWatch
from dispatch.faults.grouping import GroupRules
from shared.events.contract import Place
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from tests.integration.dispatch.conftest import Town
from tests.support.dispatching import said

HERE, NEXT_DOOR, ELSEWHERE = Place(lat=21.036, lon=105.834), Place(lat=21.037, lon=105.834), Place(lat=21.05, lon=105.834)


def watch(town: Town) -> GroupWatch:
    return GroupWatch(town.pool, "hanoi", GroupRules())


async def called(town: Town, place: Place = HERE, category: str = "network_outage") -> tuple[RequestState, UUID]:
    return await town.filed(category=category, place=place)


async def shown(town: Town, state: str = "proposed", role: str = "operator") -> list[dict[str, Any]]:
    answer = await town.send("GET", f"/v1/groups?state={state}", role=role)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["groups"]
    return found


def members(group: dict[str, Any]) -> set[UUID]:
    return {UUID(job["id"]) for job in group["jobs"]}


async def test_neighbours_who_call_about_the_same_are_proposed_as_one_group(town: Town) -> None:
    _, first = await called(town)
    _, second = await called(town, NEXT_DOOR)
    await called(town, ELSEWHERE)
    await called(town, HERE, "vneid_document")  # nobody else's trouble
    before = [await town.job(job) for job in (first, second)]
    await watch(town).look()
    [group] = await shown(town)
    assert members(group) == {first, second}
    assert (group["fault"], group["state"], group["commune_code"]) == ("network", "proposed", "00004")
    assert {job["belongs"] for job in group["jobs"]} == {"proposed"}
    assert [await town.job(job) for job in (first, second)] == before
    [told] = await town.events("group.proposed")
    assert (told["version"], told["group"]["requests"], len(told["group"]["proposed"])) == (1, [], 2)


async def test_looking_again_says_nothing_new_and_the_next_caller_joins(town: Town) -> None:
    await called(town)
    await called(town, NEXT_DOOR)
    for _ in range(2):
        await watch(town).look()
    assert len(await town.events("group.proposed")) == 1
    _, third = await called(town, NEXT_DOOR)
    await watch(town).look()
    [group] = await shown(town)
    assert third in members(group)
    assert [event["version"] for event in await town.events("group.proposed")] == [1, 2]


async def test_two_processes_that_look_at_once_propose_once(town: Town) -> None:
    await called(town)
    await called(town)
    await asyncio.gather(*(watch(town).look() for _ in range(4)))
    assert len(await shown(town)) == 1


async def test_a_proposal_of_which_nobody_waits_any_more_is_over(town: Town) -> None:
    request, _ = await called(town)
    await called(town)
    await watch(town).look()
    gone = request.model_copy(update={"version": 2, "status": RequestStatus.CANCELLED})
    await town.handle([said(EventType.REQUEST_CANCELLED, gone)])
    await watch(town).look()
    assert await shown(town) == []
    [over] = await town.events("group.ended")
    assert (over["group"]["status"], over["reason"], over["version"]) == ("over", "nobody_waits", 2)


async def test_a_state_that_does_not_exist_is_refused_and_an_adapter_learns_nothing(town: Town) -> None:
    assert (await town.send("GET", "/v1/groups?state=nonsense")).status_code == 422
    assert (await town.send("GET", "/v1/groups", role="adapter")).status_code == 403


@pytest.mark.parametrize("role", ["operator", "ward_lead", "ops"])
async def test_who_decides_may_look(town: Town, role: str) -> None:
    assert await shown(town, role=role) == []
