"""Events that cannot be handled: kept, in order, neighbours unharmed, replayed without doing anything twice (law 7)."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from shared.errors import DependencyDown, NotFound, Permanent, Refused, Transient
from shared.events.envelope import Event, Record, encode
from shared.transport.consumer import ConsumerPolicy
from shared.transport.dead_letters import LetterStatus
from tests.contract.transport.places import QUICK, Effects, Place
from tests.support.events import numbered
from tests.support.eventually import eventually
from tests.support.running import running


async def test_a_poison_event_parks_its_successors_and_harms_no_neighbour(place: Place) -> None:
    subject, key = uuid4(), uuid4()
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(0, key=key), *(numbered(n, key=key, subject=subject) for n in (1, 2, 3)), numbered(4, key=key)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead", "parked", "parked"), within=30)
        await eventually(lambda: _effects(place, 0, 4))
    assert [letter.reason for letter in await place.letters.list(LetterStatus.DEAD)] == ["Permanent: cannot be"]


async def test_a_replay_handles_the_letter_and_then_its_successors_in_order(place: Place) -> None:
    subject, key = uuid4(), uuid4()
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(n, key=key, subject=subject) for n in (1, 2, 3)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead", "parked", "parked"), within=30)
        effects.poison.clear()
        await place.letters.replay(await _first(place))
        await eventually(lambda: _statuses(place, "replayed", "replayed", "replayed"))
        await place.publish([numbered(4, key=key, subject=subject)])  # the subject is free again
        await eventually(lambda: _effects(place, 1, 2, 3, 4))
    assert await place.effects() == [1, 2, 3, 4]


async def test_replaying_three_times_changes_nothing_more(place: Place) -> None:
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(1)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead"), within=30)
        effects.poison.clear()
        letter = await _first(place)
        for _ in range(3):
            calls = len(effects.calls)
            await place.letters.replay(letter)
            await eventually(lambda calls=calls: len(effects.calls) > calls)
            await eventually(lambda: _statuses(place, "replayed"))
    assert await place.effects() == [1]


async def test_who_asks_while_a_replay_runs_is_not_forgotten(place: Place) -> None:
    """The request comes after the letter was taken in hand and before it is settled."""
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(1)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead"), within=30)
        letter = await _first(place)
    await place.letters.replay(letter)
    (found,) = await place.letters.list()
    await place.letters.replay(letter)
    await place.letters.settle(found, LetterStatus.REPLAYED)
    (asked_again,) = await place.letters.list()
    assert asked_again.replay_requested_at is not None
    await place.letters.settle(asked_again, LetterStatus.REPLAYED)
    (settled,) = await place.letters.list()
    assert settled.replay_requested_at is None


async def test_a_letter_that_fails_again_stays_dead_and_its_successors_stay_parked(place: Place) -> None:
    subject, key = uuid4(), uuid4()
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(n, key=key, subject=subject) for n in (1, 2)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead", "parked"), within=30)
        effects.poison[1] = Permanent("still cannot be")
        await place.letters.replay(await _first(place))
        await eventually(lambda: _reason(place, "Permanent: still cannot be"))
    assert await _statuses(place, "dead", "parked")


async def test_discarding_lets_the_successors_go_on(place: Place) -> None:
    subject, key = uuid4(), uuid4()
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(n, key=key, subject=subject) for n in (1, 2)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead", "parked"), within=30)
        await place.letters.discard(await _first(place))
        await eventually(lambda: _statuses(place, "discarded", "replayed"))
        await place.publish([numbered(3, key=key, subject=subject)])
        await eventually(lambda: _effects(place, 2, 3))


async def test_an_event_that_was_published_twice_is_one_letter(place: Place) -> None:
    """Or a discarded event would come again by its double, and be handled after all."""
    subject, key = uuid4(), uuid4()
    effects = Effects(place.pool, poison={1: Permanent("cannot be"), 2: Permanent("cannot be")})
    events = [numbered(n, key=key, subject=subject) for n in (1, 2)]
    async with running(place.consumer(effects)):
        await place.publish(events)
        await eventually(lambda: _statuses(place, "dead", "parked"))
        await place.publish([*events, numbered(3, key=key, subject=subject)])
        await eventually(lambda: _statuses(place, "dead", "parked", "parked"))
        await place.letters.discard(await _first(place))
        await eventually(lambda: _statuses(place, "discarded", "dead", "parked"))
        effects.poison.clear()
        await place.letters.replay((await place.letters.list(LetterStatus.DEAD))[0].id)
        await eventually(lambda: _statuses(place, "discarded", "replayed", "replayed"))
    assert await place.effects() == [2, 3]


async def test_a_new_owner_of_the_lane_still_parks_the_successors(place: Place) -> None:
    subject, key = uuid4(), uuid4()
    effects = Effects(place.pool, poison={1: Permanent("cannot be")})
    await place.publish([numbered(1, key=key, subject=subject)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead"), within=30)
    await place.publish([numbered(2, key=key, subject=subject)])
    async with running(place.consumer(Effects(place.pool))):
        await eventually(lambda: _statuses(place, "dead", "parked"), within=30)
    assert await place.effects() == []


async def test_a_record_that_is_no_event_of_ours_dies_at_once(place: Place) -> None:
    garbage = Record(
        topic=encode(numbered(1), source="/x").topic,
        key=b"k\xff\x00",
        headers=(("ce_type", b"nobody.knows.v9"),),
        value=b"{not json \xff",
    )
    if not place.settings.get("KAFKA"):
        pytest.skip("only a foreign producer writes such bytes, and nobody else writes our log")
    publisher = place.transport.publisher()
    await publisher.open()
    await publisher.publish([garbage])
    await publisher.close()
    await place.publish([numbered(2)])
    async with running(place.consumer(Effects(place.pool))):
        await eventually(lambda: _statuses(place, "dead"), within=30)
        await eventually(lambda: _effects(place, 2), within=30)


async def test_an_unknown_error_gets_five_attempts(place: Place) -> None:
    effects = Effects(place.pool, poison={1: ZeroDivisionError("0912345678 must not be told")})
    await place.publish([numbered(1)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead"), within=30)
    assert len([call for call in effects.calls if call == [1]]) == 6  # once as a batch, then five by itself
    (letter,) = await place.letters.list()
    assert letter.reason.startswith("ZeroDivisionError at ")
    assert "0912345678" not in letter.reason


@pytest.mark.parametrize("error", [Transient("deadlock"), DependencyDown("PostgreSQL")])
async def test_what_passes_by_itself_is_waited_out_and_never_dies(place: Place, error: Exception) -> None:
    effects = Effects(place.pool, poison={1: error})
    await place.publish([numbered(1)])
    async with running(place.consumer(effects)):
        await eventually(lambda: len(effects.calls) > 4, within=30)
        effects.poison.clear()
        await eventually(lambda: _effects(place, 1))
    assert await place.letters.list() == []


async def test_too_many_dead_letters_stop_the_consumer(place: Place) -> None:
    async def bad_deploy(_: Sequence[Event]) -> None:
        raise Permanent("a field was renamed")

    await place.publish([numbered(n) for n in range(60)])
    consumer = place.consumer(bad_deploy, policy=ConsumerPolicy(poll_seconds=0.05, breaker_least=5))
    async with running(consumer):
        await eventually(consumer.trouble, within=30)
        assert "too many dead letters" in (consumer.trouble() or "")
    assert 5 <= len(await place.letters.list()) < 60


async def test_a_lane_that_makes_no_progress_fails_liveness(place: Place) -> None:
    gate = asyncio.Event()

    async def hangs(_: Sequence[Event]) -> None:
        await gate.wait()

    await place.publish([numbered(1)])
    consumer = place.consumer(hangs, policy=ConsumerPolicy(poll_seconds=0.05, stuck_seconds=0.3))
    async with running(consumer):
        assert consumer.trouble() is None
        await eventually(consumer.trouble, within=30)
        gate.set()
        await eventually(lambda: consumer.trouble() is None)


async def test_waiting_for_a_dependency_is_no_illness(place: Place) -> None:
    effects = Effects(place.pool, poison={1: DependencyDown("PostgreSQL")})
    await place.publish([numbered(1)])
    consumer = place.consumer(effects, policy=ConsumerPolicy(poll_seconds=0.05, stuck_seconds=0.0, drain_seconds=1))
    async with running(consumer):
        await eventually(lambda: len(effects.calls) > 3, within=30)
        assert consumer.trouble() is None


async def test_letters_are_shown_and_wrong_wishes_refused(place: Place) -> None:
    event = numbered(1)
    async with running(place.consumer(Effects(place.pool, poison={1: Permanent("no")}), policy=QUICK)):
        await place.publish([event])
        await eventually(lambda: _statuses(place, "dead"), within=30)
    number = await _first(place)
    letter, record = await place.letters.show(number)
    assert (letter.event_id, letter.subject) == (event.id, str(event.subject))
    assert record.value == encode(event, source="/notify").value
    await place.letters.discard(number)
    with pytest.raises(Refused):
        await place.letters.replay(number)
    with pytest.raises(Refused):
        await place.letters.discard(number)
    with pytest.raises(NotFound):
        await place.letters.show(number + 1)
    with pytest.raises(NotFound):
        await place.letters.replay(number + 1)


async def test_one_by_one_keeps_the_order_of_the_batch(place: Place) -> None:
    key = uuid4()
    effects = Effects(place.pool, poison={5: Permanent("no")})
    await place.publish([numbered(n, key=key) for n in range(10)])
    async with running(place.consumer(effects)):
        await eventually(lambda: _statuses(place, "dead"), within=30)
        await eventually(lambda: _effects(place, *(n for n in range(10) if n != 5)))


async def _statuses(place: Place, *wanted: str) -> bool:
    """Oldest first."""
    found = tuple(letter.status.value for letter in reversed(await place.letters.list()))
    assert found == wanted
    return True


async def _effects(place: Place, *wanted: int) -> bool:
    assert await place.effects() == list(wanted)
    return True


async def _reason(place: Place, reason: str) -> bool:
    return reason in [letter.reason for letter in await place.letters.list()]


async def _first(place: Place) -> int:
    return (await place.letters.list())[-1].id
