"""What Kannel calls: an empty 200 for everything that cannot get better, 503 while the desk is away, 404 for strangers."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from notify.callbacks.kannel import kannel_router
from notify.channels.port import ReceiptStatus
from shared.http.problems import install_problems
from tests.support.arrivals import RecordingArrivals

SECRET = "a-secret-of-this-test"


@pytest.fixture
def desk() -> RecordingArrivals:
    return RecordingArrivals()


@pytest.fixture
async def kannel(desk: RecordingArrivals) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problems(app)
    app.include_router(kannel_router(desk, SECRET))
    base = f"http://here/callbacks/kannel/{SECRET}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as client:
        yield client


@pytest.mark.parametrize(
    ("d", "status"),
    [("8", "accepted"), ("1", "delivered"), ("2", "undelivered"), ("4", "buffered"), ("16", "rejected")],
)
async def test_a_receipt_says_what_kannel_means(kannel: httpx.AsyncClient, desk: RecordingArrivals, d: str, status: str) -> None:
    attempt = uuid4()
    answer = await kannel.get("/dlr", params={"cid": str(attempt), "d": d, "fid": "b92aa2bb-df18", "smsc": "vn1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert desk.said_of(attempt) == [ReceiptStatus(status)]
    assert desk.receipts[0].carrier_ref == "b92aa2bb-df18"


async def test_receipts_are_handed_on_in_the_order_they_come(kannel: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    """1 before 8, and 16 before 1, both happen; which one counts is decided where the message lives."""
    attempt = uuid4()
    for d in ("1", "8", "16", "1"):
        await kannel.get("/dlr", params={"cid": str(attempt), "d": d, "fid": ""})
    assert [status.value for status in desk.said_of(attempt)] == ["delivered", "accepted", "rejected", "delivered"]
    assert desk.receipts[0].carrier_ref is None


@pytest.mark.parametrize("params", [{}, {"cid": "x", "d": "1"}, {"cid": str(uuid4()), "d": "99"}, {"cid": "%d", "d": "%d"}])
async def test_nonsense_is_answered_so_that_kannel_stops(
    kannel: httpx.AsyncClient, desk: RecordingArrivals, params: dict[str, str]
) -> None:
    assert (await kannel.get("/dlr", params=params)).status_code == 200
    assert desk.receipts == []


async def test_a_text_is_exact_and_keeps_kannel_s_id(kannel: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    answer = await kannel.get("/mo", params={"id": "6f4e", "from": "+84901234567", "to": "8088", "text": " 1 27 có ạ+&% "})
    assert (answer.status_code, answer.content) == (200, b"")
    (text,) = desk.texts
    assert (text.id, text.sender, text.text, text.carrier) == ("6f4e", "+84901234567", " 1 27 có ạ+&% ", "kannel")


async def test_a_desk_that_is_away_is_asked_again(kannel: httpx.AsyncClient, desk: RecordingArrivals) -> None:
    desk.away = True
    for path, params in (("/mo", {"id": "1", "from": "0901234567", "text": "1"}), ("/dlr", {"cid": str(uuid4()), "d": "1"})):
        assert (await kannel.get(path, params=params)).status_code == 503


@pytest.mark.parametrize("secret", ["wrong", "", SECRET + "x", "%00"])
async def test_who_does_not_know_the_secret_finds_nothing(
    kannel: httpx.AsyncClient, desk: RecordingArrivals, secret: str
) -> None:
    answer = await kannel.get(f"http://here/callbacks/kannel/{secret}/mo", params={"id": "1", "from": "0901234567", "text": "1"})
    assert answer.status_code == 404
    assert desk.texts == []
