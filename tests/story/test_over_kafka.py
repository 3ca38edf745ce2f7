"""The same road over a real Apache Kafka: what an event means does not depend on how it travels."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.town import Town

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


@pytest.fixture
def town(home: Path) -> Iterator[Town]:
    port = os.environ.get("TECHRESCUE_KAFKA_PORT", "29092")
    kafka = {"TECHRESCUE_KAFKA_BOOTSTRAP": f"127.0.0.1:{port}", "TECHRESCUE_KAFKA_PREFIX": f"story{uuid4().hex[:8]}."}
    town = Town(home, **kafka).start()
    yield town
    town.close()


async def test_one_request_goes_its_way(town: Town) -> None:
    request = town.file()
    offer = await town.sms(request, "offer", within=60)  # the groups have to be balanced first
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(request, "assigned", within=30)
    await town.holds()
    status, said = town.command("sla", "recompute")
    assert status == 0, said


async def test_what_was_accepted_survives_a_kill(town: Town) -> None:
    request = town.file()
    town.kill()
    town.start()
    offer = await town.sms(request, "offer", within=90)
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(request, "assigned", within=60)
    await town.holds()
