"""Something that we stand on goes away for a moment: what callers see meanwhile, and that nothing is lost."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from shared.postgres.embedded import start_embedded
from tests.support.eventually import eventually
from tests.support.outages import broker_away
from tests.support.town import Town

REQUEST = {
    "channel": "hotline",
    "requester": {"name": "Cô Hoa", "phone": "+84900712345"},
    "category": "system_outage",
    "description": "Quầy một cửa không vào được hệ thống",
    "location": {"lat": 21.035, "lon": 105.814},
}


@pytest.mark.kafka
@pytest.mark.timeout(300)
async def test_a_few_seconds_without_the_broker(home: Path) -> None:
    requests, events = await broker_away(home, 5, per_second=4)
    assert requests == 30
    assert events > requests


async def test_without_the_database_callers_are_asked_to_come_back_and_then_served_once(own_town: Town) -> None:
    town = own_town
    before = town.file(lat=20.97, lon=105.78)
    headers = {**town.token("operator"), "Idempotency-Key": uuid4().hex}
    await asyncio.to_thread(start_embedded(town.home).stop)

    for answer in (
        town.http.post("/v1/requests", json=REQUEST, headers=headers),
        town.http.get(f"/v1/requests/{before['code']}"),
        town.http.post("/dev/replies", json={"from": "+84900000001", "text": "1 27"}),
    ):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["content-type"] == "application/problem+json"
    assert town.http.get("/readyz").status_code == 503
    assert town.http.get("/livez").is_success, "starting it again would not help"

    await asyncio.to_thread(start_embedded, town.home)
    first = await eventually(lambda: accepted(town, headers), 30, what="recovery without a restart")
    assert accepted(town, headers) == first
    request = {"id": first["id"], "code": first["code"]}
    await town.sms(request, "offer", within=30)
    await town.sms(before, "offer", within=30)
    assert town.http.get("/readyz").is_success
    await town.holds(drained=True)


def accepted(town: Town, headers: dict[str, str]) -> dict[str, str]:
    answer = town.http.post("/v1/requests", json=REQUEST, headers=headers)
    assert answer.status_code == 202, answer.text
    found: dict[str, str] = answer.json()
    return found
