"""The quick way of opening a job says what the careful way says, and its events are what their models say."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from dispatch.filed_rows import Ask, Filing, opened, waiting_row
from dispatch.jobs.case import Parties, job_state
from dispatch.jobs.opening import new_job, open_case
from dispatch.jobs.sla import first_moment, milestones
from shared.events.assignments import AssignmentChanged, JobStatus
from shared.events.contract import Contract, Priority
from shared.events.requests import RequestState
from shared.ids import uuid7
from tests.support.dispatching import NIGHT, NOW, a_request

SEND_SECONDS = 120.0
VERSION, STATUS, WAVE, NOT_BEFORE, ESCALATE_AT, SLA_AT = 5, 6, 14, 19, 21, 22


def a_filing(request: RequestState) -> Filing:
    return Filing(event_id=uuid7(), request=request, job_id=uuid7())


def an_ask() -> Ask:
    row = {
        "id": uuid4(),
        "contact_point_id": uuid4(),
        "name": None,
        "address": '{"key_id": "018f0000-0000-7000-8000-000000000001", "box": "QUJD"}',
        "language": "vi",
        "channels": ["zalo", "sms"],
    }
    return Ask(row, 900)


def read(said: list[Any]) -> list[AssignmentChanged]:
    return [AssignmentChanged.model_validate_json(body) for *_, body in said]


@pytest.mark.parametrize(("priority", "now"), list(product(Priority, [NOW, NIGHT])))
def test_a_job_without_offers_is_opened_as_the_careful_way_opens_it(priority: Priority, now: datetime) -> None:
    filed_at = now - timedelta(minutes=2)
    request = a_request(priority=priority, skills=("vneid", "network"), vulnerable=("elderly",), filed_at=filed_at, by_call=True)
    filing = a_filing(request)
    found = opened([filing], {}, now, SEND_SECONDS)
    careful = open_case(new_job(request, now=now), now=now, parties=Parties())
    expected = [retold(event.body, filing.job_id) for event in careful.events]
    assert read(found.said) == expected
    assert [one[2] for one in found.said] == [event.type for event in careful.events]
    assert [(one[1], one[4]) for one in found.said] == [(str(event.key), event.version) for event in careful.events]
    (row,) = found.jobs
    assert (row[VERSION], row[STATUS], row[NOT_BEFORE]) == (careful.job.version, careful.job.status, careful.job.not_before)
    due = {timer.kind: (timer.due_at, timer.guard) for timer in careful.timers}
    assert (due["escalate"], due["sla"]) == ((row[ESCALATE_AT], 1), (row[SLA_AT], 1))
    assert due.get("open") == ((row[NOT_BEFORE], 2) if row[NOT_BEFORE] else None)
    (waiting,) = found.pending
    assert waiting["version"] == careful.job.version
    assert waiting["not_before"] == (careful.job.not_before.timestamp() if careful.job.not_before else 0.0)


def retold(body: Contract, job_id: UUID) -> AssignmentChanged:
    """The same of a job with another id."""
    assert isinstance(body, AssignmentChanged)
    return body.model_copy(update={"job": body.job.model_copy(update={"job_id": job_id})})


@pytest.mark.parametrize("wave", [1, 3])
def test_each_offer_is_a_version_and_says_whom_it_asks(wave: int) -> None:
    request = a_request(filed_at=NOW)
    filing, asks = a_filing(request), [an_ask() for _ in range(wave)]
    found = opened([filing], {filing.job_id: asks}, NOW, SEND_SECONDS)
    first, *made = read(found.said)
    assert first.offer is None
    assert [one.job.version for one in (first, *made)] == list(range(1, wave + 2))
    for one, ask in zip(made, asks, strict=True):
        assert one.offer is not None
        assert (one.offer.responder_id, one.offer.distance_m, one.offer.wave) == (ask.row["id"], 900, 1)
        assert one.offer.not_after == NOW + timedelta(seconds=180 + SEND_SECONDS)
        (recipient,) = one.recipients
        assert (recipient.contact_point_id, recipient.role) == (ask.row["contact_point_id"], "responder")
        assert [channel.value for channel in recipient.channels] == ["zalo", "sms"]
    job = new_job(request, now=NOW)
    last = job_state(job).model_dump() | {"job_id": filing.job_id, "version": wave + 1, "status": JobStatus.OFFERED}
    assert made[-1].job.model_dump() == last
    (row,) = found.jobs
    assert (row[VERSION], row[STATUS], row[WAVE]) == (wave + 1, "offered", 1)
    assert found.pending == []


def test_whoever_is_put_to_sleep_at_once_asks_nobody() -> None:
    filing = a_filing(a_request(priority=Priority.P3, filed_at=NIGHT))
    found = opened([filing], {filing.job_id: [an_ask()]}, NIGHT, SEND_SECONDS)
    assert found.offers == []
    assert [orjson.loads(body)["reason"] for *_, body in found.said[1:]] == ["off_hours"]


@pytest.mark.parametrize(("priority", "at"), list(product(Priority, [NOW, NIGHT])))
def test_the_first_moment_is_the_first_of_all(priority: Priority, at: datetime) -> None:
    assert first_moment(priority, at) == milestones(priority, at)[0].at


def test_ids_of_events_rise_in_the_order_in_which_they_are_told() -> None:
    filings = [a_filing(a_request(filed_at=NOW)) for _ in range(3)]
    asks: dict[UUID, list[Ask]] = {filing.job_id: [an_ask()] for filing in filings}
    ids = [one[0] for one in opened(filings, asks, NOW, SEND_SECONDS).said]
    assert ids == sorted(ids)
    assert waiting_row(filings[0], 5.0)["waiting_since"] == 5.0
