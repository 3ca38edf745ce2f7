"""People who talk with our bot: what a provider hands over to their phone they read and answer, until they have their code.

This is the provider as well: one small server that speaks like Twilio, Telegram and Zalo, and tells by signed callbacks what was
written and what has arrived.
"""

import asyncio
import hashlib
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import aiohttp
import orjson
from aiohttp import web

from bench import notifying
from bench.crowd import Person
from notify.callbacks.twilio import signature
from notify.channels.twilio import TEXT_PATH
from shared.events.contract import ChannelKind
from shared.folding import folded

WAIT: Final = "dang gui yeu cau, xin doi"
TELEGRAM_TOKEN: Final = "1:bench"  # noqa: S105 - of a bot that there is not
TELEGRAM_SECRET: Final = "bench-bench-bench-bench"  # noqa: S105 - same
ZALO_APP, ZALO_SECRET = "1027000000000000001", "bench-bench"
PATIENCE_SECONDS: Final = 30.0  # then people write once more what they have written
MOST_TURNS: Final = 16
MOST_SILENCES: Final = 3  # in a row: then they give up
THINKING: Final = (0.5, 2.0)
# Folded: an SMS has no marks. To the own number the confirmation of the filing is the answer.
FILED: Final = re.compile(r"da nhan(?:(?: yeu cau)?, ma| viec) (tr-\w{4}-\w{4})\b")


def settings(provider_port: int, notify_port: int) -> dict[str, str]:
    """Of the processes: all three channels over this provider."""
    here = f"http://127.0.0.1:{provider_port}"
    return {
        **notifying.over_twilio(provider_port, notify_port),
        "carriers": "twilio,telegram,zalo",
        "telegram_url": here,
        "telegram_token": TELEGRAM_TOKEN,
        "telegram_callback_secret": TELEGRAM_SECRET,
        "zalo_url": here,
        "zalo_oauth_url": here,
        "zalo_app_id": ZALO_APP,
        "zalo_app_secret": ZALO_SECRET,
        "zalo_webhook_secret": ZALO_SECRET,
    }


def code_in(said: str) -> str | None:
    """Of what was just filed."""
    met = FILED.search(folded(said))
    return None if met is None else met[1].upper()


def reply_to(said: str, person: Person, trouble: str) -> str | None:
    """What somebody answers to a question of ours; None: it is none."""
    plain = folded(said)
    replies = {
        "dung khong a? 1 dung": "1",
        "duoc chua a? 1 duoc roi": "2",
        "so dien thoai nao": person.phone,
        "em xin ten": person.name,
        "minh o dau": person.place,
        "minh o phuong, xa nao": "1",
        "co phai bac o": "đúng",
        "bac o duong nao": person.place,
        "viec nao nhat a": "1",
        "can giup viec gi": trouble,
    }
    return next((reply for words, reply in replies.items() if words in plain), None)


