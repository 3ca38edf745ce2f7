"""Somebody is at the door: what the visited person may ask us, what it tells them, and what it sets off."""

from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from shared.events.assignments import AssignmentChanged, JobStatus, ResponderKind, ResponderRef
from shared.events.contract import Sealed
from shared.events.envelope import Event
from shared.events.requests import RequestState, VisitSuspicious
from shared.ids import uuid7
from shared.security.phrases import phrase, plain
from shared.security.sealing import DataKey
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_board import Job, filed


@dataclass
class Door:
    """A request whose visit somebody has accepted."""

    desk: Desk
    request: RequestState
    job: Job
    helper: ResponderRef

    def words(self, visit: int = 0) -> str:
        return phrase(self.seed, visit)

    seed: str = ""

    async def says(self, status: JobStatus, *, visit: int = 0, **helper: Any) -> None:
        await self.desk.board.handle([accepted(self.job.says(status), self.helper.model_copy(update=helper), visit)])

    async def ask(self, body: dict[str, Any], *, role: str | None = None) -> Any:
        return await self.desk.post(f"/v1/requests/{self.request.code}/visit-check", body, role=role)

    async def told(self, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.ask(body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def suspicions(self) -> list[VisitSuspicious]:
        return [VisitSuspicious.model_validate(body) for body in await self.desk.events("visit.suspicious")]


def accepted(event: Event, helper: ResponderRef | None, visit: int) -> Event:
    assert isinstance(event.body, AssignmentChanged)
    state = event.body.job.model_copy(update={"responder": helper, "visit": visit})
    return replace(event, body=event.body.model_copy(update={"job": state}))


@pytest.fixture
async def door(desk: Desk) -> Door:
    request = await filed(desk)
    key = await a_key(desk, "+84900000001")
    helper = ResponderRef(
        responder_id=uuid7(),
        kind=ResponderKind.TEAM,
        contact_point_id=uuid7(),
        name=key.seal("Tổ 3 Cầu Giấy".encode(), purpose="name"),
        member=key.seal("Trần Thị Lan".encode(), purpose="name"),
    )
    found = Door(desk, request, Job(request), helper, seed=await seed_of(desk, request.details))
    await found.says(JobStatus.ACCEPTED)
    return found


async def a_key(desk: Desk, phone: str) -> DataKey:
    async with desk.pool.acquire() as connection:
        return (await desk.vault.contact_points(connection, [phone]))[0].key


async def seed_of(desk: Desk, details: Sealed) -> str:
    async with desk.pool.acquire() as connection:
        keys = await desk.vault.keys(connection, [details.key_id])
    return str(orjson.loads(keys[details.key_id].open(details, purpose="details"))["phrase_seed"])


async def test_the_right_phrase_names_who_comes(door: Door) -> None:
    told = await door.told({"phrase": plain(door.words())})
    assert (told["matches"], told["open"]) == (True, True)
    assert told["who"] == {"kind": "team", "name": "Tổ 3 Cầu Giấy", "member": "Trần Thị Lan"}


async def test_a_wrong_phrase_is_asked_again_and_tells_neither_phrase_nor_name(door: Door) -> None:
    response = await door.ask({"phrase": "công an phường"})
    assert response.json() | {"advice": "", "advice_en": ""} == {
        "matches": False,
        "open": False,
        "tries_left": 2,
        "advice": "",
        "advice_en": "",
    }
    assert plain(door.words()) not in plain(response.text)
    assert "Lan" not in response.text
    assert await door.suspicions() == []


async def test_the_third_wrong_phrase_stops_the_visit_and_is_told_once(door: Door) -> None:
    for _ in range(4):
        last = await door.told({"phrase": "sai"})
    assert (last["matches"], last["open"], last["frozen"]) == (False, False, True)
    (suspicion,) = await door.suspicions()
    assert (suspicion.request_id, suspicion.job_id, suspicion.reason) == (door.request.request_id, door.job.id, "wrong_phrase")
    assert (await door.told({"phrase": door.words()}))["open"] is False


async def test_a_no_stops_the_visit_at_once(door: Door) -> None:
    assert (await door.told({"refused": True}))["frozen"] is True
    assert [one.reason for one in await door.suspicions()] == ["refused"]
    (row,) = await door.desk.rows("select subject, version, key from outbox where type = 'visit.suspicious'")
    assert (row["subject"], row["key"]) == (door.request.request_id, str(door.request.request_id))
    assert row["version"] == (await door.desk.rows("select version from requests"))[0]["version"]


async def test_a_new_visit_has_a_new_phrase_and_new_tries(door: Door) -> None:
    old = door.words()
    await door.told({"phrase": "sai"})
    await door.says(JobStatus.ACCEPTED, visit=1)
    assert (await door.told({"phrase": old}))["tries_left"] == 2
    assert (await door.told({"phrase": door.words(1)}))["matches"] is True


async def test_setting_out_keeps_the_tries_of_the_visit(door: Door) -> None:
    await door.told({"phrase": "sai"})
    await door.says(JobStatus.EN_ROUTE)
    assert (await door.told({"phrase": "sai"}))["tries_left"] == 1


async def test_of_a_team_that_has_named_nobody_the_phrase_alone_opens_no_door(door: Door) -> None:
    await door.says(JobStatus.EN_ROUTE, member=None, unnamed=True)
    told = await door.told({"phrase": door.words()})
    assert (told["matches"], told["open"], told["who"]["member"]) == (True, False, None)


async def test_when_nobody_comes_that_is_said_whatever_the_phrase(door: Door) -> None:
    await door.says(JobStatus.PENDING, visit=1)
    response = await door.ask({"phrase": door.words()})
    assert (response.status_code, response.json()["reason"]) == (409, "nobody_comes")
    assert "waiting" in response.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"phrase": "a b", "refused": True}, {"phrase": ""}, {"phrase": 7}, {"refused": "no"}])
