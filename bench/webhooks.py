"""Webhooks while the broker is away: signed texts of Zalo, Telegram and SMS, and receipts, 200 a second, one in eleven repeated.

The broker was there when notify started; then it takes connections and says nothing, and then it is gone. Callers come at random
and do not wait for each other: a delay counts from when somebody should have been heard. Once the broker is back, every text and
every receipt must stand on the topic, each once.
"""

import asyncio
import hashlib
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

import numpy as np
import orjson

from bench import notifying, parts, receipts
from bench.arrivals import LONGEST_SECONDS, Line
from bench.dispatch import on_database
from bench.rows import Row, limited, told
from notify.callbacks.telegram import SECRET_HEADER
from notify.callbacks.twilio import signature
from notify.callbacks.zalo import SIGNATURE_HEADER
from notify.channels.twilio import TEXT_PATH
from shared.events.contract import Sealed
from shared.events.registry import Topic
from shared.transport.history import of_kafka
from shared.transport.kafka import make_topics

RATE, SECONDS = 200, 20
REPEATED = 10  # one of so many comes twice, as providers do that think they were not heard
WARM_UP = 200
EACH = RATE * SECONDS // (REPEATED + 1) * REPEATED // 4  # of one kind, in one turn
APP: Final = "1027000000000000001"
CHATS: Final = {
    "carriers": "twilio,telegram,zalo",
    "telegram_url": "http://127.0.0.1:9",
    "telegram_token": "1:bench",
    "telegram_callback_secret": notifying.SIGNED_WITH,
    "zalo_url": "http://127.0.0.1:9",
    "zalo_oauth_url": "http://127.0.0.1:9",
    "zalo_app_id": APP,
    "zalo_app_secret": notifying.SIGNED_WITH,
    "zalo_webhook_secret": notifying.SIGNED_WITH,
}
UNTOLD: Final = """
select (select count(*) from notify.unpublished)
    + (select count(*) from notify.inbound_texts where handled_at is null)
"""
BACK_SECONDS: Final = 120.0
LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")  # a number might be masked
THANKS: Final = {200, 204}


@dataclass(frozen=True, slots=True)
class Webhook:
    """`said`: the words, or the message that has arrived; by it one is known on the topic."""

    said: str
    request: bytes


async def rows() -> list[Row]:
    prefix = f"{uuid4().hex[:8]}."
    async with parts.own_kafka() as broker, parts.real_postgres() as postgres:
        await make_topics(broker.bootstrap, prefix=prefix)
        dsn = await postgres.new_database(migrated=True)
        attempts = await _handed_over(dsn)
        async with notifying.notify(dsn, broker.bootstrap, prefix, parts.free_port(), **CHATS) as (port, pid):
            await notifying.all_read([port])
            await _call(port, _texts(port, WARM_UP))
            half = list(attempts.items())
            silent, gone = (_texts(port, 3 * EACH) + _receipts(port, some) for some in (half[:EACH], half[EACH:]))
            broker.tell(signal.SIGSTOP)
            unheard = await _call(port, silent)
            broker.tell(signal.SIGKILL)
            used = notifying.cpu_seconds(pid)
            away = await _call(port, gone)
            used = notifying.cpu_seconds(pid) - used
            await broker.start()
            await _all_told(dsn)
        on_topic = await _on_topic(dsn, broker.bootstrap, prefix)
    wrong = sum(on_topic[one.said] != 1 for one in (*silent, *gone))
    return [
        limited(f"webhooks: answered with the broker gone, at {RATE}/s, p99 (s)", _at(away, 99), "<= 0.2"),
        limited(f"webhooks: answered while the broker says nothing, at {RATE}/s, p99 (s)", _at(unheard, 99), "<= 0.2"),
        told("webhooks: answered with the broker gone, p50 (s)", _at(away, 50)),
        told("webhooks: microseconds of CPU of the process per webhook, reading it later included", used / len(away) * 1e6),
        limited(f"webhooks: of {len(silent) + len(gone)}, lost or told twice once the broker is back", wrong, "<= 0"),
    ]


def _at(delays: Sequence[float], percent: float) -> float:
    return float(np.percentile(delays, percent))


# What is called -----------------------------------------------------------------------------------------------------------------


