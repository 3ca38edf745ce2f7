"""`python -m services.all_in_one`, which is `make run`: all rooms in one process on the embedded PostgreSQL. For one machine.

The embedded database is stopped with the process; a killed process leaves it running and finds it again.
"""

import asyncio
from importlib import import_module

from services.entry import main
from services.home import own_home
from services.settings import Settings
from shared.errors import Misconfigured
from shared.postgres.embedded import start_embedded


async def run(settings: Settings) -> None:
    if not settings.on_loopback:
        raise Misconfigured("the embedded profile listens on loopback only: its /dev routes are open to whoever can reach them")
    if settings.carrier_names != ("simulated",):
        import_module("services.carriers").check(settings)  # first: whoever mistypes a name wants no real carrier
        if settings.demo:
            raise Misconfigured("the demonstration's numbers are made up: with a real carrier set TECHRESCUE_DEMO=0")
    with own_home(settings.home):
        # The database recovers, after a kill for a second or more, while the rooms and their libraries are imported.
        starting = asyncio.create_task(asyncio.to_thread(start_embedded, settings.home))
        whole = await asyncio.to_thread(import_module, "services.whole")
        embedded = await starting
        try:
            await whole.run_on(settings, embedded.dsn)
        finally:
            await asyncio.to_thread(embedded.stop)


if __name__ == "__main__":
    main(run)
