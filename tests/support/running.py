"""Loops of ours that run during a test, and are stopped however it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.lifecycle import Loop


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[None]:
    """What `run` raises is raised here, when the block ends."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        await asyncio.gather(*tasks)


async def killed(task: asyncio.Task[None]) -> None:
    """As near to `kill -9` as one process gets: no drain, no acknowledgement."""
    task.cancel()
    await asyncio.wait({task})
