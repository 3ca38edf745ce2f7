"""A conversation that a person has: somebody owns it, its clock runs, all that is said comes before them."""

from typing import Any

import asyncpg

from intake.conversations.rows import MOST_TURNS
from intake.erase import erase
from intake.watch import PlaceWatch
from shared.events.contract import ChannelKind
from shared.events.conversations import TalkChannel
from shared.postgres.transaction import transaction
from shared.telemetry.metrics_intake import TALKS_ESCALATED
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_talking import Writer, writer
from tests.support.databases import set_app_clock
from tests.support.desk import EAST, WEST, operator_of


async def listed(desk: Desk, role: str = "operator") -> list[dict[str, Any]]:
    answer = await desk.send("GET", "/v1/messages", role=role)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


async def say(desk: Desk, message: dict[str, Any], role: str = "operator") -> int:
    answer = await desk.post(f"/v1/conversations/{message['conversation_id']}/say", {"text": "Dạ, cháu nghe."}, role=role)
    return answer.status_code


async def handed_over(desk: Desk, number: str = "+84912000001") -> Writer:
    lan = await writer(desk, number)
    await lan.writes("gặp người thật")
    return lan


async def test_nobody_answers_in_time_and_the_city_desk_has_it_until_somebody_does(desk: Desk) -> None:
    await handed_over(desk)
    (message,) = await listed(desk)
    assert message["owner"] == "hotline"
    await set_app_clock(desk.dsn, 16 * 60)
    await desk.timers.fire_due()
    (message,) = await listed(desk)
    assert message["owner"] == "city_desk"
    await PlaceWatch(desk.pool).look()
    assert TALKS_ESCALATED._value.get() == 1
    assert await say(desk, message) == 200
    (message,) = await listed(desk)
    assert message["owner"] == "test operator"
    await PlaceWatch(desk.pool).look()
    assert TALKS_ESCALATED._value.get() == 0


async def test_who_answers_has_it_alone_until_they_leave_it(desk: Desk) -> None:
    await handed_over(desk)
    (message,) = await listed(desk)
    other = await operator_of(desk, WEST)
    await _with_request_in(desk, WEST)
    assert await say(desk, message) == 200
    assert await say(desk, message, other) == 409, "two would answer at once"
    assert (await desk.post(f"/v1/conversations/{message['conversation_id']}/end", role=other)).status_code == 409
    assert (await desk.post(f"/v1/messages/{message['id']}/read", role=other)).status_code == 409, "reading ends it"
    await set_app_clock(desk.dsn, 16 * 60)
    await desk.timers.fire_due()
    assert (await listed(desk))[0]["owner"] == "city_desk", "whoever answered has left it"
    assert await say(desk, message, other) == 200


async def test_an_operator_of_one_commune_answers_people_of_theirs_and_finds_no_others(desk: Desk) -> None:
    await handed_over(desk)
    await _with_request_in(desk, WEST)
    here, elsewhere = await operator_of(desk, WEST), await operator_of(desk, EAST)
    (message,) = await listed(desk, here)
    assert await listed(desk, elsewhere) == []
    path = f"/v1/conversations/{message['conversation_id']}"
    assert (await desk.send("GET", path, role=elsewhere)).status_code == 404
    assert await say(desk, message, elsewhere) == 404
    assert (await desk.send("GET", path, role=here)).status_code == 200
    assert await say(desk, message, here) == 200


async def _with_request_in(desk: Desk, commune: str) -> None:
    await desk.filed(requester={"name": "Lan", "phone": "0912 000 001"}, location=None, commune_code=commune)


async def test_who_ends_it_has_read_it(desk: Desk) -> None:
    await handed_over(desk)
    (message,) = await listed(desk)
    assert (await desk.post(f"/v1/conversations/{message['conversation_id']}/end")).status_code == 200
    assert await listed(desk) == []
    (row,) = await desk.rows("select read_by from incoming_messages")
    assert row["read_by"] == "test operator"


async def test_who_reads_it_has_ended_it_and_the_audit_says_so(desk: Desk) -> None:
    lan = await handed_over(desk)
    (message,) = await listed(desk)
    assert (await desk.post(f"/v1/messages/{message['id']}/read")).status_code == 200
    talk = await lan.talk()
    assert talk["stage"] == "over"
    (note,) = await desk.rows("select actor from audit where action = 'conversation_ended' and subject = $1", talk["id"])
    assert note["actor"] == "test operator"


async def test_who_waits_for_a_person_stands_before_all_that_was_written_freely(desk: Desk) -> None:
    first = await handed_over(desk)
    second = await handed_over(desk, "+84912000002")
    await first.writes("alo")
    assert [message["handover"] for message in await listed(desk)] == [True, True, False]
    assert (await listed(desk))[0]["conversation_id"] == str((await first.talk())["id"]), "whoever waits longest"
    assert await second.talk()


