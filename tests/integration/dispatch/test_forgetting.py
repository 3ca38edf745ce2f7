"""A job that was over long ago keeps its figures, and nothing that a key could open; one that somebody works on keeps all."""

from datetime import timedelta

import orjson
import pytest

from dispatch import forgetting
from dispatch.forgetting import Forgetting
from dispatch.rows import job_of
from shared.events.registry import EventType
from shared.events.requests import RequestStatus
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_requests import changed
from tests.support.dispatching import said

YEAR = 365 * 86400.0


async def sealed(town: Town) -> list[str]:
    """Every box that stands in a row of a job or of an offer."""
    rows = await town.pool.fetch("select to_jsonb(jobs) as row from jobs union all select to_jsonb(offers) from offers")
    return [box for row in rows for box in boxes(row["row"] if isinstance(row["row"], dict) else orjson.loads(row["row"]))]


def boxes(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["box"]] if value.get("box") else []
        return own + [box for inner in value.values() for box in boxes(inner)]
    return []


async def test_what_is_sealed_goes_a_year_after_a_job_was_over(town: Town) -> None:
    await town.enrol(entry(1))
    old, old_job = await town.filed()
    await town.handle([said(EventType.REQUEST_CANCELLED, changed(old, status=RequestStatus.CANCELLED))])
    await town.pool.execute(
        """insert into offers (id, job_id, request_id, city, kind, status, wave, responder_id, contact_point_id, lease_seconds,
               expires_at, not_after, made_at, ended_at, member, member_id, partner)
           select gen_random_uuid(), $1, $2, 'hanoi', 'visit', 'completed', 1, id, contact_point_id, 90, now(), now(), now(),
               now(), name, gen_random_uuid(), name
           from responders""",
        old_job,
        old.request_id,
    )
    assert len(await sealed(town)) == 4
    await town.later(YEAR - 86400)
    await Forgetting(town.pool, 365).look()
    assert len(await sealed(town)) == 4, "its time is not over"
    young, young_job = await town.filed()
    await town.later(2 * 86400)
    await Forgetting(town.pool, 365).look()
    assert sorted(await sealed(town)) == sorted([young.details.box, young.resident.address.box])
    row = await town.pool.fetchrow("select * from jobs where id = $1", old_job)
    assert (row["status"], row["category"], row["closed_at"] is not None) == ("cancelled", "vneid_login", True)
    assert job_of(row).resident.contact_point_id == old.resident.contact_point_id, "it can still be read as a job"
    assert await town.pool.fetchval("select count(*) from offers where member_id is not null") == 1
    assert (await town.job(young_job))["closed_at"] is None


async def test_it_goes_on_at_once_while_there_is_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BITE", 2)
    for _ in range(3):
        request, _ = await town.filed()
        await town.handle([said(EventType.REQUEST_CANCELLED, changed(request, status=RequestStatus.CANCELLED))])
    await town.clock_to(await town.now() + timedelta(days=2))
    loop = Forgetting(town.pool, 1)
    assert [await loop.look(), await loop.look()] == [0, None]
    assert await sealed(town) == []
