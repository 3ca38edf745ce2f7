"""What eSMS, SpeedSMS and Twilio call: receipts and texts in our words, 503 while the desk is away, nothing for strangers."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from notify.callbacks.esms import esms_router
from notify.callbacks.speedsms import speedsms_router
from notify.callbacks.twilio import signature, twilio_router
from notify.channels.port import ReceiptStatus
from shared.http.body import BODY
from shared.http.direct import FrontDoor
from shared.http.problems import install_problems
from tests.support.arrivals import RecordingArrivals
from tests.support.texting import twilio_settings

SECRET = "a-secret-of-this-test"
TWILIO = twilio_settings()


@pytest.fixture
def desk() -> RecordingArrivals:
    return RecordingArrivals()


@pytest.fixture
async def us(desk: RecordingArrivals) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problems(app)
    for router in (esms_router(desk, SECRET), speedsms_router(desk, SECRET), twilio_router(desk, TWILIO)):
        app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        yield client


# eSMS


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"SendStatus": "1"}, "buffered"),
        ({"SendStatus": "2"}, "buffered"),
        ({"SendStatus": "7"}, "accepted"),
        ({"SendStatus": "4"}, "rejected"),
        ({"SendStatus": "5", "SendSuccess": "1", "SendFailed": "0"}, "delivered"),
        ({"SendStatus": "5", "SendSuccess": "0", "SendFailed": "1"}, "undelivered"),
        ({"SendStatus": "5", "SendSuccess": "1", "SendFailed": "1"}, "undelivered"),
    ],
)
async def test_esms_reports_of_our_attempt(
    us: httpx.AsyncClient, desk: RecordingArrivals, said: dict[str, str], status: str
) -> None:
    attempt = uuid4()
    params = {"SMSID": "abc-1", "RequestId": str(attempt), "TypeId": "2", "telcoid": "1", **said}
    answer = await us.get(f"/callbacks/esms/{SECRET}/report", params=params)
    assert (answer.status_code, answer.content) == (200, b"")
    assert desk.said_of(attempt) == [ReceiptStatus(status)]
    assert (desk.receipts[0].carrier, desk.receipts[0].carrier_ref) == ("esms", "abc-1")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"RequestId": "x", "SendStatus": "7"},
        {"RequestId": str(uuid4()), "SendStatus": "99"},
        {"RequestId": str(uuid4()), "SendStatus": "5"},
        {"RequestId": str(uuid4()), "SendStatus": "5", "SendSuccess": "many"},
    ],
)
async def test_esms_stops_after_nonsense(us: httpx.AsyncClient, desk: RecordingArrivals, params: dict[str, str]) -> None:
    assert (await us.get(f"/callbacks/esms/{SECRET}/report", params=params)).status_code == 200
    assert desk.receipts == []


# SpeedSMS


@pytest.mark.parametrize(
    ("code", "status"), [(0, "delivered"), (1, "buffered"), (63, "buffered"), (64, "undelivered"), ("70", "undelivered")]
)
async def test_speedsms_reports_by_its_own_number(
    us: httpx.AsyncClient, desk: RecordingArrivals, code: int | str, status: str
) -> None:
    report = {"type": "report", "tranId": 4521, "phone": "84901234567", "status": code}
    assert (await us.post(f"/callbacks/speedsms/{SECRET}", json=report)).status_code == 200
    (receipt,) = desk.receipts
    assert (receipt.carrier, receipt.attempt_id, receipt.carrier_ref, receipt.status) == ("speedsms", None, "4521", status)


async def test_the_same_words_twice_over_speedsms_are_two_texts(us: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    """It gives no id, and "1" of this morning must not swallow the "1" of this evening."""
    for _ in range(2):
        answer = await us.post(
            f"/callbacks/speedsms/{SECRET}", json={"type": "sms", "phone": "84901234567", "content": "1 27 có ạ"}
        )
        assert (answer.status_code, answer.content) == (200, b"")
    first, second = desk.texts
    assert (first.sender, first.text, first.carrier) == ("84901234567", "1 27 có ạ", "speedsms")
    assert first.id != second.id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"type":"other"}',
        b'{"type":"sms","phone":""}',
        b'{"type":"sms","phone":"1","content":"\\ud800"}',
        b"\xff",
    ],
)
async def test_speedsms_stops_after_nonsense(us: httpx.AsyncClient, desk: RecordingArrivals, body: bytes) -> None:
    assert (await us.post(f"/callbacks/speedsms/{SECRET}", content=body)).status_code == 200
    assert (desk.receipts, desk.texts) == ([], [])


# Twilio


def by_hand(url: str, form: dict[str, str]) -> str:
    """Their recipe once more, written apart from ours."""
    text = url
    for name in sorted(form):
        text += name + form[name]
    return base64.b64encode(hmac.new(TWILIO.token.encode(), text.encode("utf-8"), hashlib.sha1).digest()).decode()


async def called(us: httpx.AsyncClient, path: str, form: dict[str, str], *, signed: str | None = None) -> httpx.Response:
    signed = by_hand(f"https://sos.example.vn{path}", form) if signed is None else signed
    headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
    return await us.post(path, content=urlencode(form), headers=headers)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("accepted", "buffered"),
        ("queued", "buffered"),
        ("sending", "buffered"),
        ("sent", "accepted"),
        ("delivered", "delivered"),
        ("read", "delivered"),
        ("undelivered", "undelivered"),
        ("canceled", "undelivered"),
        ("failed", "rejected"),
    ],
)
async def test_twilio_s_status_names_our_attempt(us: httpx.AsyncClient, desk: RecordingArrivals, said: str, status: str) -> None:
    attempt = uuid4()
    form = {"MessageSid": "SM1", "MessageStatus": said, "To": "+84901234567", "From": "+15005550006", "ErrorCode": "30003"}
    answer = await called(us, f"/callbacks/twilio/status?attempt={attempt}", form)
    assert (answer.status_code, answer.content) == (204, b"")
    assert desk.said_of(attempt) == [ReceiptStatus(status)]
    assert (desk.receipts[0].carrier, desk.receipts[0].carrier_ref) == ("twilio", "SM1")


async def test_twilio_is_heard_behind_the_guard_which_has_read_the_body_before(desk: RecordingArrivals) -> None:
    app = FrontDoor()
    app.router.routes.extend(twilio_router(desk, TWILIO).routes)
    app.open()

    async def guarded(scope: Scope, _receive: Receive, send: Send) -> None:
        await app(
            {**scope, BODY: urlencode({"MessageSid": "SM1", "MessageStatus": "delivered"}).encode()}, _receive_nothing, send
        )

    attempt = uuid4()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url="http://here") as us:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        assert (await called(us, f"/callbacks/twilio/status?attempt={attempt}", form)).status_code == 204
    assert [receipt.attempt_id for receipt in desk.receipts] == [attempt]


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}


async def test_twilio_hands_over_a_text_exactly(us: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    form = {"MessageSid": "SM9", "From": "+84901234567", "To": "+1", "Body": " 1 27 có ạ+&% ", "NumMedia": "0", "MediaUrl": ""}
    assert (await called(us, "/callbacks/twilio/sms", form)).status_code == 204
    (text,) = desk.texts
    assert (text.id, text.sender, text.text, text.carrier) == ("SM9", "+84901234567", " 1 27 có ạ+&% ", "twilio")


async def test_twilio_s_own_example_has_twilio_s_own_signature() -> None:
    """The example of their documentation: token 12345."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, list(form.items())) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    "forged",
    ["", "x", "é", by_hand("http://here/callbacks/twilio/sms", {"MessageSid": "SM9", "From": "+84901234567", "Body": "1 27"})],
)
async def test_whoever_cannot_sign_finds_nothing(us: httpx.AsyncClient, desk: RecordingArrivals, forged: str) -> None:
    form = {"MessageSid": "SM9", "From": "+84901234567", "Body": "1 27"}
    headers = {"X-Twilio-Signature": forged.encode()}
    answer = await us.post("/callbacks/twilio/sms", content=urlencode(form), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 404
    assert desk.texts == []


async def test_another_attempt_s_name_breaks_the_signature(us: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = by_hand(f"https://sos.example.vn/callbacks/twilio/status?attempt={uuid4()}", form)
    answer = await called(us, f"/callbacks/twilio/status?attempt={uuid4()}", form, signed=signed)
    assert (answer.status_code, desk.receipts) == (404, [])


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/callbacks/twilio/status", {"MessageSid": "SM1", "MessageStatus": "delivered"}),
        ("/callbacks/twilio/status?attempt=x", {"MessageSid": "SM1", "MessageStatus": "delivered"}),
        (f"/callbacks/twilio/status?attempt={UUID(int=7)}", {"MessageStatus": "exploded"}),
        ("/callbacks/twilio/sms", {"Body": "1"}),
        ("/callbacks/twilio/sms", {"MessageSid": "SM1"}),
    ],
)
async def test_twilio_stops_after_nonsense(
    us: httpx.AsyncClient, desk: RecordingArrivals, path: str, form: dict[str, str]
) -> None:
    assert (await called(us, path, form)).status_code == 204
    assert (desk.receipts, desk.texts) == ([], [])


