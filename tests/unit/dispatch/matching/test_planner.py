"""What the planner does while nothing waits, so that the next job is planned for quickly."""

from typing import Any, cast

import pytest

from dispatch.matching.index import Freshness, Index
from dispatch.matching.picture import FEW_TAKEN
from dispatch.matching.planner import Planner
from tests.unit.dispatch.matching.test_roster import COMMUNES, POLICY, person, window


@pytest.mark.parametrize(("asked", "left"), [(1, 2 * FEW_TAKEN), (3, 2 * FEW_TAKEN - 3)])
async def test_when_many_have_been_asked_the_next_search_meets_only_the_others(asked: int, left: int) -> None:
    people = [person() for _ in range(2 * FEW_TAKEN)]
    index = Index(cast("Any", None), "hanoi", COMMUNES, POLICY, Freshness(warm=0.0))
    index.roster.put(people)
    index.roster.put_windows([one["id"] for one in people], [window(one["id"], start=0.0) for one in people])
    planner = Planner(index, POLICY)
    await planner.warm_up()
    for row in range(asked):
        index.picture().people.take(row)
    index.roster.offered(range(asked), index.now)
    await planner.warm_up()
    assert len(index.picture().people) == left
    assert index.picture().people.free.sum() == 2 * FEW_TAKEN - asked
