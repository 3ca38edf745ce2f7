"""Shifts that were promised and not kept: counted from what was asked and answered in them, and listed for ward leads."""

from typing import Any
from uuid import UUID

from shared.events.messages import Answer
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.shift_rig import asks, at, clock, says
from tests.support.dispatching import COMMUNE


async def promised(town: Town) -> UUID:
    """An, who has said that she will be there on Tuesday afternoon."""
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    await says(town, ask, yes=True)
    return an


async def offered(town: Town, an: UUID, times: int) -> list[UUID]:
    """So many offers that nobody answers; the last one stays open."""
    offers = []
    for _ in range(times):
        _, job_id = await town.filed()
        offers += await town.offered(job_id, [an])
        await town.later(20 * 60)
    return offers


async def missed(town: Town, **query: Any) -> list[str]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await town.send("GET", f"/v1/missed-shifts?{words}", role="ward_lead")
    assert answer.status_code == 200, answer.text
    return [one["responder"] for one in answer.json()["shifts"]]


async def test_who_answers_nothing_in_a_promised_shift_is_listed_when_it_is_over(town: Town) -> None:
    an = await promised(town)
    await clock(town, at(3, 13))
    await offered(town, an, 3)
    assert await missed(town) == []
    await clock(town, at(3, 18))
    assert await missed(town) == await missed(town, commune=COMMUNE, days=1) == ["V-1"]
    assert await missed(town, commune="00008") == []
    assert await town.pool.fetchval("select count(*) from audit where action = 'shift.missed'") == 1


async def test_a_no_is_a_sign_of_life_and_so_is_what_was_asked_before(town: Town) -> None:
    an = await promised(town)
    await offered(town, an, 3)  # the day before: says nothing about the shift
    await clock(town, at(3, 13))
    *_, last = await offered(town, an, 3)
    await town.replies(last, Answer.ACCEPT)
    await clock(town, at(3, 18))
    assert await missed(town) == []


async def test_a_shift_that_nobody_promised_is_nobody_s_fault(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00", confirms=False))
    await clock(town, at(3, 13))
    await offered(town, an, 3)
    await clock(town, at(3, 18))
    assert await missed(town) == []


async def test_bad_questions_are_refused(town: Town) -> None:
    assert (await town.send("GET", "/v1/missed-shifts?commune=99999")).status_code == 422
    assert (await town.send("GET", "/v1/missed-shifts?days=0")).status_code == 422
    assert (await town.send("GET", "/v1/missed-shifts", role="adapter")).status_code == 403
