"""A provider of SMS that takes 50 ms for each message and any number at once, in a process of its own: `PORT [TOKEN]`.

It speaks like Twilio to us, with a signed receipt for each message, and in its plainest words to the textbook (`/send`).
`/counts` says how many messages it took and how many receipts were heard, and when it last did (time.monotonic, one clock for
all processes here).
"""

import asyncio
import sys
import time
from urllib.parse import parse_qs
from uuid import uuid4

import aiohttp
import orjson
import uvloop
from aiohttp import web

from notify.callbacks_twilio import signature

TAKES_SECONDS = 0.05
RECEIPT_LANES = 256  # reports that wait for an answer at the same time


class SlowProvider:
    def __init__(self, token: str) -> None:
        self._token = token
        self._reports: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._taken, self._taken_at = 0, 0.0
        self._heard, self._heard_at = 0, 0.0

    async def twilio(self, request: web.Request) -> web.Response:
        form = parse_qs((await request.read()).decode())
        await self._take()
        sid = f"SM{uuid4().hex}"
        self._reports.put_nowait((form["StatusCallback"][0], sid))
        return web.Response(status=201, body=orjson.dumps({"sid": sid}), content_type="application/json")

    async def plain(self, _request: web.Request) -> web.Response:
        await self._take()
        return web.Response(text="ok")

    async def counts(self, _request: web.Request) -> web.Response:
        return web.json_response([self._taken, self._taken_at, self._heard, self._heard_at])

    async def report(self, session: aiohttp.ClientSession) -> None:
        """Says of each message that the phone has it, until it is heard."""
        while True:
            url, sid = await self._reports.get()
            said = {"MessageSid": sid, "MessageStatus": "delivered"}
            signed = {"X-Twilio-Signature": signature(self._token, url, list(said.items()))}
            while not await _heard(session, url, said, signed):  # noqa: ASYNC110 - a provider tries again after a while
                await asyncio.sleep(0.5)
            self._heard += 1
            self._heard_at = time.monotonic()

    async def _take(self) -> None:
        await asyncio.sleep(TAKES_SECONDS)
        self._taken += 1
        self._taken_at = time.monotonic()


async def _heard(session: aiohttp.ClientSession, url: str, said: dict[str, str], headers: dict[str, str]) -> bool:
    try:
        async with session.post(url, data=said, headers=headers) as answer:
            return answer.ok
    except aiohttp.ClientError:
        return False


async def main(port: int, token: str) -> None:
    provider, app = SlowProvider(token), web.Application()
    app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", provider.twilio)
    app.router.add_post("/send", provider.plain)
    app.router.add_get("/counts", provider.counts)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(provider.report(session) for _ in range(RECEIPT_LANES)))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), *sys.argv[2:] or ["-"]))
