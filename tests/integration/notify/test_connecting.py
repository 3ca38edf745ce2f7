"""A provider connects helper and resident under the hotline's number: rung once whatever dies, and the desk where it cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from notify.calls.bridge import Bridged, BridgeStatus, CallBridge
from notify.calls.call import call_of
from notify.calls.connecting import Connector
from notify.calls.desk import Calls
from notify.channels.http_bridge import BridgeSettings, open_bridge
from notify.sending.settlement import insert_calls
from shared.events.assignments import JobStatus, OfferStatus
from shared.events.contract import Role
from shared.events.registry import EventType
from shared.postgres.transaction import transaction
from shared.security.tokens import Caller
from tests.integration.notify.test_by_phone import taken
from tests.support.notifying import Bureau
from tests.support.switch import Switch, a_switch

HOTLINE = "+84241022"
TASK = "select * from call_tasks where purpose = 'remote_call'"


class Killed(Exception):
    """The process dies here."""


@dataclass
class Office:
    bureau: Bureau
    switch: Switch
    connector: Connector

    async def task(self) -> Any:
        (row,) = await self.bureau.rows(TASK)
        return row

    async def later(self, seconds: float) -> None:
        await self.bureau.move_clock(seconds)
        await self.connector.look()


@asynccontextmanager
async def office(bureau: Bureau) -> AsyncIterator[Office]:
    async with a_switch() as switch, open_bridge(settings(switch)) as bridge:
        yield Office(bureau, switch, Connector(bureau.pool, bureau.vault, bridge))


def settings(switch: Switch) -> BridgeSettings:
    return BridgeSettings(url=switch.url, token="secret", hotline=HOTLINE)


async def test_both_are_rung_under_the_hotline_s_number_and_dispatch_hears_that_they_talk(bureau: Bureau) -> None:
    lan, an, job, _ = await taken(bureau)
    async with office(bureau) as at:
        await at.connector.look()
        (rung,) = at.switch.calls.values()
        assert rung == {"from": HOTLINE, "helper": an.phone, "resident": lan.phone}
        assert at.switch.tokens == {"Bearer secret"}
        task = await at.task()
        assert (task["status"], task["owner"]) == ("taken", "bridge")
        at.switch.status[str(task["id"])] = "connected"
        await at.later(4)
    (said,) = await bureau.emitted(EventType.CALL_DONE)
    assert (said["outcome"], said["owner"], said["job_id"]) == ("told", "bridge", str(job.job_id))


async def test_a_ring_whose_answer_is_lost_is_asked_about_and_not_repeated(bureau: Bureau) -> None:
    await taken(bureau)
    async with office(bureau) as at:
        at.switch.becomes, at.switch.loses = "connected", 2  # the library asks a second time by itself
        await at.connector.look()
        assert (await at.task())["status"] == "taken"
        await at.later(4)
        assert (await at.task())["status"] == "done"
        assert len(at.switch.rings) == 1


@pytest.mark.parametrize("side", ["before", "after"])
async def test_killed_around_the_ring_both_are_rung_once(bureau: Bureau, side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await taken(bureau)

    def dies(_: str, at: str) -> None:
        if at == side:
            raise Killed

    async with office(bureau) as at:
        with monkeypatch.context() as fused:
            fused.setattr("notify.calls.connecting.crash_point", dies)
            with pytest.raises(Killed):
                await at.connector.look()
        assert len(at.switch.rings) == (1 if side == "after" else 0)
        await at.later(1)
        assert len(at.switch.rings) <= 1  # its claim still stands
        await at.later(21)
        await at.later(21)
        assert len(at.switch.rings) == 1
        assert (await at.task())["owner"] == "bridge"


async def test_who_does_not_pick_up_within_the_time_is_called_by_a_person(bureau: Bureau) -> None:
    await taken(bureau)
    async with office(bureau) as at:
        await at.connector.look()
        await at.later(91)
        task = await at.task()
        assert (task["status"], task["owner"], task["raised"]) == ("open", "city_desk", 1)
        assert set(at.switch.status.values()) == {"failed"}  # the ringing has ended
        await at.later(30)
        assert len(at.switch.rings) == 1


@pytest.mark.parametrize("why", ["refused", "failed", "away"])
async def test_what_the_provider_cannot_do_the_desk_does_at_once(bureau: Bureau, why: str) -> None:
    await taken(bureau)
    async with office(bureau) as at:
        at.switch.refuses, at.switch.becomes = why == "refused", "failed"
        if why == "away":
            async with open_bridge(BridgeSettings(url="http://127.0.0.1:9", token="x", hotline=HOTLINE)) as nowhere:
                await Connector(bureau.pool, bureau.vault, nowhere).look()
        else:
            await at.connector.look()
        task = await at.task()
        assert (task["status"], task["owner"]) == ("open", "city_desk")
    assert [body["owner"] for body in await bureau.emitted(EventType.CALL_REQUESTED)][-1] == "city_desk"


async def test_given_back_while_it_rings_it_rings_no_longer(bureau: Bureau) -> None:
    lan, an, job, won = await taken(bureau)
    async with office(bureau) as at:
        await at.connector.look()
        gone = won.model_copy(update={"status": OfferStatus.RELEASED})
        both = (lan.as_(Role.RESIDENT), an.as_(Role.RESPONDER))
        changes = {"status": JobStatus.PENDING, "responder": None, "visit": 1}
        await bureau.hear(bureau.about_job(EventType.ASSIGNMENT_RELEASED, job, *both, offer=gone, reason="released", **changes))
        await at.connector.look()
        assert set(at.switch.status.values()) == {"failed"}
        assert ((await at.task())["status"], (await at.task())["owner"]) == ("dropped", "city_desk")
        await at.connector.look()
        assert len(at.switch.rings) == 1


async def test_an_operator_who_was_faster_keeps_the_call(bureau: Bureau) -> None:
    await taken(bureau)
    async with office(bureau) as at:
        await Calls(bureau.pool, bureau.vault).take((await at.task())["id"], Caller("Bình", "operator"))
        await at.connector.look()
        assert at.switch.rings == []


async def test_the_provider_answers_the_same_twice_and_nothing_of_what_it_does_not_know(bureau: Bureau) -> None:
    call = Bridged(id=UUID(int=7), helper="+84912000002", resident="+84912000001")
    async with a_switch() as switch, open_bridge(settings(switch)) as bridge:
        assert await bridge.look(call.id) is None
        assert [await bridge.ring(call), await bridge.ring(call)] == [BridgeStatus.RINGING] * 2
        assert len(switch.rings) == 1
        assert await bridge.hang_up(call.id) is BridgeStatus.FAILED


@dataclass
class Slow:
    """A provider that takes its time to answer; in the second ring another process looks for calls, too."""

    bridge: CallBridge
    bureau: Bureau
    seconds: float
    rung: list[UUID] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    other: Connector | None = None

    async def ring(self, call: Bridged) -> BridgeStatus:
        self.rung.append(call.id)
        self.did.append("ring")
        await self.bureau.move_clock(self.seconds)
        if self.other is not None and len(self.rung) == 2:
            await self.other.look()
        return await self.bridge.ring(call)

    async def look(self, call_id: UUID) -> BridgeStatus | None:
        self.did.append("look")
        await self.bureau.move_clock(self.seconds)
        return await self.bridge.look(call_id)

    async def hang_up(self, call_id: UUID) -> BridgeStatus | None:
        return await self.bridge.hang_up(call_id)


async def test_several_calls_of_a_slow_provider_are_asked_for_once_each_whoever_else_looks(bureau: Bureau) -> None:
    for _ in range(3):
        await taken(bureau)
    async with a_switch() as switch, open_bridge(settings(switch)) as bridge:
        mine, theirs = Slow(bridge, bureau, 15), Slow(bridge, bureau, 0)
        mine.other = Connector(bureau.pool, bureau.vault, theirs)
        await Connector(bureau.pool, bureau.vault, mine).look()
        await mine.other.look()
    assert [len(mine.rung), len(theirs.rung)] == [2, 1]
    assert len({*mine.rung, *theirs.rung}) == 3


async def test_a_new_call_waits_for_none_that_rings_and_these_are_asked_about_once_a_look(bureau: Bureau) -> None:
    async with a_switch() as switch, open_bridge(settings(switch)) as bridge:
        slow = Slow(bridge, bureau, 0)
        connector = Connector(bureau.pool, bureau.vault, slow)
        for _ in range(2):
            await taken(bureau)
        await connector.look()
        await taken(bureau)
        await bureau.move_clock(4)
        slow.did, slow.seconds = [], 4
        await connector.look()
    assert slow.did == ["ring", "look", "look"], "what rings is due again before a slow provider has answered"


async def test_a_call_that_is_there_already_is_asked_for_no_second_time(bureau: Bureau) -> None:
    await taken(bureau)
    (row,) = await bureau.rows(TASK)
    before = len(await bureau.emitted(EventType.CALL_REQUESTED))
    async with transaction(bureau.pool, "notify.consume") as connection:
        again = replace(call_of(row), id=uuid4())
        other = replace(again, id=uuid4(), cause_event_id=uuid4())
        assert await insert_calls(connection, [again, other], await bureau.now()) == [other]
    asked = [call["call_id"] for call in (await bureau.emitted(EventType.CALL_REQUESTED))[before:]]
    assert asked == [str(other.id)], "nobody is told of a call that nobody finds"