class Phones:
    """Of all people. `answers`: how often which status a callback had; `delays`: seconds from a message to its answer; `known`:
    codes that people have."""

    def __init__(self, session: aiohttp.ClientSession, port: int, notify_port: int) -> None:
        self.port = port
        self._session = session
        self._notify = f"http://127.0.0.1:{notify_port}"
        self._numbers = count(920_000_000)
        self._luck = random.Random(3)  # noqa: S311 - the same pauses each time
        self._listening: dict[str, asyncio.Queue[str]] = {}
        self._hands: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # nobody has two conversations at a time
        self._errands: set[asyncio.Task[None]] = set()
        self.known: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """What was counted so far."""
        self.answers: Counter[str] = Counter()
        self.delays: list[float] = []
        self.said_again = 0
        self.lost: list[str] = []

    async def talk(self, person: Person, trouble: str, *, at_once: bool, doubled: bool) -> str | None:
        """A whole conversation; the code of what was filed, None if it ended in anything else. `doubled`: each message of it
        is brought twice."""
        async with self._hands[person.account]:
            heard = self._listening[person.account] = asyncio.Queue()
            try:
                return await self._talk(person, trouble, heard, _opening(person, trouble, at_once=at_once), doubled=doubled)
            finally:
                del self._listening[person.account]

    async def _talk(self, person: Person, trouble: str, heard: asyncio.Queue[str], says: str, *, doubled: bool) -> str | None:
        said, silences = "", 0
        for _ in range(MOST_TURNS):
            began = time.monotonic()
            await self._write(person, says, doubled=doubled)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    said = await heard.get()
                    self.delays.append(time.monotonic() - began)
                    while WAIT in folded(said):
                        said = await heard.get()
            except TimeoutError:
                self.said_again += 1
                silences += 1
                if silences == MOST_SILENCES:
                    break
                continue
            silences = 0
            if (code := code_in(said)) is not None:
                self.known.add(code)
                return code
            reply = reply_to(said, person, trouble)
            if reply is None:
                break
            says = reply
            await asyncio.sleep(self._luck.uniform(*THINKING))
        self.lost.append(f"{person.chat}: {says!r} was answered {said!r}")
        return None

    # What people write -------------------------------------------------------------------------------------------------------

    async def _write(self, person: Person, text: str, *, doubled: bool) -> None:
        path, body, headers = _CALLBACKS[person.chat](self._notify, person, text, next(self._numbers))
        posts = [self._post(path, body, headers) for _ in range(2 if doubled else 1)]
        await asyncio.gather(*posts)

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            async with self._session.post(f"{self._notify}{path}", data=body, headers=headers) as answer:
                self.answers[str(answer.status)] += 1
        except (aiohttp.ClientError, TimeoutError) as error:
            self.answers[type(error).__name__] += 1

    # What their phones get ---------------------------------------------------------------------------------------------------

    async def sms(self, request: web.Request) -> web.Response:
        form = parse_qs((await request.read()).decode())
        sid = f"SM{next(self._numbers)}"
        self._errand(self._delivered(form["StatusCallback"][0], sid))
        text = form["Body"][0]
        code = code_in(text)
        if reply_to(text, _NOBODY, "-") if code is None else code not in self.known:  # all other news come here, too
            self._arrived(form["To"][0], text)
        return web.json_response({"sid": sid}, status=201)

    async def telegram(self, request: web.Request) -> web.Response:
        told = orjson.loads(await request.read())
        self._arrived(str(told["chat_id"]), told["text"])
        return web.json_response({"ok": True, "result": {"message_id": next(self._numbers)}})

    async def zalo(self, request: web.Request) -> web.Response:
        told, id_ = orjson.loads(await request.read()), f"z{next(self._numbers)}"
        self._arrived(told["recipient"]["user_id"], told["message"]["text"])
        self._errand(self._post(*_zalo("user_received_message", told["recipient"]["user_id"], {"msg_id": id_})))
        return web.json_response({"error": 0, "data": {"message_id": id_}})

    def _arrived(self, account: str, text: str) -> None:
        if (heard := self._listening.get(account)) is not None:
            heard.put_nowait(text)

    async def _delivered(self, url: str, sid: str) -> None:
        form = [("MessageSid", sid), ("MessageStatus", "delivered")]
        await self._post(url.removeprefix(self._notify), urlencode(form).encode(), _twilio_headers(url, form))

    def _errand(self, what: Any) -> None:
        task = asyncio.create_task(what)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def rested(self) -> None:
        """Once every receipt is out."""
        await asyncio.gather(*self._errands)


@asynccontextmanager
async def phones(provider_port: int, notify_port: int) -> AsyncIterator[Phones]:
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0)
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        found = Phones(session, provider_port, notify_port)
        app = web.Application()
        app.router.add_post(f"/2010-04-01/Accounts/{notifying.ACCOUNT}/Messages.json", found.sms)
        app.router.add_post(f"/bot{TELEGRAM_TOKEN}/sendMessage", found.telegram)
        app.router.add_post("/v3.0/oa/message/cs", found.zalo)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", provider_port).start()
            yield found
        finally:
            await runner.cleanup()


def _opening(person: Person, trouble: str, *, at_once: bool) -> str:
    if not at_once:
        return trouble
    number = "" if person.chat is ChannelKind.SMS else f" Số điện thoại {person.phone}"
    return f"Chào em, tôi là {person.name}, ở {person.place}. {trouble}.{number}"


# How each provider tells it -----------------------------------------------------------------------------------------------------

Callback = tuple[str, bytes, Mapping[str, str]]


def _by_sms(notify: str, person: Person, text: str, number: int) -> Callback:
    form = [("MessageSid", f"SM{number}"), ("From", person.phone), ("Body", text)]
    return TEXT_PATH, urlencode(form).encode(), _twilio_headers(f"{notify}{TEXT_PATH}", form)


def _twilio_headers(url: str, form: list[tuple[str, str]]) -> Mapping[str, str]:
    signed = signature(notifying.SIGNED_WITH, url, form)
    return {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}


def _by_telegram(_: str, person: Person, text: str, number: int) -> Callback:
    id_ = int(person.account)
    message = {"message_id": number, "from": {"id": id_}, "chat": {"id": id_, "type": "private"}, "text": text}
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET, "Content-Type": "application/json"}
    return "/callbacks/telegram", orjson.dumps({"update_id": number, "message": message}), headers


def _by_zalo(_: str, person: Person, text: str, number: int) -> Callback:
    return _zalo("user_send_text", person.account, {"text": text, "msg_id": f"b8de{number}"})


def _zalo(name: str, account: str, message: Mapping[str, str]) -> Callback:
    at = str(int(time.time() * 1000))
    body = orjson.dumps({"event_name": name, "app_id": ZALO_APP, "sender": {"id": account}, "message": message, "timestamp": at})
    mac = hashlib.sha256(ZALO_APP.encode() + body + at.encode() + ZALO_SECRET.encode()).hexdigest()
    return "/callbacks/zalo", body, {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}


_CALLBACKS: Final = {ChannelKind.SMS: _by_sms, ChannelKind.TELEGRAM: _by_telegram, ChannelKind.ZALO: _by_zalo}
_NOBODY: Final = Person(0, "nobody", "nobody", "nowhere", "", ChannelKind.SMS)
