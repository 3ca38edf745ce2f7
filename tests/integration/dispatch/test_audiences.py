"""Whom a broadcast is for: named page by page, each page from where the last one ended, whoever comes and goes meanwhile."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.jobs.escalation import Level
from dispatch.roster import audiences
from shared.events.assignments import ResponderKind
from shared.events.broadcasts import Audience, BroadcastRequested, Listeners
from shared.events.envelope import Event
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_drills import enrol

HERE, THERE = "00004", "00008"


async def asked(town: Town, who: Listeners, **changes: Any) -> tuple[UUID, Event]:
    broadcast_id, now = uuid4(), await town.now()
    body = BroadcastRequested(city="hanoi", broadcast_id=broadcast_id, audience=Audience(who=who, **changes))
    return broadcast_id, Event(
        type=EventType.BROADCAST_REQUESTED, subject=broadcast_id, version=1, key=broadcast_id, body=body, time=now
    )


async def named(town: Town, who: Listeners, **changes: Any) -> list[dict[str, Any]]:
    """All pages of a broadcast of its own."""
    broadcast_id, event = await asked(town, who, **changes)
    await town.handle([event, event])
    await town.handle([event])
    while not await town.pool.fetchval("select ended_at is not null from audiences where id = $1", broadcast_id):
        await town.later(0.3)
    await town.later(60)  # nothing is left to fire
    return [page for page in await town.events("broadcast.page") if page["broadcast_id"] == str(broadcast_id)]


def people(pages: list[dict[str, Any]]) -> list[str]:
    return [one["contact_point_id"] for page in pages for one in page["recipients"]]


async def test_each_phone_stands_on_one_page_and_the_last_one_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "PAGE", 3)
    phones = await enrol(town, 6)
    await town.enrol(entry(900, confirmed=False), entry(901, active=False))
    pages = await named(town, Listeners.RESPONDERS)
    assert [(page["page"], page["last"], len(page["recipients"])) for page in pages] == [
        (1, False, 3),
        (2, False, 3),
        (3, True, 0),
    ]
    assert sorted(people(pages)) == sorted(map(str, phones))
    one = pages[0]["recipients"][0]
    assert (one["role"], one["name"], one["channels"]) == ("responder", None, ["sms"]), "nobody is called by name"


async def test_who_goes_while_others_are_named_is_not_named_and_nobody_is_named_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "PAGE", 2)
    first, second, third, fourth = sorted(await enrol(town, 4))
    broadcast_id, event = await asked(town, Listeners.RESPONDERS)
    await town.handle([event])
    await town.fire()
    await town.pool.execute("update responders set active = false where contact_point_id = any ($1)", [first, fourth])
    await town.later(1)
    await town.later(1)
    assert people(await town.events("broadcast.page")) == [str(one) for one in (first, second, third)]
    assert await town.pool.fetchval("select ended_at is not null from audiences where id = $1", broadcast_id)


async def test_responders_of_a_commune_of_a_kind_or_on_duty(town: Town) -> None:
    here, there, engineer, off = await enrol_them(town)
    assert await told(town, communes=(HERE,)) == {here, engineer, off}
    assert await told(town, kinds=(ResponderKind.ENGINEER,)) == {engineer}
    assert await told(town, communes=(THERE,), kinds=(ResponderKind.ENGINEER,)) == set()
    assert await told(town, on_duty=True) == {here, there, engineer}
    await town.pool.execute("update responders set off_duty_until = 'infinity' where contact_point_id = $1", here)
    assert await told(town, on_duty=True) == {there, engineer}


async def enrol_them(town: Town) -> list[UUID]:
    await town.enrol(entry(1), entry(2, commune_code=THERE), entry(3, kind=ResponderKind.ENGINEER), entry(4, shifts=""))
    rows = await town.pool.fetch("select contact_point_id from responders order by external_id")
    return [row[0] for row in rows]


async def told(town: Town, **changes: Any) -> set[UUID]:
    return {UUID(one) for one in people(await named(town, Listeners.RESPONDERS, **changes))}


async def test_residents_with_an_open_request_by_place_and_by_what_it_is_about(town: Town) -> None:
    first, _ = await town.filed()
    other, _ = await town.filed(category="digital_signature")
    gone, job_id = await town.filed()
    await town.pool.execute("update jobs set status = 'cancelled', closed_at = now() where id = $1", job_id)
    pages = await named(town, Listeners.RESIDENTS)
    phones = {str(request.resident.contact_point_id) for request in (first, other)}
    assert set(people(pages)) == phones
    assert str(gone.resident.contact_point_id) not in people(pages) or gone.resident == first.resident
    assert {one["role"] for page in pages for one in page["recipients"]} == {"resident"}
    of_one = await named(town, Listeners.RESIDENTS, categories=("digital_signature",))
    assert people(of_one) == [str(other.resident.contact_point_id)]
    assert people(await named(town, Listeners.RESIDENTS, communes=(THERE,))) == []


async def test_who_wants_to_be_called_is_named_as_such(town: Town) -> None:
    await town.filed(by_call=True)
    [page] = await named(town, Listeners.RESIDENTS)
    assert [one["channels"] for one in page["recipients"]] == [["call"]]


async def test_leads_of_a_ward_or_of_the_city(town: Town) -> None:
    await town.seat(Level.WARD_LEAD, Level.DEPUTY)
    assert len(people(await named(town, Listeners.LEADS))) == 3
    pages = await named(town, Listeners.LEADS, communes=(HERE,))
    assert (len(people(pages)), pages[0]["recipients"][0]["role"]) == (2, "lead")