async def test_what_is_written_on_our_page_after_the_handover_comes_before_a_person_too(desk: Desk) -> None:
    hear = desk.talks.conversations.hear
    await hear("visitor-1", TalkChannel.WEB, "gặp người thật", "m1")
    await hear("visitor-1", TalkChannel.WEB, "Máy tính báo tôi nợ tiền", "m2")
    (message,) = await listed(desk)
    assert "Máy tính báo tôi nợ tiền" in message["text"]
    assert "113" in (await hear("visitor-1", TalkChannel.WEB, "cứu tôi với", "m3"))[0]
    (message,) = await listed(desk)
    assert "cứu tôi với" in message["text"]
    assert await desk.count("audit where action = 'handed_over'") == 1


async def test_a_person_is_shown_the_last_of_a_long_talk(desk: Desk) -> None:
    lan = await handed_over(desk)
    id_, box = (await lan.talk())["id"], lan.person.key.box("cũ".encode(), purpose="text")
    await desk.rows(
        "insert into conversation_turns (conversation_id, contact_point_id, speaker, text_box, at)"
        " select $1, $2, 'we', $3, transport.app_clock() from generate_series(1, $4)",
        id_,
        lan.person.contact_point_id,
        box,
        MOST_TURNS,
    )
    turns = (await desk.send("GET", f"/v1/conversations/{id_}")).json()["turns"]
    assert len(turns) == MOST_TURNS
    assert {turn["text"] for turn in turns} == {"cũ"}


async def test_what_an_account_told_of_somebody_who_is_erased_stands_in_no_list_any_more(desk: Desk) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    await account.writes("0912 000 001")
    await account.writes("1")
    await account.writes("gặp người thật")
    assert len(await listed(desk)) == 1
    (request,) = await desk.rows("select contact_point_id from requests")
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, request["contact_point_id"])
    assert await desk.count("incoming_messages") == 0


async def test_who_waits_for_a_person_goes_on_waiting_when_somebody_they_told_of_is_erased(desk: Desk) -> None:
    lan, friend = await writer(desk), await writer(desk, "+84912000009")
    await lan.writes("Không đăng nhập được VNeID, gọi lại cho tôi số 0912 000 009")
    await lan.writes("gặp người thật")
    (before,) = await listed(desk)
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, friend.person.contact_point_id)
    (message,) = await listed(desk)
    assert (message["id"], message["owner"], message["from"]) == (before["id"], "hotline", "0912***001")
    talk = (await desk.send("GET", f"/v1/conversations/{message['conversation_id']}")).json()
    assert ("VNeID" in message["text"], talk["turns"], talk["stage"]) == (False, [], "with_person")
    assert await say(desk, message) == 200
    await lan.writes("cứu tôi với")
    assert [one["text"] for one in await listed(desk) if not one["handover"]] == ["cứu tôi với"], "and is heard as before"
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, lan.person.contact_point_id)
    assert (await desk.count("conversations"), await desk.count("incoming_messages")) == (0, 0)


async def test_what_cannot_be_filed_holds_up_nobody_behind_it(desk: Desk) -> None:
    lan, hoa = await writer(desk), await writer(desk, "+84912000002")
    for person in (lan, hoa):
        await person.told()
    owner = await asyncpg.connect(desk.dsn)
    try:
        id_ = lan.person.contact_point_id
        await owner.execute(f"alter table intake.requests add constraint not_lan check (contact_point_id <> '{id_}')")
    finally:
        await owner.close()
    await desk.board.handle([await lan.event("1"), await hoa.event("1")])
    await desk.talks.clerk.look()
    assert (await lan.talk())["stage"] == "with_person"
    assert (await hoa.talk())["stage"] == "idle"
    assert await desk.count("requests") == 1


async def test_a_code_that_comes_in_two_messages_is_kept_in_neither(desk: Desk) -> None:
    lan = await writer(desk)
    await lan.writes("em không nhận được mã OTP")
    await lan.writes("123")
    await lan.writes("456")
    await lan.writes("gặp người thật")
    await lan.writes("789")
    read = (await desk.send("GET", f"/v1/conversations/{(await lan.talk())['id']}")).json()
    told = [turn["text"] for turn in read["turns"] if turn["by"] == "they"]
    assert [text for text in told if any(half in text for half in ("123", "456", "789"))] == []
    assert "789" not in str([one["text"] for one in await listed(desk)]), (
        "nor where people read what the machine has left to them"
    )
    await set_app_clock(desk.dsn, 3600)
    await lan.writes("205")
    read = (await desk.send("GET", f"/v1/conversations/{(await lan.talk())['id']}")).json()
    assert read["turns"][-1]["text"] == "205", "an hour later it is a number as any other"