def _texts(port: int, count: int) -> list[Webhook]:
    """Everybody writes twice."""
    kinds: Sequence[Callable[[int, int, str], bytes]] = (_zalo, _telegram, _sms)
    first, found = random.randrange(10**6), []  # noqa: S311 - other people than before
    for place in range(count):
        said = f"máy in hỏng, nhờ giúp {uuid4().hex.translate(LETTERS)}"
        found.append(Webhook(said, kinds[place % 3](port, first + place % (count // 2), said)))
    return found


def _zalo(port: int, person: int, said: str) -> bytes:
    now = str(int(time.time() * 1000))
    sender, message = {"id": f"61{person:08}"}, {"text": said, "msg_id": uuid4().hex}
    body = orjson.dumps({"event_name": "user_send_text", "app_id": APP, "sender": sender, "message": message, "timestamp": now})
    mac = hashlib.sha256(APP.encode() + body + now.encode() + notifying.SIGNED_WITH.encode()).hexdigest()
    return _request(port, "/callbacks/zalo", body, SIGNATURE_HEADER, f"mac={mac}")


def _telegram(port: int, person: int, said: str) -> bytes:
    somebody = {"id": 5_000_000_000 + person, "is_bot": False, "first_name": "Lan"}
    chat = {"id": somebody["id"], "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": somebody, "text": said}
    body = orjson.dumps({"update_id": random.getrandbits(40), "message": message})
    return _request(port, "/callbacks/telegram", body, SECRET_HEADER, notifying.SIGNED_WITH)


def _sms(port: int, person: int, said: str) -> bytes:
    form = [("MessageSid", uuid4().hex), ("From", f"+8491{person:07}"), ("Body", said)]
    signed = signature(notifying.SIGNED_WITH, f"http://127.0.0.1:{port}{TEXT_PATH}", form)
    return _request(port, TEXT_PATH, urlencode(form).encode(), "X-Twilio-Signature", signed)


async def _handed_over(dsn: str) -> dict[UUID, UUID]:
    """Attempt → its message."""
    await receipts.handed_over(dsn, 2 * EACH)
    rows = await on_database(dsn, lambda connection: connection.fetch("select id, message_id from notify.message_attempts"))
    return dict(map(tuple, rows))


def _receipts(port: int, attempts: Sequence[tuple[UUID, UUID]]) -> list[Webhook]:
    found = []
    for attempt, message in attempts:
        path, signed, body = receipts.signed(port, attempt)
        found.append(Webhook(str(message), _request(port, path, body.encode(), "X-Twilio-Signature", signed)))
    return found


def _request(port: int, path: str, body: bytes, header: str, proof: str) -> bytes:
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\n{header}: {proof}\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


# Calling ------------------------------------------------------------------------------------------------------------------------


async def _call(port: int, webhooks: Sequence[Webhook]) -> list[float]:
    """Each, and some of them twice, in any order. Seconds from when it should have come to its answer; a refusal is none."""
    calls = [one.request for one in (*webhooks, *webhooks[::REPEATED])]
    random.shuffle(calls)
    idle: list[Line] = []
    began, offset, running = time.monotonic(), 0.0, []
    async with asyncio.TaskGroup() as callers:
        for call in calls:
            offset += random.expovariate(RATE)
            await asyncio.sleep(max(0.0, began + offset - time.monotonic()))
            running.append(callers.create_task(_answered(idle, port, call, began + offset)))
    for line in idle:
        line.close()
    return [task.result() for task in running]


async def _answered(idle: list[Line], port: int, call: bytes, due: float) -> float:
    line = idle.pop() if idle else None
    async with asyncio.timeout(LONGEST_SECONDS):
        if line is None or line.is_over():
            _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
        status, _ = await line.ask(call)
    idle.append(line)
    return time.monotonic() - due if status in THANKS else LONGEST_SECONDS


# What has become of it ----------------------------------------------------------------------------------------------------------


async def _all_told(dsn: str) -> None:
    deadline = time.monotonic() + BACK_SECONDS
    while await on_database(dsn, lambda connection: connection.fetchval(UNTOLD)):
        if time.monotonic() > deadline:
            raise TimeoutError("not everything was told after the broker was back")
        await asyncio.sleep(0.5)


async def _on_topic(dsn: str, bootstrap: str, prefix: str) -> Counter[str]:
    """How often each was told: what was written, and messages that arrived."""
    found: Counter[str] = Counter()
    texts: list[Sealed] = []
    async for records in of_kafka(bootstrap, [Topic.MESSAGES], prefix=prefix):
        for record in records:
            body = orjson.loads(record.value)
            if "text" in body:
                texts.append(Sealed(**body["text"]))
            elif "message_id" in body:
                found[body["message_id"]] += 1
    keys = await on_database(dsn, lambda connection: notifying.VAULT.keys(connection, {one.key_id for one in texts}))
    return found + Counter(keys[one.key_id].open(one, purpose="text").decode() for one in texts)
