"""Whoever files about a fault that a person has confirmed hears that it is known; filing waits for nothing."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.events.contract import Place
from shared.events.envelope import Event
from shared.events.groups import GroupChanged, GroupState, GroupStatus
from shared.events.registry import EventType
from tests.integration.intake.conftest import Desk
from tests.support.databases import set_app_clock

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
AT = {"lat": 21.0285, "lon": 105.8542}


def heard(group_id: UUID, status: GroupStatus, version: int, requests: int = 3) -> Event:
    group = GroupState(
        group_id=group_id,
        city="hanoi",
        version=version,
        status=status,
        fault="network",
        commune_code="00004",
        place=Place(lat=21.029, lon=105.854),
        radius_m=250,
        requests=tuple(uuid4() for _ in range(requests)),
        proposed_at=NOW,
    )
    kind = EventType.GROUP_CONFIRMED if status is GroupStatus.CONFIRMED else EventType.GROUP_ENDED
    return Event(type=kind, subject=group_id, version=version, key=group_id, body=GroupChanged(group=group), time=NOW)


async def learned(desk: Desk, *events: Event) -> None:
    await desk.board.handle(events)
    await desk.known.look()


async def test_the_next_caller_nearby_hears_known_and_others_do_not(desk: Desk) -> None:
    assert "known" not in await desk.filed(category="network_outage", location=AT)
    await learned(desk, heard(uuid4(), GroupStatus.CONFIRMED, 2))
    told = await desk.filed(category="network_outage", location=AT)
    assert told["known"]["requests"] == 3
    assert told["known"]["sentence"]["vi"].startswith("Sự cố này đã biết, 3 yêu cầu cùng báo.")
    assert "known" not in await desk.filed(category="equipment", location=AT)
    assert "known" not in await desk.filed(category="network_outage", location={"lat": 21.05, "lon": 105.8542})


async def test_the_same_key_gets_the_same_answer_also_when_it_is_over(desk: Desk) -> None:
    group = uuid4()
    await learned(desk, heard(group, GroupStatus.CONFIRMED, 2))
    body = {
        "channel": "web",
        "requester": {"name": "Bà Lan", "phone": "0912 345 678"},
        "category": "network_outage",
        "description": "Mất mạng",
        "location": AT,
    }
    first = (await desk.file(body, role=None, key="one")).json()
    await learned(desk, heard(group, GroupStatus.OVER, 3))
    assert (await desk.file(body, role=None, key="one")).json() == first
    assert "known" in first
    assert "known" not in (await desk.file(body, role=None, key="two")).json()


async def test_what_is_older_than_what_is_known_changes_nothing(desk: Desk) -> None:
    group = uuid4()
    await learned(desk, heard(group, GroupStatus.OVER, 3), heard(group, GroupStatus.CONFIRMED, 2))
    assert "known" not in await desk.filed(category="network_outage", location=AT)


async def test_what_is_over_for_long_is_forgotten_and_what_is_known_stays(desk: Desk) -> None:
    over, known = uuid4(), uuid4()
    await learned(desk, heard(over, GroupStatus.OVER, 3), heard(known, GroupStatus.CONFIRMED, 2))
    await set_app_clock(desk.dsn, 40 * 86400)
    await desk.timers.fire_due()
    assert [row["group_id"] for row in await desk.rows("select group_id from known_faults")] == [known]
