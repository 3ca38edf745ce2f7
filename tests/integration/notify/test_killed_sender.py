"""A sender killed by SIGKILL on both sides of claim, send and record: a real provider counts how often each person was told."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from notify.channels.twilio import open_twilio
from tests.support.faulty_provider import FaultyProvider, faulty_provider
from tests.support.lone_sender import AT_ONCE, twilio_at
from tests.support.multitude import ask_and_tell, neglected, people
from tests.support.notifying import Bureau

ROOT = Path(__file__).resolve().parents[3]
ASKED, TOLD = 20, 20
PASSAGES = {"notify.claim": 2, "notify.send": 15, "notify.record": 2}
POINTS = [f"{site}.{side}:{nth}" for site, nth in PASSAGES.items() for side in ("before", "after")]


@pytest.mark.parametrize("point", POINTS)
async def test_nobody_is_forgotten_and_only_what_was_in_doubt_is_said_twice(
    bureau: Bureau, point: str, record_property: Callable[[str, object], None]
) -> None:
    asked, told = await people(bureau, "+84981", ASKED), await people(bureau, "+84982", TOLD)
    await ask_and_tell(bureau, asked, told)
    async with faulty_provider() as provider:
        provider.answer_seconds = 0.02
        assert await die_at(point, bureau, provider) == -signal.SIGKILL
        in_doubt = await bureau.one("select count(*) from messages where status = 'sending'")
        assert AT_ONCE <= in_doubt < ASKED + TOLD, "it died in the middle of it"
        await goes_on(bureau, provider)
        phones = {one.phone for one in asked}
        doubled = {phone for phone, times in provider.took.items() if times > 1}
        assert max(provider.took.values()) <= 2
        assert doubled <= phones, "what only tells is never said twice"
        assert len(doubled) <= in_doubt
        assert phones <= provider.took.keys(), "each offer has left"
        unheard = {one.phone for one in told} - provider.took.keys()
        calls = await bureau.one("select count(*) from call_tasks")
        assert len(unheard) <= calls <= in_doubt, "a person calls whoever may not have been told"
    record_property("in doubt", in_doubt)
    record_property("doubled", len(doubled))
    record_property("calls", calls)


async def die_at(point: str, bureau: Bureau, provider: FaultyProvider) -> int:
    env = {**os.environ, "TECHRESCUE_CRASH_AT": point, "LONE_DSN": bureau.dsn, "LONE_URL": provider.url}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.lone_sender", env=env, cwd=ROOT)
    try:
        async with asyncio.timeout(60):
            return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def goes_on(bureau: Bureau, provider: FaultyProvider) -> None:
    """Another process takes over: leases run out, receipts are waited for, and what is left goes its way."""
    async with open_twilio(twilio_at(provider.url)) as carrier:
        for seconds in (21, 61):
            await bureau.move_clock(seconds)  # while nothing is under way: whose lease is over is taken for dead
            await bureau.sweep()
            async with bureau.sending(bureau.sender(carrier)):
                await bureau.drained()
    assert set(await bureau.statuses()) <= {"submitted", "undelivered"}
    assert await neglected(bureau) == []