async def test_what_says_neither_or_both_is_refused(door: Door, body: dict[str, Any]) -> None:
    assert (await door.ask(body)).status_code == 422


async def test_guessing_codes_at_the_door_is_limited_like_guessing_them_elsewhere(door: Door) -> None:
    codes = [f"TR-0000-{number:04d}" for number in range(31)]
    answers = [(await door.desk.post(f"/v1/requests/{code}/visit-check", {"refused": True}, role=None)) for code in codes]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    told = answers[-1].json()
    assert "1022" in told["advice"]
    assert "113" in told["advice_en"]
    assert 0 < told["retry_after_seconds"] <= 900
    assert "Try again in 15 min" in told["detail"]


async def test_a_neighbours_guesses_keep_nobody_from_asking_and_saying_no(door: Door) -> None:
    for number in range(40):
        await door.desk.post(f"/v1/requests/TR-0000-{number:04d}/visit-check", {"refused": True}, role=None)
    assert (await door.told({"phrase": door.words()}))["open"] is True
    assert (await door.told({"phrase": "sai"}))["tries_left"] == 2
    assert (await door.told({"refused": True}))["frozen"] is True


async def test_who_has_the_code_may_ask_often_and_always_say_no(door: Door) -> None:
    answers = [await door.ask({"phrase": door.words()}) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert "1022" in answers[-1].json()["advice"]
    assert (await door.ask({"phrase": door.words()}, role="operator")).json()["matches"] is True
    assert (await door.told({"refused": True}))["frozen"] is True


async def test_neither_tables_nor_events_hold_what_was_said(door: Door) -> None:
    await door.told({"phrase": "chim lạ đậu cành"})
    await door.told({"phrase": door.words()})
    for table in ("audit", "outbox", "visits", "allowances"):
        rows = await door.desk.rows(f"select t::text as text from {table} t")
        assert not [row for row in rows if "chim" in row["text"] or door.words() in row["text"]]
    detail = [row["detail"] for row in await door.desk.rows("select detail from audit where action = 'visit_check' order by at")]
    assert [one["answer"] for one in detail] == ["wrong", "known"]
