"""What Zalo calls about: signed words of people and receipts; its own account's echoes, strangers and nonsense change nothing."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from notify.answers.reading import parse
from notify.callbacks.zalo import zalo_router
from notify.channels.port import ReceiptStatus
from shared.errors import Misconfigured
from shared.events.contract import ChannelKind
from shared.events.registry import EventType
from shared.http.problems import install_problems
from shared.telemetry.metrics import NOTIFY_CALLBACKS
from tests.support.arrivals import RecordingArrivals
from tests.support.chatting import Chat
from tests.support.notifying import Bureau
from tests.support.provider import HTML

APP, SECRET = "2553000000000000001", "webhook-secret-of-this-test"
NOW = 1_699_003_881_354  # milliseconds
LAN, ACCOUNT = "6142987654321098765", "3662000000000000001"


@pytest.fixture
def desk() -> RecordingArrivals:
    return RecordingArrivals()


@pytest.fixture
async def client(desk: RecordingArrivals) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problems(app)
    app.include_router(zalo_router(desk, app_id=APP, secret=SECRET, clock=lambda: NOW / 1000))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here/callbacks") as client:
        yield client


def event(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "event_name": name, "app_id": APP, "sender": {"id": LAN}, "recipient": {"id": ACCOUNT}, "timestamp": str(NOW),
        "user_id_by_app": "9791", **fields,
    }  # fmt: skip


def signed(body: bytes, *, app_id: str = APP, timestamp: str = str(NOW), secret: str = SECRET) -> str:
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


async def tell(
    client: httpx.AsyncClient, told: Any, signature: str | None = None, *, timestamp: str = str(NOW)
) -> httpx.Response:
    """With spaces and order as Zalo likes: the signature is over the bytes."""
    body = told if isinstance(told, bytes) else orjson.dumps(told, option=orjson.OPT_INDENT_2)
    header = f"mac={signed(body, timestamp=timestamp)}" if signature is None else signature
    return await client.post("/zalo", content=body, headers={"X-ZEvent-Signature": header})


async def test_a_text_is_exact_and_keeps_its_id(client: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    told = event("user_send_text", message={"text": " 1 27 có ạ ", "msg_id": "cb31"})
    answer = await tell(client, told)
    assert (answer.status_code, answer.content) == (200, b"")
    (text,) = desk.texts
    assert (text.carrier, text.id, text.sender, text.text) == ("zalo", "cb31", LAN, " 1 27 có ạ ")
    assert text.channel is ChannelKind.ZALO


async def test_a_signature_counts_with_and_without_its_name(client: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    body = orjson.dumps(event("anonymous_send_text", message={"text": "Chào", "msg_id": "a1"}))
    assert (await tell(client, body, signed(body))).status_code == 200
    assert (await tell(client, body, f"mac={signed(body).upper()}")).status_code == 200
    assert [text.text for text in desk.texts] == ["Chào", "Chào"]  # the desk knows by the id that it is one


async def test_a_place_is_shown_to_whoever_reads_it_and_answers_nothing(
    client: httpx.AsyncClient, desk: RecordingArrivals
) -> None:
    place = {"type": "location", "payload": {"coordinates": {"latitude": "10.7923119", "longitude": "106.7820651"}}}
    await tell(client, event("user_send_location", message={"attachments": [place], "text": "Chợ Bến", "msg_id": "b8"}))
    assert desk.texts[0].text == "Vị trí / location: 10.792312, 106.782065"
    assert parse(desk.texts[0].text) is None


@pytest.mark.parametrize("sender", [LAN, ACCOUNT, None])
async def test_a_receipt_is_known_by_the_message_whoever_is_called_its_sender(
    client: httpx.AsyncClient, desk: RecordingArrivals, sender: str | None
) -> None:
    told = event("user_received_message", message={"msg_id": "m1"}, sender=sender and {"id": sender})
    assert (await tell(client, told)).status_code == 200
    (receipt,) = desk.receipts
    assert (receipt.carrier, receipt.attempt_id, receipt.carrier_ref) == ("zalo", None, "m1")
    assert receipt.status is ReceiptStatus.DELIVERED


async def test_what_was_seen_has_arrived_each_of_them(client: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    await tell(client, event("user_seen_message", message={"msg_ids": ["m1", "m2"]}))
    await tell(client, event("user_seen_message", message={"msg_id": "m3"}))
    assert [(receipt.carrier_ref, receipt.status.value) for receipt in desk.receipts] == [
        ("m1", "delivered"),
        ("m2", "delivered"),
        ("m3", "delivered"),
    ]


@pytest.mark.parametrize("at_the_top", [False, True])
async def test_a_template_s_receipt_names_our_attempt(
    client: httpx.AsyncClient, desk: RecordingArrivals, *, at_the_top: bool
) -> None:
    attempt = uuid4()
    news = {"delivery_time": "1699003881999", "tracking_id": str(attempt)}
    told = event("user_received_message", message={"msg_id": "z1"}, **news)
    if not at_the_top:
        told = event("user_received_message", message={"msg_id": "z1", **news})
    await tell(client, told)
    (receipt,) = desk.receipts
    assert (receipt.carrier, receipt.attempt_id, receipt.carrier_ref) == ("zns", attempt, "z1")


async def test_a_template_s_receipt_without_our_id_is_known_by_theirs(client: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    news = {"delivery_time": "1699003881999", "tracking_id": "not-ours"}
    await tell(client, event("user_received_message", message={"msg_id": "z1", **news}))
    assert [(receipt.carrier, receipt.attempt_id, receipt.carrier_ref) for receipt in desk.receipts] == [("zns", None, "z1")]


@pytest.mark.parametrize(
    "told",
    [
        event("oa_send_text", sender={"id": ACCOUNT}, message={"text": "1 27", "msg_id": "o1"}),  # an echo of ours
        event("oa_send_image", sender={"id": ACCOUNT}, message={"msg_id": "o2"}),
        event("user_send_sticker", message={"msg_id": "s1"}),
        event("user_send_text", message={"text": "1 27"}),  # without an id it would count each time it is repeated
        event("user_send_text", message={"text": "", "msg_id": "e1"}),
        event("user_send_text", sender={"id": "not-a-number"}, message={"text": "1 27", "msg_id": "n1"}),
        event("user_received_message", message={}),
        event("user_something_new", message={"text": "1 27", "msg_id": "x"}),
        {"event_name": "follow", "app_id": APP, "oa_id": ACCOUNT, "follower": {"id": LAN}, "timestamp": str(NOW)},
        {"app_id": APP, "timestamp": str(NOW)},
    ],
)
async def test_what_is_no_word_and_no_receipt_is_taken_and_dropped(
    client: httpx.AsyncClient, desk: RecordingArrivals, told: dict[str, Any]
) -> None:
    assert (await tell(client, told)).status_code == 200
    assert (desk.texts, desk.receipts) == ([], [])


@pytest.mark.parametrize("impossible", ["m\x00", "m\n1", "mã"], ids=["nul", "line", "letters"])
async def test_an_id_that_can_be_none_of_zalos_names_nothing_and_takes_no_other_with_it(
    client: httpx.AsyncClient, desk: RecordingArrivals, impossible: str
) -> None:
    attempt = uuid4()
    for told in (
        event("user_send_text", message={"text": "1 27", "msg_id": impossible}),
        event("user_received_message", message={"msg_id": impossible}),
        event("user_received_message", message={"msg_id": impossible, "delivery_time": "1", "tracking_id": str(attempt)}),
        event("user_seen_message", message={"msg_ids": [impossible, "m2"], "msg_id": impossible}),
    ):
        assert (await tell(client, told)).status_code == 200
    assert desk.texts == []
    assert [(one.attempt_id, one.carrier_ref) for one in desk.receipts] == [(attempt, None), (None, "m2")]


async def test_a_desk_that_is_away_is_asked_again(client: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    desk.away = True
    for told in (
        event("user_send_text", message={"text": "1", "msg_id": "1"}),
        event("user_received_message", message={"msg_id": "m1"}),
    ):
        assert (await tell(client, told)).status_code == 503


DAY = 24 * 3600 * 1000


def out_of_time() -> float:
    return float(NOTIFY_CALLBACKS.labels("zalo", "out_of_time")._value.get())


@pytest.mark.parametrize(
    "signed_at", [NOW - 3 * 365 * DAY, NOW - DAY - 1000, NOW + 301_000, 0], ids=["old", "day", "soon", "none"]
)
async def test_a_call_that_was_signed_long_ago_or_not_yet_says_nothing_and_is_counted(
    client: httpx.AsyncClient, desk: RecordingArrivals, signed_at: int
) -> None:
    before = out_of_time()
    for told in (
        event("user_send_text", message={"text": "1 27", "msg_id": "t1"}), event("user_seen_message", message={"msg_id": "m1"}),
    ):  # fmt: skip
        answer = await tell(client, {**told, "timestamp": str(signed_at)}, timestamp=str(signed_at))
        assert answer.status_code == 200, "Zalo would repeat what never becomes right"
    assert (desk.texts, desk.receipts) == ([], [])
    assert out_of_time() == before + 2


@pytest.mark.parametrize("signed_at", [NOW - DAY + 1000, NOW - 3_600_000, NOW + 299_000], ids=["day", "repeated", "ahead"])
async def test_what_zalo_repeats_and_what_its_clock_is_ahead_is_heard(
    client: httpx.AsyncClient, desk: RecordingArrivals, signed_at: int
) -> None:
    told = event("user_send_text", message={"text": "1 27", "msg_id": "t1"}, timestamp=str(signed_at))
    await tell(client, told, timestamp=str(signed_at))
    assert [text.text for text in desk.texts] == ["1 27"]


async def test_a_yes_that_is_called_in_again_after_a_no_is_no_new_yes(bureau: Bureau) -> None:
    chat = Chat(bureau)
    team = await bureau.person("Tổ 1", "+84912000001")
    await chat.bound(team, LAN, over=ChannelKind.ZALO)
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000002")), team)
    await bureau.send_all()
    yes = chat.said(LAN, "offer", over=ChannelKind.ZALO)[0].buttons[0].says
    app = FastAPI()
    app.include_router(zalo_router(bureau.desk(), app_id=APP, secret=SECRET, clock=lambda: NOW / 1000))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here/callbacks") as client:
        for words, id_ in ((yes, "t1"), (f"2 {yes[2:]}", "t2"), (yes, "t1")):
            assert (await tell(client, event("user_send_text", message={"text": words, "msg_id": id_}))).status_code == 200
            await bureau.read()
    answers = [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]
    assert answers == ["accept", "decline"], "the same id is the same text"


@pytest.mark.parametrize("signature", ["", "mac=", "mac=00", "nonsense", "ơ"])
async def test_who_cannot_sign_finds_nothing(client: httpx.AsyncClient, desk: RecordingArrivals, signature: str) -> None:
    body = orjson.dumps(event("user_send_text", message={"text": "1 27", "msg_id": "1"}))
    headers = {"X-ZEvent-Signature": signature.encode()}
    assert (await client.post("/zalo", content=body, headers=headers)).status_code == 404
    assert desk.texts == []


async def test_a_signature_is_for_these_bytes_this_app_and_this_secret(
    client: httpx.AsyncClient, desk: RecordingArrivals
) -> None:
    body = orjson.dumps(event("user_send_text", message={"text": "1 27", "msg_id": "1"}))
    other = orjson.dumps({**event("user_send_text", message={"text": "1 27", "msg_id": "1"}), "app_id": "999"})
    for told, signature in (
        (body.replace(b"1 27", b"2 27"), signed(body)),
        (body, signed(body, secret="another")),
        (body, signed(body, secret="")),
        (body, signed(body, timestamp="1699003881355")),
        (other, signed(other, app_id="999")),  # an app of somebody else, however well it signs
        (HTML, signed(HTML)),
        (b"", signed(b"")),
    ):
        assert (await tell(client, told, f"mac={signature}")).status_code == 404
    assert desk.texts == []


@pytest.mark.parametrize(("app_id", "secret"), [("", SECRET), (APP, "")])
def test_without_app_or_secret_there_is_no_door(desk: RecordingArrivals, app_id: str, secret: str) -> None:
    with pytest.raises(Misconfigured):
        zalo_router(desk, app_id=app_id, secret=secret)
