"""Receipts doubled, reversed, forged and years old, at two replicas at once: what ends a message is what was said of it."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from itertools import count
from typing import Final
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notify.callbacks.arrivals import Desk
from notify.channels.port import Receipt, ReceiptStatus
from shared.events.registry import EventType
from shared.pacing import Bell
from shared.postgres.pool import open_pool
from tests.support.multitude import ask_and_tell, people
from tests.support.notifying import Bureau

YEARS: Final = 2 * 365 * 86400.0
BAD: Final = frozenset({ReceiptStatus.UNDELIVERED, ReceiptStatus.REJECTED})
OURS, STRANGER, OTHER_CARRIER = "ours", "stranger", "other carrier"
ENDS: Final = frozenset({EventType.MESSAGE_DELIVERED, EventType.MESSAGE_FAILED})
TOWNS = count()

# Of one message: what is said, of which of its attempts (the first, the last), and by whom.
words = st.lists(
    st.tuples(
        st.sampled_from(list(ReceiptStatus)), st.sampled_from((0, -1)), st.sampled_from((OURS, OURS, STRANGER, OTHER_CARRIER))
    ),
    max_size=6,
)


@pytest.fixture
async def replicas(bureau: Bureau) -> AsyncIterator[tuple[Desk, Desk]]:
    async with open_pool(bureau.dsn, schema="notify", max_size=4) as pool:
        yield bureau.desk(), Desk(pool, bureau.vault, bureau.settings, Bell())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(words, min_size=4, max_size=24), luck=st.randoms(use_true_random=False))
async def test_the_end_of_a_message_is_one_that_was_said(
    bureau: Bureau, replicas: tuple[Desk, Desk], said: list[list[tuple[ReceiptStatus, int, str]]], luck: random.Random
) -> None:
    attempts = await some_in_doubt_and_some_not(bureau, len(said))
    before = await statuses(bureau, attempts)
    receipts, told = [], {}
    for (message, tried), of_it in zip(attempts.items(), said, strict=True):
        receipts += [receipt(status, tried[which], by) for status, which, by in of_it]
        told[message] = {(status, tried[which]) for status, which, by in of_it if by == OURS}
    await arrive(replicas, receipts, luck)
    after = await statuses(bureau, attempts)
    for message, tried in attempts.items():
        assert after[message] in allowed(before[message], tried[-1], told[message])
    ended = await ends(bureau)
    await bureau.move_clock(YEARS)
    await arrive(replicas, receipts, luck)
    assert await statuses(bureau, attempts) == after
    assert await ends(bureau) == ended
    assert {message for message, times in ended.items() if times > 1} == set(), "each end is told once"
    assert {
        message for message, status in after.items() if status in {"delivered", "undelivered"}
    } == attempts.keys() & ended.keys()


def allowed(before: str, last: UUID, told: set[tuple[ReceiptStatus, UUID]]) -> set[str]:
    """A delivery of any attempt counts, a failure only of the last one; which of both comes first ends it."""
    if before != "submitted":
        return {before}
    good = {"delivered"} if any(status is ReceiptStatus.DELIVERED for status, _ in told) else set()
    bad = {"undelivered"} if any(status in BAD and attempt == last for status, attempt in told) else set()
    return good | bad or {"submitted"}


async def some_in_doubt_and_some_not(bureau: Bureau, number: int) -> dict[UUID, list[UUID]]:
    """Message → its attempts. Of some nobody heard; those that asked something were sent a second time, the others given up."""
    town = f"+849{10 + next(TOWNS)}"
    everybody = await people(bureau, town, number)
    await ask_and_tell(bureau, everybody[::2], everybody[1::2])
    bureau.carrier.answers_lost = number // 2
    await bureau.send_all()
    await bureau.move_clock(61)
    await bureau.sweep()
    await bureau.send_all()
    rows = await bureau.rows(
        "select message_id, id from message_attempts where contact_point_id = any ($1::uuid[]) order by started_at",
        [one.id for one in everybody],
    )
    found: dict[UUID, list[UUID]] = {}
    for row in rows:
        found.setdefault(row["message_id"], []).append(row["id"])
    assert len(found) == number
    return found


def receipt(status: ReceiptStatus, attempt: UUID, by: str) -> Receipt:
    carrier = "second" if by == OTHER_CARRIER else "recording"
    return Receipt(carrier=carrier, attempt_id=uuid4() if by == STRANGER else attempt, status=status)


async def arrive(replicas: tuple[Desk, Desk], receipts: Iterable[Receipt], luck: random.Random) -> None:
    """Each twice, in any order, at either replica."""
    arriving = [*receipts, *receipts]
    luck.shuffle(arriving)
    await asyncio.gather(*(luck.choice(replicas).take_receipt(one) for one in arriving))


async def statuses(bureau: Bureau, messages: Iterable[UUID]) -> dict[UUID, str]:
    rows = await bureau.rows("select id, status from messages where id = any ($1::uuid[])", list(messages))
    return {row["id"]: row["status"] for row in rows}


async def ends(bureau: Bureau) -> Counter[UUID]:
    """How often the end of each message was told to others."""
    return Counter(UUID(str(body["subject"])) for body in await bureau.emitted() if body["type"] in ENDS)
