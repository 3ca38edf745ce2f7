"""Somebody at the door, by SMS and by chat: what the visitor said is answered with yes or no, and a no stops the visit."""

import pytest

from intake.conversations.rows import opened
from shared.events.assignments import JobStatus, ResponderKind, ResponderRef
from shared.events.contract import ChannelKind
from shared.events.requests import RequestState
from shared.ids import uuid7
from shared.security.phrases import phrase
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_board import Job, filed
from tests.integration.intake.test_talking import Writer, writer
from tests.integration.intake.test_visit_check import a_key, accepted, seed_of

NUMBER = "+84912345678"


async def visited(desk: Desk) -> tuple[RequestState, str]:
    """A request whose helper is on the way, and the right phrase."""
    request = await filed(desk, visit_consent=True)
    key = await a_key(desk, "+84900000001")
    name = key.seal("Trần Thị Lan".encode(), purpose="name")
    helper = ResponderRef(responder_id=uuid7(), kind=ResponderKind.VOLUNTEER, contact_point_id=uuid7(), name=name)
    job = Job(request)
    await desk.board.handle([accepted(job.says(status), helper, 0) for status in (JobStatus.ACCEPTED, JobStatus.EN_ROUTE)])
    return request, phrase(await seed_of(desk, request.details), 0)


async def at_home(desk: Desk) -> Writer:
    """By SMS from the registered number."""
    return await writer(desk, NUMBER)


async def test_the_right_words_are_known_by_sms_without_a_code_and_kept_nowhere(desk: Desk) -> None:
    _, right = await visited(desk)
    lan = await at_home(desk)
    assert "Đúng ám hiệu" in await lan.writes(f"ám hiệu {right}")
    assert "Chưa đúng ám hiệu" in await lan.writes("ám hiệu mèo vàng")
    rows = await desk.rows("select text_box from conversation_turns where speaker = 'they'")
    kept = " ".join(opened(row["text_box"], lan.person.key) for row in rows)
    assert right not in kept
    assert "mèo vàng" not in kept


@pytest.mark.parametrize("words", ["Có người lạ ở trước cửa", "người lạ"])
async def test_a_no_by_sms_stops_the_visit_once(desk: Desk, words: str) -> None:
    await visited(desk)
    lan = await at_home(desk)
    assert "ĐỪNG mở cửa. TechRescue đã dừng buổi này" in await lan.writes(words)
    assert "ĐỪNG mở cửa" in await lan.writes(words)
    assert [event["reason"] for event in await desk.events("visit.suspicious")] == ["refused"]


async def test_a_chat_that_is_nobodys_needs_the_code_and_is_counted(desk: Desk) -> None:
    request, right = await visited(desk)
    stranger = await writer(desk, None, ChannelKind.TELEGRAM)
    assert "mã yêu cầu" in await stranger.writes(f"ám hiệu {right}")
    assert "Đúng ám hiệu" in await stranger.writes(f"{request.code} ám hiệu {right}")
    for _ in range(3):
        last = await stranger.writes(f"{request.code} ám hiệu mèo vàng")
    assert "ĐỪNG mở cửa" in last
    assert [event["reason"] for event in await desk.events("visit.suspicious")] == ["wrong_phrase"]
    assert await desk.rows("select 1 from audit where action = 'visit_check' and actor = 'conversation'")


async def test_where_nobody_comes_nobody_shall_open(desk: Desk) -> None:
    await filed(desk)
    lan = await at_home(desk)
    assert "không có ai của TechRescue" in await lan.writes("người lạ")
    assert await desk.events("visit.suspicious") == []


async def test_an_operator_reads_the_script_with_113_and_the_bank(desk: Desk) -> None:
    request, _ = await visited(desk)
    path = f"/v1/requests/{request.code}/visit-check"
    told = (await desk.post(path, {"refused": True}, role=None)).json()
    assert "script" not in told
    known = (await desk.post(path, {"refused": True})).json()
    assert ("113" in known["script"], "ngân hàng" in known["script"]) == (True, True)