async def test_more_fields_than_make_sense_are_not_looked_at(us: httpx.AsyncClient) -> None:
    answer = await us.post("/callbacks/twilio/sms", content="&".join(f"a{n}=1" for n in range(5000)))
    assert answer.status_code == 404


# All


async def test_a_desk_that_is_away_is_asked_again(us: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    desk.away = True
    attempt = str(uuid4())
    answers = [
        await us.get(f"/callbacks/esms/{SECRET}/report", params={"RequestId": attempt, "SendStatus": "7"}),
        await us.post(f"/callbacks/speedsms/{SECRET}", json={"type": "report", "tranId": "1", "status": 0}),
        await us.post(f"/callbacks/speedsms/{SECRET}", json={"type": "sms", "phone": "0901234567", "content": "1"}),
        await called(us, f"/callbacks/twilio/status?attempt={attempt}", {"MessageStatus": "sent"}),
        await called(us, "/callbacks/twilio/sms", {"MessageSid": "SM1", "From": "+84901234567", "Body": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [503] * 5


@pytest.mark.parametrize("secret", ["wrong", SECRET + "x", "%C3%A9"])
async def test_who_does_not_know_the_secret_finds_nothing(us: httpx.AsyncClient, desk: RecordingArrivals, secret: str) -> None:
    attempt = str(uuid4())
    report = await us.get(f"/callbacks/esms/{secret}/report", params={"RequestId": attempt, "SendStatus": "7"})
    text = await us.post(f"/callbacks/speedsms/{secret}", json={"type": "sms", "phone": "0901234567", "content": "1"})
    assert (report.status_code, text.status_code) == (404, 404)
    assert (desk.receipts, desk.texts) == ([], [])
