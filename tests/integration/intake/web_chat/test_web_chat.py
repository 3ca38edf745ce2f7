"""Somebody writes on our page: it becomes a request, and what is said is told once, in order, whatever line it comes over."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from intake.erase import erase
from intake.settings import IntakeSettings, Limit
from intake.web_chat import stream
from intake.web_chat.sessions import Sessions
from intake.web_chat.stream import MOST_OF_ONE, WAITING, ChatStream
from shared.postgres.transaction import transaction
from tests.support.databases import set_app_clock
from tests.support.eventually import eventually
from tests.support.web_chatting import House, Visitor, open_house

CODE = re.compile(r"TR-[0-9A-Z]{4}-[0-9A-Z]{4}")
STORY = (
    "Chào em, tôi là Nguyễn Thị Lan, không đăng nhập được VNeID",
    "12 Kim Mã, phường Ba Đình",
    "số điện thoại 0900 123 456",
    "đúng rồi",
    "cảm ơn em",
)


@pytest.fixture
async def house(dsn: str) -> AsyncIterator[House]:
    async with open_house(dsn) as opened:
        yield opened


async def test_a_conversation_on_the_page_becomes_a_request(house: House) -> None:
    visitor = await house.visitor()
    replies = [line for text in STORY for line in await visitor.writes(text)]
    told = await visitor.listens(2 * len(STORY))
    said = [one.text for one in told if one.speaker == "we"]
    (code,) = {code for line in said for code in CODE.findall(line)}
    assert (await house.http.get(f"/v1/requests/{code}")).status_code == 200
    assert await house.pool.fetchval("select channel from requests where code = $1", code) == "chat"
    assert replies == said, "also the code, for which the clerk had to be waited for"
    assert [one.speaker for one in told][:2] == ["they", "we"]
    assert not await house.pool.fetch("select 1 from outbox where type = 'conversation.said'")  # it is read here


async def test_who_can_help_themselves_is_told_how_and_what_became_of_it_is_counted(house: House) -> None:
    helped, another = await house.visitor(), await house.visitor()
    for visitor in (helped, another):
        (told,) = await visitor.writes("em quên mật khẩu VNeID")
        assert "(Theo hướng dẫn vneid-password, cập nhật ngày 27/11/2026.)" in told
    assert (await helped.writes("1"))[0].startswith("Mừng quá!")
    await helped.posts("1", id_="m2")  # once more, and late
    await another.writes("gặp người thật")
    row = await house.pool.fetchrow("select offered, helped, not_helped, person from guidance_outcomes")
    assert tuple(row) == (2, 1, 0, 1)
    assert await house.pool.fetchval("select count(*) from requests") == 0


async def test_cut_after_any_event_the_stream_goes_on_where_it_was(house: House) -> None:
    visitor, another = await house.visitor(), await house.visitor()
    await another.writes("việc của người khác")
    for listened, text in enumerate(STORY, start=1):
        await visitor.writes(text)
        assert len(await visitor.listens(listened)) == 1  # a new line for every single event
    whole = await visitor.listens(2 * len(STORY) - 1, resumes=False)
    rest = await visitor.listens(len(whole))
    assert rest
    assert visitor.told == whole
    assert len({one.id for one in whole}) == len(whole)
    assert not [one for one in whole if "người khác" in one.text]


async def test_the_process_dies_and_another_goes_on_with_the_same_chat(dsn: str) -> None:
    async with httpx.AsyncClient(timeout=20) as line:  # of the visitor's own: nobody hangs up on the process that stops
        async with open_house(dsn) as house:
            visitor = await house.visitor()
            line.base_url, visitor.http = house.http.base_url, line
            await visitor.writes(STORY[0])
            listening = asyncio.create_task(visitor.listens(99))
            await eventually(lambda: len(visitor.told) == 2, what="the line stands, and they have heard all")
        with pytest.raises(httpx.RemoteProtocolError):
            await listening
    async with open_house(dsn) as house:
        visitor.http = house.http
        await visitor.writes(STORY[1])
        await visitor.listens(4)
        assert [one.text for one in visitor.told] == [one.text for one in await visitor.listens(4, resumes=False)]


async def test_who_listens_hears_what_is_said_meanwhile_in_every_tab(house: House) -> None:
    visitor = await house.visitor()
    tabs = [asyncio.create_task(visitor.listens(2, resumes=False)) for _ in range(MOST_OF_ONE)]
    said = await visitor.writes(STORY[0])
    for tab in tabs:
        assert [one.text for one in await tab][1:] == said


async def test_a_message_sent_many_times_at_once_is_one_message(house: House) -> None:
    visitor = await house.visitor()
    answers = await asyncio.gather(*(visitor.writes(STORY[0], id_="same") for _ in range(8)))
    assert len({tuple(answer) for answer in answers}) == 1
    assert await house.pool.fetchval("select count(*) from conversation_turns where speaker = 'they'") == 1
    assert len(await visitor.listens(2)) == 2


async def test_a_yes_sent_many_times_at_once_is_answered_each_time_with_the_code(house: House) -> None:
    visitor = await house.visitor()
    for text in STORY[:3]:
        await visitor.writes(text)
    answers = await asyncio.gather(*(visitor.writes(STORY[3], id_="yes") for _ in range(6)))
    code = await house.pool.fetchval("select code from requests")
    assert [code in " ".join(answer) for answer in answers] == [True] * 6


async def test_where_nothing_is_answered_yet_that_is_said(house: House) -> None:
    visitor = await house.visitor()
    await visitor.writes("gặp người thật")
    (told,) = await visitor.writes("có ai đó không")
    assert "đang ở chỗ nhân viên" in told
    answer = (await visitor.posts("alo")).json()
    assert answer["replies"] == []
    assert "events" in answer["note"]["en"]


async def test_a_place_on_the_map_is_a_message(house: House) -> None:
    visitor = await house.visitor()
    await visitor.writes(STORY[0])
    answer = await visitor.writes(location={"lat": 21.035, "lon": 105.814})
    assert "đâu" not in answer[0], "it has been told where"
    assert [one.text for one in await visitor.listens(3)][2] == "Vị trí / location"


async def test_a_code_that_nobody_should_send_is_kept_nowhere(house: House) -> None:
    visitor = await house.visitor()
    answer = await visitor.writes("mã OTP của tôi là 482913")
    assert "OTP" in answer[0]
    told = await visitor.listens(2)
    assert "482913" not in str(told)
    assert "[đã che mã]" in told[0].text
    tables = await house.pool.fetch("select tablename from pg_tables where schemaname = 'intake'")
    for table in tables:
        rows = await house.pool.fetch(f"select t::text as line from intake.{table['tablename']} t")
        assert not [row for row in rows if "482913" in row["line"] or visitor.token in row["line"]]


async def test_only_who_has_the_token_of_this_chat_gets_in(house: House) -> None:
    mine, theirs = await house.visitor(), await house.visitor()
    await mine.writes("chuyện của tôi")
    for token, status in (("", 401), (theirs.token, 404), ("x" * 22, 404)):
        assert (await mine.posts("tôi đây", token=token)).status_code == status
        listened = await house.http.get(f"/v1/chat/{mine.id}/events", headers={"Chat-Token": token})
        assert listened.status_code == status
        assert listened.headers["content-type"] == "application/problem+json"
    assert (
        await house.http.post(f"/v1/chat/{uuid4()}/messages", json={"id": "a", "text": "b"}, headers={"Chat-Token": mine.token})
    ).status_code == 404
    assert await house.pool.fetchval("select count(*) from conversation_turns where speaker = 'they'") == 1


async def test_who_tries_tokens_is_soon_stopped(dsn: str) -> None:
    async with open_house(dsn, IntakeSettings(wrong_codes_per_address=Limit(most=3, seconds=600))) as house:
        visitor = await house.visitor()
        tried = [(await visitor.posts("a", token=f"{number:022}")).status_code for number in range(5)]
        assert tried == [404, 404, 404, 429, 429]
        assert (await visitor.posts("Không đăng nhập được VNeID")).status_code == 200  # whoever has it is not kept out


async def test_a_chat_that_has_ended_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.0)
    visitor = await house.visitor()
    await visitor.writes(STORY[0])
    await visitor.listens(2)
    await set_app_clock(house.dsn, 23 * 3600)
    await visitor.writes(STORY[1])  # each message moves the end
    await set_app_clock(house.dsn, 40 * 3600)
    listening = asyncio.create_task(visitor.listens(99))
    await eventually(lambda: len(visitor.told) == 4)
    await set_app_clock(house.dsn, 48 * 3600)
    await listening
    assert visitor.ended is not None
    assert "1022" in visitor.ended["advice"]
    refused = await visitor.posts("còn ai không")
    assert (refused.status_code, refused.json()["reason"]) == (409, "chat_expired")
    listened = await house.http.get(f"/v1/chat/{visitor.id}/events", headers={"Chat-Token": visitor.token})
    assert listened.status_code == 409
    assert (await (await house.visitor()).posts(STORY[0])).status_code == 200


async def test_who_writes_without_end_waits_and_who_begins_without_end_does(dsn: str) -> None:
    settings = IntakeSettings(messages_per_chat=Limit(most=3, seconds=60), chats_per_address=Limit(most=2, seconds=600))
    async with open_house(dsn, settings) as house:
        visitor = await house.visitor()
        answers = [await visitor.posts(f"tin {number}") for number in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert "1022" in answers[-1].json()["advice"]
        await house.visitor()
        assert (await house.http.post("/v1/chat")).status_code == 429
        await set_app_clock(dsn, 61)
        assert (await visitor.posts("tin nữa")).status_code == 200


async def test_too_many_tabs_are_one_too_many(house: House) -> None:
    visitor = await house.visitor()
    tabs = [asyncio.create_task(visitor.listens(99, resumes=False)) for _ in range(MOST_OF_ONE)]
    await visitor.writes(STORY[0])
    full = None
    for _ in range(200):
        async with house.http.stream("GET", f"/v1/chat/{visitor.id}/events", headers={"Chat-Token": visitor.token}) as answer:
            full = answer.status_code
        if full == 503:
            break
    assert full == 503
    assert answer.headers["retry-after"]
    for tab in tabs:
        tab.cancel()
    await asyncio.gather(*tabs, return_exceptions=True)
    assert await visitor.listens(2)  # whoever hangs up makes room


async def test_a_chat_longer_than_what_may_wait_is_told_whole(house: House) -> None:
    visitor = await house.visitor()
    await visitor.writes(STORY[0])
    await house.pool.execute(
        "insert into conversation_turns (conversation_id, contact_point_id, speaker, text_box, at)"
        " select conversation_id, contact_point_id, 'we', text_box, at from conversation_turns, generate_series(1, $1)"
        " where speaker = 'we'",
        3 * WAITING,
    )
    told = await visitor.listens(2 + 3 * WAITING)
    assert len(told) == 2 + 3 * WAITING
    assert [one.id for one in told] == sorted({one.id for one in told})


async def test_who_does_not_read_is_left_out_until_they_have_and_misses_nothing(house: House) -> None:
    visitor = await house.visitor()
    await visitor.writes(STORY[0])
    await house.pool.execute(
        "insert into conversation_turns (conversation_id, contact_point_id, speaker, text_box, at)"
        " select conversation_id, contact_point_id, 'we', text_box, at from conversation_turns, generate_series(1, $1)"
        " where speaker = 'we'",
        3 * WAITING,
    )
    chat, sessions = ChatStream(house.pool, house.vault), Sessions(house.pool, house.vault, lasts=timedelta(days=1))
    listener = chat.join(await sessions.find(UUID(visitor.id), visitor.token), 0)
    for _ in range(10):
        await chat.look()  # nobody reads
    ids, pieces = [], listener.pieces()
    await anext(pieces)
    while len(ids) < 2 + 3 * WAITING:
        ids.append(int((await anext(pieces)).split(b"\n")[0].removeprefix(b"id: ")))
        await chat.look()
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    "body",
    [
        {"id": "a"},
        {"id": "a", "text": ""},
        {"id": "a", "text": "x" * 2001},
        {"id": "a", "text": "x", "location": {"lat": 21.0, "lon": 105.8}},
        {"id": "a b", "text": "x"},
        {"id": "x" * 65, "text": "x"},
        {"id": "a", "location": {"lat": 91.0, "lon": 0.0}},
        {"text": "x"},
        {"id": "a", "text": "x", "more": 1},
    ],
    ids=["nothing", "empty", "long", "both", "id", "long id", "nowhere", "no id", "more"],
)
async def test_a_message_that_is_none_is_refused(house: House, body: dict[str, object]) -> None:
    visitor = await house.visitor()
    answer = await house.http.post(f"/v1/chat/{visitor.id}/messages", json=body, headers={"Chat-Token": visitor.token})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("position", ["x", "-1", "1.5", "9" * 30])
async def test_a_position_that_is_none_is_refused(house: House, position: str) -> None:
    visitor = await house.visitor()
    headers = {"Chat-Token": visitor.token, "Last-Event-ID": position}
    answer = await house.http.get(f"/v1/chat/{visitor.id}/events", headers=headers)
    assert (answer.status_code, "Last-Event-ID" in answer.json()["detail"]) == (422, True)


async def test_who_is_erased_leaves_no_chat(house: House) -> None:
    visitor: Visitor = await house.visitor()
    for text in STORY:
        await visitor.writes(text)
    person = await house.pool.fetchval("select contact_point_id from requests")
    async with transaction(house.pool, "intake.change") as connection:
        await erase(connection, person)
    assert (await visitor.posts("còn đây không")).status_code == 404
    assert await house.pool.fetchval("select count(*) from conversation_turns") == 0
    assert await house.pool.fetchval("select count(*) from chat_sessions") == 0
