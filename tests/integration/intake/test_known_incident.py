"""Whoever asks for a kind of help that works nowhere just now hears so: in the answer, wherever they are, and no false hour."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.events.envelope import Event
from shared.events.incidents import IncidentChanged, IncidentState, IncidentStatus, Symptom
from shared.events.registry import EventType
from tests.integration.intake.conftest import Desk

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
KINDS = {IncidentStatus.PROPOSED: EventType.INCIDENT_PROPOSED, IncidentStatus.OPEN: EventType.INCIDENT_OPENED}


def heard(
    incident_id: UUID, status: IncidentStatus, version: int, *, category: str = "vneid_login", city: str = "hanoi"
) -> Event:
    incident = IncidentState(
        incident_id=incident_id,
        city=city,
        version=version,
        status=status,
        category=category,
        symptom=Symptom.NO_LOGIN,
        at=NOW,
    )
    kind = KINDS.get(status, EventType.INCIDENT_ENDED)
    body = IncidentChanged(incident=incident)
    return Event(type=kind, subject=incident_id, version=version, key=incident_id, body=body, time=NOW)


async def learned(desk: Desk, *events: Event) -> None:
    await desk.board.handle(events)
    await desk.known.look()


async def test_everybody_who_asks_for_it_hears_known_and_no_hour(desk: Desk) -> None:
    before = await desk.filed(category="vneid_login")
    assert before["expected"] is not None
    await learned(desk, heard(uuid4(), IncidentStatus.OPEN, 2))
    told = await desk.filed(category="vneid_login")
    assert told["known"]["incident"] is True
    assert "cả thành phố không đăng nhập được, đã biết" in told["known"]["sentence"]["vi"]
    assert "nobody in the city can sign in" in told["known"]["sentence"]["en"]
    assert told["expected"] is None
    [*_, event] = await desk.events("request.filed")
    assert event["request"]["known"] == "incident"
    assert "known" not in await desk.filed(category="portal_login")


async def test_a_request_without_a_place_hears_it_as_well(desk: Desk) -> None:
    await learned(desk, heard(uuid4(), IncidentStatus.OPEN, 2))
    told = await desk.filed(category="vneid_login", location=None, commune_code=None, address=None)
    assert (told["status"], told["known"]["incident"]) == ("needs_location", True)


async def test_a_proposal_says_nothing_and_an_end_ends_it(desk: Desk) -> None:
    incident = uuid4()
    await learned(desk, heard(incident, IncidentStatus.PROPOSED, 1))
    assert "known" not in await desk.filed(category="vneid_login")
    await learned(desk, heard(incident, IncidentStatus.ENDED, 3), heard(incident, IncidentStatus.OPEN, 2))
    assert "known" not in await desk.filed(category="vneid_login")


async def test_another_city_s_incident_is_not_ours(desk: Desk) -> None:
    await learned(desk, heard(uuid4(), IncidentStatus.OPEN, 2, city="hue"))
    assert "known" not in await desk.filed(category="vneid_login")
