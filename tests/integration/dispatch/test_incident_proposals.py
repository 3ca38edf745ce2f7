"""Far more people than usual ask for the same, all over the city: it is proposed, and only a person opens it."""

from datetime import timedelta
from typing import Any

from shared.events.contract import Priority
from tests.integration.dispatch.conftest import Town
from tests.integration.dispatch.test_incidents import pauses, shown


async def flood(town: Town, people: int, **changes: Any) -> None:
    for number in range(people):
        await town.filed(commune_code=("00004", "00008", "00025", "00070")[number % 4], priority=Priority.P3, **changes)


async def test_far_more_than_usual_is_proposed_once_and_the_desk_decides(town: Town) -> None:
    await town.seat()
    await flood(town, 24)
    await town.incidents.count()
    await town.incidents.count()
    [row] = await shown(town, "proposed")
    assert (row["category"], row["people"], row["held"]) == ("vneid_login", 24, 0)
    [ring] = await town.events("incident.rung")
    assert (ring["reason"], ring["people"]) == ("proposed", 24)
    await town.incidents.look()
    assert set((await pauses(town)).values()) == {None}  # looking alike changes nothing
    confirmed = await town.send("POST", f"/v1/incidents/{row['id']}/confirm", {"symptom": "slow"})
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["symptom"]) == (200, "open", "slow")
    await town.incidents.look()
    assert set((await pauses(town)).values()) == {"incident"}


async def test_what_is_usual_at_this_hour_is_proposed_by_nobody(town: Town) -> None:
    await town.clock_to(await town.now() - timedelta(days=1))
    await flood(town, 24)
    await town.clock_to(await town.now() + timedelta(days=1))
    await flood(town, 24)
    await town.incidents.count()
    assert await shown(town, "proposed") == []


async def test_a_proposal_that_is_dismissed_is_not_made_again_at_once(town: Town) -> None:
    await flood(town, 24)
    await town.incidents.count()
    [row] = await shown(town, "proposed")
    assert (await town.send("POST", f"/v1/incidents/{row['id']}/dismiss")).json()["state"] == "dismissed"
    await town.incidents.count()
    assert await shown(town, "proposed") == []


async def test_a_proposal_that_nobody_decided_subsides(town: Town) -> None:
    await flood(town, 24)
    await town.incidents.count()
    await town.clock_to(await town.now() + timedelta(hours=1))
    await town.incidents.count()
    assert ([row["people"] for row in await shown(town, "subsided")], await shown(town, "proposed")) == ([24], [])
