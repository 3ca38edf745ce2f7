"""What people write freely is read by somebody: a list for operators, who say that they have read it; nothing unread is lost."""

from typing import Any
from uuid import uuid4

from intake.deadlines import SWEEP
from intake.erase import erase
from intake.watch import PlaceWatch
from shared.postgres.transaction import transaction
from shared.telemetry.metrics import INTAKE_UNREAD, INTAKE_UNREAD_AGE
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_board import filed, written
from tests.support.databases import set_app_clock


async def wrote(desk: Desk, *texts: str) -> Any:
    """One resident, who has filed a request."""
    request = await filed(desk)
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [request.details.key_id]))[request.details.key_id]
    for text in texts:
        sealed = key.seal(text.encode(), purpose="text")
        await desk.board.handle([written(request.resident.contact_point_id, sealed, request)])
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
