"""`python -m tests.support.lone_sender`: a sender in a process of its own, for tests that kill it at a named point.

LONE_DSN and LONE_URL say where the queue and the provider are; TECHRESCUE_CRASH_AT where it dies. It runs until then.
"""

import asyncio
import os

from notify.channels.http_provider import Patience
from notify.channels.twilio import TwilioSettings, open_twilio
from notify.sending.sender import Sender
from notify.settings import NotifySettings
from shared.pacing import Bell
from shared.postgres.pool import open_pool
from shared.security.vault import Vault
from tests.support.notifying import MASTER_KEY

AT_ONCE = 10


def twilio_at(url: str, patience: Patience | None = None) -> TwilioSettings:
    return TwilioSettings(
        url=url, account="AC1", token="t", sender="+15005550006", callback_url="http://us", patience=patience or Patience()
    )


async def run() -> None:
    settings = NotifySettings(poll_seconds=0.02, claim_batch=AT_ONCE, in_flight=AT_ONCE)
    twilio, database = (
        open_twilio(twilio_at(os.environ["LONE_URL"])),
        open_pool(os.environ["LONE_DSN"], schema="notify", max_size=4),
    )
    async with twilio as carrier, database as pool:
        await Sender(pool, Vault(MASTER_KEY), [carrier], settings, Bell()).run()


if __name__ == "__main__":
    asyncio.run(run())
