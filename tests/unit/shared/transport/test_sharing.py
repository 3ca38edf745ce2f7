"""Lanes share a call when they wait at the same time, and each still hears what became of its own batch."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.errors import DependencyDown, Permanent
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import VisitSuspicious
from shared.transport.sharing import EVENTS, MANY, TOGETHER, SharedHandler


def batch(word: str) -> list[Event]:
    subject = uuid4()
    body = VisitSuspicious(request_id=subject, city="hanoi", reason=word)
    return [Event(type=EventType.VISIT_SUSPICIOUS, subject=subject, version=1, key=subject, body=body, time=datetime.now(UTC))]


def words(events: Sequence[Event]) -> list[str]:
    return [event.body.reason for event in events if isinstance(event.body, VisitSuspicious)]


class Book:
    """A handler that writes down its calls, and cannot stand one word."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[list[str]] = []
        self.error = error

    async def __call__(self, events: Sequence[Event]) -> None:
        self.calls.append(words(events))
        await asyncio.sleep(0)
        if self.error is not None and "bad" in words(events):
            raise self.error


async def test_batches_that_wait_together_become_one_call() -> None:
    book = Book()
    shared = SharedHandler(book)
    await asyncio.gather(*(shared(batch(word)) for word in "abcd"))
    assert book.calls == [["a", "b", "c", "d"]]


async def test_a_crowd_of_events_is_several_calls() -> None:
    """Two lanes with much to say are not one transaction that takes for ever; who says little still shares."""
    book = Book()
    shared = SharedHandler(book)
    full = [event for word in ["much"] * EVENTS for event in batch(word)]
    await asyncio.gather(shared(full), shared(full), shared(batch("a")), shared(batch("b")))
    assert [len(call) for call in book.calls] == [EVENTS, EVENTS, 2]


async def test_while_many_come_lanes_that_have_something_a_little_later_share_a_call() -> None:
    book = Book()
    shared = SharedHandler(book)
    await shared([event for word in ["much"] * (3 * int(MANY)) for event in batch(word)])
    first = asyncio.ensure_future(shared(batch("a")))
    for _ in range(5):
        await asyncio.sleep(0)
    await asyncio.gather(first, shared(batch("b")))
    assert book.calls[1:] == [["a", "b"]]


async def test_as_many_as_are_worth_it_do_not_rest() -> None:
    book = Book()
    shared = SharedHandler(book)
    await shared([event for word in ["much"] * (3 * int(MANY)) for event in batch(word)])
    more = asyncio.ensure_future(shared([event for word in ["more"] * TOGETHER for event in batch(word)]))
    for _ in range(5):
        await asyncio.sleep(0)
    assert [len(call) for call in book.calls] == [3 * int(MANY), TOGETHER]
    await more


async def test_only_the_lane_with_the_poison_hears_of_it() -> None:
    book = Book(Permanent("poison"))
    shared = SharedHandler(book)
    told = await asyncio.gather(*(shared(batch(word)) for word in ("a", "bad", "c")), return_exceptions=True)
    assert [type(one) for one in told] == [type(None), Permanent, type(None)]
    assert book.calls == [["a", "bad", "c"], ["a"], ["bad"], ["c"]]


async def test_a_lane_alone_is_not_tried_twice() -> None:
    book = Book(Permanent("poison"))
    with pytest.raises(Permanent):
        await SharedHandler(book)(batch("bad"))
    assert book.calls == [["bad"]]


async def test_an_outage_is_everybodys_and_not_tried_one_by_one() -> None:
    book = Book(DependencyDown("PostgreSQL"))
    told = await asyncio.gather(*map(SharedHandler(book), map(batch, ("a", "bad", "c"))), return_exceptions=True)
    assert [type(one) for one in told] == [DependencyDown] * 3
    assert len(book.calls) == 1
