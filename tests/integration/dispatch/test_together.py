"""Everything at once on one small town: matcher, timers, answers over both doors, amendments. What must hold, holds."""

import asyncio
import itertools
import random
from uuid import UUID

from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.errors import Refused, Transient
from shared.events.assignments import Outcome
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import RequestState, RequestStatus
from tests.integration.dispatch.conftest import OPERATOR, Town, entry
from tests.support.dispatching import a_request, said
from tests.support.eventually import eventually
from tests.support.running import running

JOBS, PEOPLE, HANDS, TURNS = 30, 40, 6, 15
ENOUGH = 5  # visits accepted, so that something did happen
VISITS = (Answer.EN_ROUTE, Answer.ON_SCENE, Answer.DONE, Answer.RELEASE)


async def a_hand(town: Town, seed: int, conflicts: list[str]) -> None:
    """Does something to somebody, again and again."""
    dice = random.Random(seed)  # noqa: S311 - a test
    for _ in range(TURNS):
        rows = await town.pool.fetch("select id, job_id, status from offers where status in ('pending', 'accepted', 'expired')")
        if not rows:
            continue
        row = dice.choice(rows)
        try:
            await act(town, dice, row["id"], row["job_id"], row["status"])
        except Refused:
            continue
        except Transient as error:
            conflicts.append(str(error))


async def act(town: Town, dice: random.Random, offer: UUID, job: UUID, status: str) -> None:
    if status == "accepted":
        deed = dice.choice([town.answers.en_route, town.answers.on_scene, town.answers.release])
        if dice.random() < 0.4:
            await town.answers.done(job, OPERATOR, Outcome.SOLVED)
        elif dice.random() < 0.5:
            await deed(job, OPERATOR)
        else:
            await town.replies(offer, dice.choice(VISITS))
    elif dice.random() < 0.5:
        await town.replies(offer, dice.choice([Answer.ACCEPT, Answer.DECLINE]))
    else:
        await (town.answers.accept if dice.random() < 0.7 else town.answers.decline)(offer, OPERATOR)


async def test_everything_at_once_leaves_no_deadlock_and_no_double(town: Town) -> None:
    await town.seat()
    await town.enrol(*(entry(number, capacity=2) for number in range(PEOPLE)))
    requests = [a_request(filed_at=await town.now()) for _ in range(JOBS)]
    conflicts: list[str] = []
    matcher = Matcher(town.pool, "hanoi", policy=Policy(retry_seconds=0.1))
    async with running(matcher, town.timers):
        await town.handle([said(EventType.REQUEST_FILED, request) for request in requests])
        await eventually(lambda: town.pool.fetch("select id from offers limit 1"), within=30)
        await asyncio.gather(amend_some(town, requests), until_enough(town, conflicts))
    assert conflicts == []
    assert await town.pool.fetchval("select count(*) from jobs where closed_at is null") <= JOBS
    assert (
        await town.pool.fetch(
            "select id from responders where load <> (select count(*) from offers where responder_id = responders.id "
            "and kind = 'visit' and offers.status = 'accepted')"
        )
        == []
    )
    assert (
        await town.pool.fetch(
            "select id from jobs where (status in ('accepted', 'en_route', 'on_scene')) <> exists "
            "(select from offers where job_id = jobs.id and kind = 'visit' and offers.status = 'accepted')"
        )
        == []
    )
    assert (
        await town.pool.fetch(
            "select id from jobs where (status = 'offered') <> exists "
            "(select from offers where job_id = jobs.id and kind = 'visit' and offers.status = 'pending')"
        )
        == []
    )
    gaps = "select subject from outbox group by subject having count(*) <> max(version) or count(distinct version) <> count(*)"
    assert await town.pool.fetch(gaps) == []


async def until_enough(town: Town, conflicts: list[str]) -> None:
    """All hands at once, round after round: on a slow machine a round may pass before there is much to answer."""
    seeds = itertools.count()

    async def a_round() -> bool:
        await asyncio.gather(*(a_hand(town, next(seeds), conflicts) for _ in range(HANDS)))
        return len(await town.events("assignment.accepted")) >= ENOUGH

    await eventually(a_round)


async def amend_some(town: Town, requests: list[RequestState]) -> None:
    for place, request in enumerate(requests[::3]):
        update = {"version": 2, "category": "equipment"} if place % 2 else {"version": 2, "status": RequestStatus.CANCELLED}
        kind = EventType.REQUEST_AMENDED if place % 2 else EventType.REQUEST_CANCELLED
        await town.handle([said(kind, request.model_copy(update=update))])
