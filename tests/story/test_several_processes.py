"""As in production: a process for each room, over Kafka, two dispatch, of which the one that matches is killed, an auditor."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.audit.invariants import RULES
from tests.support.brokers import BOOTSTRAP
from tests.support.databases import TestServer, execute, run
from tests.support.district import District, Process
from tests.support.eventually import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]

LOGINS = ("first", "second")
REQUESTS = 30
LONG = 60.0

OFFERED = "select count(distinct request_id) from dispatch.offers where kind = 'visit'"
TOLD = "select count(distinct request_id) from carrier.messages where kind in ('offer', 'escalation') and outcome = 'delivered'"
PENDING = "select id from dispatch.offers where request_id = $1 and status = 'pending' order by kind desc, id limit 1"


@pytest.fixture
def logins(postgres: TestServer) -> Iterator[list[str]]:
    """A login for each dispatch process, so that the database can say which of them matches."""
    names = [f"{name}_{uuid4().hex[:8]}" for name in LOGINS]
    for name in names:
        run(execute(postgres.dsn, f"create role {name} login superuser"))
    yield names
    for name in names:
        run(execute(postgres.dsn, f"drop role {name}"))


@pytest.fixture
async def district(empty_dsn: str, tmp_path: Path) -> District:
    district = District(empty_dsn, BOOTSTRAP, f"t{uuid4().hex[:12]}.", tmp_path)
    await district.found()
    return district


@pytest.fixture
async def processes(district: District, logins: list[str]) -> AsyncIterator[dict[str, Process]]:
    """By login for dispatch, else by room."""
    made = {room: district.process(room) for room in ("intake", "notify", "auditor")}
    for name in ("KAFKA_BOOTSTRAP", "MASTER_KEY"):  # whoever only judges needs neither
        del made["auditor"].environment[f"TECHRESCUE_{name}"]
    made |= {login: district.process("dispatch", login=login) for login in logins}
    await asyncio.gather(*(asyncio.to_thread(process.start) for process in made.values()))
    yield made
    statuses = await asyncio.gather(*(asyncio.to_thread(process.stop) for process in made.values()))
    assert set(statuses) == {0}


async def test_the_matching_dispatch_is_killed_and_the_other_takes_over(
    district: District, processes: dict[str, Process], logins: list[str]
) -> None:
    tokens = {role: district.token(role) for role in ("operator", "ward_lead")}
    intake = processes["intake"].http
    matching = await eventually(district.matcher, LONG, what="a matcher")
    assert matching in logins
    other = logins[1 - logins.index(matching)]

    requests = [file(intake, tokens["operator"], number) for number in range(REQUESTS // 2)]
    processes[matching].kill()  # whatever it is doing to them
    requests += [file(intake, tokens["operator"], number) for number in range(REQUESTS // 2, REQUESTS)]
    await eventually(lambda: _is(district.matcher, other), LONG, what="the other takes over")
    for query in (OFFERED, TOLD):
        await eventually(partial(_counts, district, query, REQUESTS), LONG, what=query)

    await asyncio.to_thread(processes[matching].start)
    for request, login in zip(requests, logins * REQUESTS, strict=False):  # both answer, also for what the other has offered
        await accept(district, processes[login].http, tokens["ward_lead"], request)
    for request in requests:
        await eventually(partial(has_status, intake, request, "assigned"), LONG, what="assigned")
    assert await district.matcher() == other
    assert await district.value("select count(*) from dispatch.jobs") == REQUESTS

    processes[other].kill()
    await eventually(lambda: _is(district.matcher, matching), LONG, what="it is its turn again")
    await asyncio.to_thread(processes[other].start)
    last = file(intake, tokens["operator"], REQUESTS)
    await eventually(lambda: district.value(PENDING, last["id"]), LONG, what="an offer after all that")
    await eventually(lambda: _drained(district), LONG, what="check --drained")
    await eventually(partial(_has_looked, processes["auditor"].http), LONG, what="the auditor finds nothing")


async def test_what_needs_the_embedded_profile_is_not_there(processes: dict[str, Process]) -> None:
    for room, path in (("notify", "/dev/messages"), ("intake", "/dev/clock")):
        assert processes[room].http.get(path).status_code in {404, 405}
    for process in processes.values():
        for path in ("/livez", "/readyz", "/metrics"):
            assert process.http.get(path).is_success, (process.room, path)


def file(intake: httpx.Client, token: dict[str, str], number: int) -> dict[str, Any]:
    body = {
        "channel": "hotline",
        "requester": {"name": "Cô Hoa", "phone": f"+84900{600_000 + number}"},
        "category": "equipment",
        "description": "Máy in ở điểm dịch vụ công hỏng",
        "location": {"lat": 20.95 + number * 0.005, "lon": 105.75 + number % 7 * 0.02},
        "visit_consent": True,
    }
    answer = intake.post("/v1/requests", json=body, headers={**token, "Idempotency-Key": uuid4().hex})
    assert answer.status_code == 202, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def accept(district: District, dispatch: httpx.Client, token: dict[str, str], request: dict[str, Any]) -> None:
    offer_id = await district.value(PENDING, request["id"])
    answer = await asyncio.to_thread(dispatch.post, f"/v1/offers/{offer_id}/accept", headers=token)
    assert answer.is_success, answer.text


def has_status(intake: httpx.Client, request: dict[str, Any], status: str) -> bool:
    return bool(intake.get(f"/v1/requests/{request['code']}").json()["status"] == status)


def _has_looked(auditor: httpx.Client) -> bool:
    lines = auditor.get("/metrics").text.splitlines()
    shown = dict(line.rsplit(" ", 1) for line in lines if line.startswith("techrescue_audit_"))
    found = [float(value) for name, value in shown.items() if name.startswith("techrescue_audit_findings{")]
    return float(shown["techrescue_audit_last_pass_timestamp_seconds"]) > 0 and len(found) == len(RULES) and not any(found)


async def _is(question: Any, wanted: object) -> bool:
    return bool(await question() == wanted)


async def _counts(district: District, query: str, wanted: int) -> bool:
    return bool(await district.value(query) == wanted)


async def _drained(district: District) -> bool:
    said, text = await asyncio.to_thread(district.command, "check", "--drained")
    assert said == 0, text
    return True
