"""What people write freely is read by somebody: a list for operators, who say that they have read it; nothing unread is lost."""

from typing import Any
from uuid import uuid4

import pytest

from intake.deadlines import SWEEP
from intake.erase import erase
from intake.inbox import MOST_OPEN
from intake.watch import PlaceWatch
from shared.masking import Mask
from shared.postgres.transaction import transaction
from shared.telemetry.metrics import INTAKE_UNREAD, INTAKE_UNREAD_AGE
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_board import filed, written
from tests.support.databases import set_app_clock


async def wrote(desk: Desk, *texts: str, at_once: bool = False, phone: str = "0912 345 678") -> Any:
    """One resident, who has filed a request; what they write comes text by text, or in one batch."""
    request = await filed(desk, requester={"name": "Nguyễn Thị Bình", "phone": phone})
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [request.resident.address.key_id]))[request.resident.address.key_id]
    who, address = request.resident.contact_point_id, request.resident.address
    sealed = [key.seal(text.encode(), purpose="text") for text in texts]
    events = [written(who, text, request, phone=address, place=n) for n, text in enumerate(sealed)]
    for batch in [events] if at_once else [[event] for event in events]:
        await desk.board.handle(batch)
    return request


async def waiting(desk: Desk) -> list[dict[str, Any]]:
    answer = await desk.send("GET", "/v1/messages")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


async def read(desk: Desk, message_id: Any) -> Any:
    return await desk.post(f"/v1/messages/{message_id}/read")


async def test_an_operator_reads_what_somebody_wrote_and_of_which_requests(desk: Desk) -> None:
    request = await wrote(desk, "vẫn chưa được, cháu ơi")
    (message,) = await waiting(desk)
    assert (message["text"], message["requests"], message["channel"]) == ("vẫn chưa được, cháu ơi", [request.code], "sms")
    assert await desk.count("audit where action = 'messages_shown'") == 1
    assert "chưa" not in str([dict(row) for row in await desk.rows("select * from audit")])


async def test_a_code_that_was_sent_is_in_no_box_that_people_open(desk: Desk) -> None:
    await wrote(desk, "mã OTP là", "482913", "cccd 001203004567, gọi lại cho tôi số 0912 345 678")
    assert [message["text"] for message in await waiting(desk)] == [
        f"cccd {Mask.CITIZEN_ID}, gọi lại cho tôi số 0912***678",
        Mask.CODE,
        "mã OTP là",
    ]


async def test_a_number_in_what_somebody_wrote_is_whole_for_whoever_reads_it_and_that_is_in_the_audit(desk: Desk) -> None:
    await wrote(desk, "gọi lại cho tôi số 0912 345 678, hoặc (024) 3825 1234")
    (message,) = await waiting(desk)
    assert message["text"].startswith("gọi lại cho tôi số 0912***678")
    assert (await read(desk, message["id"])).json()["text"] == "gọi lại cho tôi số 0912 345 678, hoặc (024) 3825 1234"
    (note,) = await desk.rows("select detail ->> 'reason' as reason from audit where action = 'message_read'")
    assert note["reason"] == "message"


async def test_who_has_read_it_is_noted_once_and_it_leaves_the_list(desk: Desk) -> None:
    await wrote(desk, "một", "hai")
    first = (await waiting(desk))[0]
    said, again = await read(desk, first["id"]), await read(desk, first["id"])
    assert said.status_code == again.status_code == 200
    assert said.json() == again.json()
    assert said.json()["read_by"]
    assert len(await waiting(desk)) == 1
    assert await desk.count("audit where action = 'message_read'") == 1
    assert (await read(desk, uuid4())).status_code == 404


async def test_the_list_says_from_whom_it_is_without_the_whole_number(desk: Desk) -> None:
    request = await wrote(desk, "alo")
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [request.resident.address.key_id]))[request.resident.address.key_id]
    number = key.open(request.resident.address, purpose="phone").decode()
    (message,) = await waiting(desk)
    assert message["from"] == f"0{number[3:6]}***{number[-3:]}"
    assert number[3:] not in str(message)


@pytest.mark.parametrize("at_once", [True, False], ids=["in one batch", "one by one"])
async def test_one_number_does_not_fill_the_list_of_all(desk: Desk, at_once: bool) -> None:
    await wrote(desk, *(f"tin {number}" for number in range(MOST_OPEN + 7)), at_once=at_once)
    await wrote(desk, "người khác", phone="0912 345 679")
    messages = await waiting(desk)
    assert len(messages) == MOST_OPEN + 1
    assert sorted(message["more"] for message in messages) == [0] * MOST_OPEN + [7], "the rest is counted on the last"
    kept = [f"tin {number}" for number in range(MOST_OPEN - 1)] + [f"tin {MOST_OPEN + 6}"]
    assert [message["text"] for message in messages][::-1][:MOST_OPEN] == kept, "the newest is what an operator must not miss"


async def test_who_read_what_stood_there_before_has_not_read_the_newest(desk: Desk) -> None:
    await wrote(desk, *(f"tin {number}" for number in range(MOST_OPEN)))
    seen = (await waiting(desk))[0]
    await wrote(desk, "có người đòi tiền tôi")
    assert (await read(desk, seen["id"])).status_code == 404
    newest = (await waiting(desk))[0]
    assert (newest["text"], newest["more"]) == ("có người đòi tiền tôi", 1)
    assert (await read(desk, newest["id"])).status_code == 200


async def test_what_is_written_after_some_were_read_is_kept_again(desk: Desk) -> None:
    await wrote(desk, *(f"tin {number}" for number in range(MOST_OPEN)))
    assert (await read(desk, (await waiting(desk))[-1]["id"])).status_code == 200
    request = await wrote(desk, "thêm", "nữa", at_once=True)
    assert {code for message in await waiting(desk) for code in message["requests"]} >= {request.code}
    messages = await waiting(desk)
    assert (len(messages), sum(message["more"] for message in messages)) == (MOST_OPEN, 1)


async def test_only_operators_read_it(desk: Desk) -> None:
    await wrote(desk, "riêng tư")
    for role in ("adapter", "ward_lead", "ops"):
        assert (await desk.send("GET", "/v1/messages", role=role)).status_code == 403
    assert (await desk.send("GET", "/v1/messages", role=None)).status_code == 401


async def test_how_many_wait_and_since_when_is_shown(desk: Desk) -> None:
    await wrote(desk, "một", "hai")
    await set_app_clock(desk.dsn, 600)
    await PlaceWatch(desk.pool).look()
    assert INTAKE_UNREAD._value.get() == 2
    assert INTAKE_UNREAD_AGE._value.get() >= 600


async def test_read_texts_go_after_a_month_and_unread_ones_never(desk: Desk) -> None:
    await wrote(desk, "đọc rồi", "chưa đọc")
    assert (await read(desk, (await waiting(desk))[0]["id"])).status_code == 200
    await set_app_clock(desk.dsn, 31 * 86_400)
    await desk.timers.fire_due()
    assert await desk.count("incoming_messages") == 1
    assert len(await waiting(desk)) == 1
    assert await desk.count(f"timers where kind = '{SWEEP}'") == 1


async def test_the_texts_of_who_is_erased_are_gone(desk: Desk) -> None:
    request = await wrote(desk, "xin xóa")
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, request.resident.contact_point_id)
    assert await waiting(desk) == []
