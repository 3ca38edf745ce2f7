"""kill -9 at each named point, on both sides of every commit, send and acknowledgement; afterwards nothing is lost or doubled."""

from pathlib import Path
from uuid import uuid4

import pytest

from shared.crash import all_points
from tests.crash.day import live_through
from tests.support.mortal_town import MortalTown, settings_for

OF_THE_LOG = ("log.append", "log.checkpoint")  # Kafka keeps its own


@pytest.mark.parametrize("point", all_points())
async def test_nothing_is_lost_and_nothing_doubled(point: str, bootstrap: str | None, tmp_path: Path) -> None:
    if bootstrap and point.startswith(OF_THE_LOG):
        pytest.skip("over Kafka there is no log in PostgreSQL, so nothing passes this point")
    town = MortalTown(tmp_path / "home", point, **settings_for(bootstrap, f"{uuid4().hex[:8]}."))
    town.start()
    try:
        requests = await live_through(town)
        assert town.deaths == 1, f"{point} was never passed"
        for request in requests:
            assert town.track(request)["code"] == request["code"]
        await town.holds(drained=True)
    finally:
        town.close()
