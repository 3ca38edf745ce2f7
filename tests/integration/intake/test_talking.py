"""People who write to us, on a real database: what they say is heard once, kept, and comes to a request, a person or an end."""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from intake.erase import erase
from shared.events.contract import ChannelKind, Sealed
from shared.events.conversations import TalkChannel
from shared.events.envelope import Event
from shared.events.messages import MessageReceived
from shared.events.registry import EventType
from shared.postgres.transaction import app_now, transaction
from shared.security.sealing import SealBroken
from shared.security.vault import ContactKey
from tests.integration.intake.conftest import Desk
from tests.support.databases import set_app_clock

TROUBLE, PLACE = "Không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình"


@dataclass
class Writer:
    """Somebody with a phone, who writes over `channel`. `number` None: an account that is no number's."""

    desk: Desk
    person: ContactKey
    number: str | None
    channel: ChannelKind = ChannelKind.SMS
    said: list[str] = field(default_factory=list)
    counted: int = 0

    async def event(self, text: str) -> Event:
        async with self.desk.pool.acquire() as connection:
            now = await app_now(connection)
        phone = None if self.number is None else self.person.key.seal(self.number.encode(), purpose="phone")
        body = MessageReceived(
            city="hanoi",
            contact_point_id=self.person.contact_point_id,
            channel=self.channel,
            text=self.person.key.seal(text.encode(), purpose="text"),
            received_at=now,
            phone=phone,
        )
        self.counted += 1
        id_ = self.person.contact_point_id
        return Event(type=EventType.MESSAGE_RECEIVED, subject=id_, version=self.counted, key=id_, body=body, time=now)

    async def writes(self, *texts: str) -> str:
        """The last thing that is said to it, once the clerk has done its part."""
        await self.desk.board.handle([await self.event(text) for text in texts])
        await self.desk.talks.clerk.look()
        return await self.last()

    async def last(self) -> str:
        self.said = [
            self.person.key.open(Sealed(**told["text"]), purpose="text").decode()
            for told in await self.desk.events("conversation.said")
            if told["contact_point_id"] == str(self.person.contact_point_id)
        ]
        return self.said[-1] if self.said else ""

    async def talk(self) -> Any:
        rows = await self.desk.rows(
            "select * from conversations where contact_point_id = $1 order by began_at desc limit 1", self.person.contact_point_id
        )
        return rows[0]

    async def told(self) -> str:
        """All as far as the question whether it is right."""
        await self.writes(TROUBLE)
        await self.writes(PLACE)
        return await self.writes("Lan")


async def writer(desk: Desk, number: str | None = "+84912000001", channel: ChannelKind = ChannelKind.SMS) -> Writer:
    async with transaction(desk.pool, "intake.change") as connection:
        (person,) = await desk.vault.contact_points(connection, [number or "account:telegram:5876543210"])
    return Writer(desk, person, number, channel)


@pytest.fixture
async def lan(desk: Desk) -> Writer:
    return await writer(desk)


async def test_from_the_first_word_to_the_code(desk: Desk, lan: Writer) -> None:
    right = await lan.told()
    assert "Đúng không ạ? 1 đúng, 2 sửa" in right
    assert await lan.writes("1") == right, "the number is told by the confirmation of the filing, and not twice"
    (request,) = await desk.rows("select * from requests")
    assert (request["channel"], request["category"], request["commune_code"]) == ("chat", "vneid_login", "00004")
    assert request["contact_point_id"] == lan.person.contact_point_id, "under the number that wrote"
    (filed,) = await desk.events("request.filed")
    assert filed["reason"] == "own_word", "its confirmation is the answer"
    talk = await lan.talk()
    assert (talk["stage"], talk["code"]) == ("idle", request["code"])


async def test_a_message_that_comes_again_changes_nothing(desk: Desk, lan: Writer) -> None:
    first = await lan.event(TROUBLE)
    await desk.board.handle([first, first])
    await desk.board.handle([first])
    assert len(await desk.events("conversation.said")) == 1
    assert await desk.count("conversation_turns where speaker = 'they'") == 1


async def test_killed_after_the_yes_it_is_filed_by_whoever_comes_next_and_once(desk: Desk, lan: Writer) -> None:
    await lan.told()
    await desk.board.handle([await lan.event("1")])
    assert (await lan.talk())["stage"] == "filing"
    assert await desk.count("requests") == 0
    talk = await desk.talks.clerk._read((await lan.talk())["id"])
    assert talk is not None
    await desk.talks.clerk._filed(talk)  # filed, and killed before the conversation has heard of it
    await desk.talks.clerk.look()
    await desk.talks.clerk.look()
    assert await desk.count("requests") == 1
    (code,) = [row["code"] for row in await desk.rows("select code from requests")]
    assert ((await lan.talk())["stage"], (await lan.talk())["code"]) == ("idle", code)


async def test_one_conversation_that_cannot_be_finished_keeps_nobody_else_waiting(desk: Desk, lan: Writer) -> None:
    crowd = [lan, *[await writer(desk, f"+8491200001{n}") for n in range(3)]]
    for one in crowd:
        await one.told()
    await desk.board.handle([await one.event("1") for one in crowd])
    await desk.pool.execute("update conversations set box = 'damaged' where id = $1", (await lan.talk())["id"])
    with pytest.raises(SealBroken):
        await desk.talks.clerk.look()
    codes = {row["code"] for row in await desk.rows("select code from requests")}
    assert {(await one.talk())["code"] for one in crowd[1:]} == codes
    assert len(codes) == 3


async def test_an_account_without_a_number_is_asked_for_one_and_the_request_is_under_that(desk: Desk) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    assert "Số điện thoại nào" in await account.told()
    await account.writes("0912 345 678")
    answer = await account.writes("đúng rồi")
    (request,) = await desk.rows("select * from requests")
    assert request["contact_point_id"] != account.person.contact_point_id
    assert "0912345678" in answer
    assert request["code"] in await account.writes("đến đâu rồi"), "in this chat it is known all the same"
    said = (await desk.events("conversation.said"))[-1]
    assert (said["channel"], said["answers"], said["asks"]) == ("telegram", True, False)


async def test_who_wants_a_person_is_handed_over_with_all_that_was_said(desk: Desk, lan: Writer) -> None:
    await lan.writes(TROUBLE)
    await lan.writes("gặp người thật")
    (message,) = (await desk.send("GET", "/v1/messages")).json()["messages"]
    assert message["handover"] is True
    assert message["text"].splitlines()[0] == f"Người dân: {TROUBLE}"
    assert "gặp người thật" in message["text"]
    assert await desk.count("timers where kind = 'conversation'") >= 1
    await lan.writes("alo", "có ai không")
    assert len((await desk.send("GET", "/v1/messages")).json()["messages"]) == 3, (
        "what they write meanwhile is read by people, too"
    )
    id_ = message["conversation_id"]
    read = (await desk.send("GET", f"/v1/conversations/{id_}")).json()
    assert [turn["by"] for turn in read["turns"]][:3] == ["they", "we", "they"]
    said = await desk.post(f"/v1/conversations/{id_}/say", {"text": "Chào bác, cháu gọi ngay ạ."})
    assert said.status_code == 200, said.text
    assert await lan.last() == "Chào bác, cháu gọi ngay ạ."
    assert (await desk.post(f"/v1/messages/{message['id']}/read")).status_code == 200
    assert "cần giúp việc gì" in await lan.writes("chào em"), "a new conversation"
    assert (await desk.post(f"/v1/conversations/{id_}/say", {"text": "Dạ"})).status_code == 409


async def test_a_handover_nobody_reads_is_noted_again_and_never_dropped(desk: Desk, lan: Writer) -> None:
    await lan.writes("gặp nhân viên")
    for hours in (1, 3, 30, 80):
        await set_app_clock(desk.dsn, hours * 3600)
        await desk.timers.fire_due()
    assert await desk.count("audit where action = 'still_waits_for_a_person'") >= 3
    assert (await lan.talk())["stage"] == "with_person"
    assert await desk.count("incoming_messages where read_at is null and conversation_id is not null") == 1


async def test_silence_is_reminded_of_once_then_goodbye_and_what_was_said_is_still_known(desk: Desk, lan: Writer) -> None:
    await lan.writes(TROUBLE)
    await set_app_clock(desk.dsn, 16 * 60)
    await desk.timers.fire_due()
    assert "còn đó không" in await lan.last()
    said = (await desk.events("conversation.said"))[-1]
    assert said["answers"] is False, "we began: it counts as ours"
    await set_app_clock(desk.dsn, 5 * 3600)
    await desk.timers.fire_due()
    assert "dừng ở đây" in await lan.last()
    assert "Em vẫn nhớ" in await lan.writes(PLACE)
    await lan.writes("Lan")
    await lan.writes("1")
    assert await desk.count("requests where category = 'vneid_login'") == 1


async def test_thoi_after_the_code_cancels_it_with_a_yes(desk: Desk, lan: Writer) -> None:
    await lan.told()
    await lan.writes("1")
    assert "1 hủy, 2 giữ" in await lan.writes("thôi không cần nữa")
    assert "Đã hủy yêu cầu" in await lan.writes("1")
    assert (await desk.rows("select status from requests"))[0]["status"] == "cancelled"


async def test_codes_that_are_none_are_counted(desk: Desk, lan: Writer) -> None:
    for letter in "ABCDEFGH":
        assert "không tìm thấy mã" in await lan.writes(f"TR-{letter * 4}-2222")
    used = await desk.rows("select max(used) as used from allowances")
    assert used[0]["used"] == 8


async def test_no_secret_and_nothing_in_clear_is_kept(desk: Desk, lan: Writer) -> None:
    assert "Xin đừng gửi" in await lan.writes(f"{TROUBLE}, mã OTP là 482913") or "Đừng gửi OTP" in await lan.last()
    await lan.writes(PLACE)
    tables = ("conversations", "conversation_turns", "outbox", "audit", "timers")
    kept = [str([dict(row) for row in await desk.rows(f"select * from {table}")]) for table in tables]
    for clear in ("482913", "VNeID", "Kim Mã", "912000001"):
        assert clear not in "".join(kept)
    read = (await desk.send("GET", f"/v1/conversations/{(await lan.talk())['id']}")).json()
    assert "[đã che mã]" in read["turns"][0]["text"]
    assert "482913" not in str(read)


async def test_who_is_erased_leaves_no_conversation_not_even_in_another_account(desk: Desk, lan: Writer) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    await account.writes("0912 000 001")
    await account.writes("1")
    await lan.writes(TROUBLE)
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, lan.person.contact_point_id)
    assert await desk.count("conversations") == 0
    assert await desk.count("conversation_turns") == 0


async def test_who_wants_their_data_erased_comes_before_a_person_whatever_was_asked(desk: Desk, lan: Writer) -> None:
    """Only a person can make sure who it is, and open it (`POST /v1/privacy/requests`)."""
    await lan.told()
    assert "nhân viên" in await lan.writes("xóa dữ liệu của tôi")
    assert (await lan.talk())["stage"] == "with_person"
    assert "xóa dữ liệu của tôi" in str((await desk.send("GET", "/v1/messages")).json())
    assert await desk.count("requests") == 0


async def test_the_web_chat_is_heard_by_call_and_a_repeated_message_has_the_same_answer(desk: Desk) -> None:
    hear = desk.talks.conversations.hear
    first = await hear("visitor-1", TalkChannel.WEB, TROUBLE, "m1")
    assert first == await hear("visitor-1", TalkChannel.WEB, TROUBLE, "m1")
    await hear("visitor-1", TalkChannel.WEB, "", "m2", point=(21.035, 105.814))
    await hear("visitor-1", TalkChannel.WEB, "Lan", "m3")
    await hear("visitor-1", TalkChannel.WEB, "0912 345 678", "m4")
    (answer,) = await hear("visitor-1", TalkChannel.WEB, "1", "m5")
    (request,) = await desk.rows("select * from requests")
    assert request["code"] in answer, "the code comes with the answer to the yes"
    assert await desk.events("conversation.said") == [], "it is read on our own page"
    assert "cần giúp" in (await hear("visitor-2", TalkChannel.WEB, "chào", "m1"))[0]


WORDS = (
    *("chào em", "1", "2", "4", "đúng", "không", "sai rồi", "thôi", "tình trạng", "?", "cảm ơn", TROUBLE, "Máy in hỏng", PLACE),
    *("12 hàng bông", "Lan", "tôi tên là Hoa", "0912345678", "mã OTP là 123456", "TR-7K3M-92QX", "asdf", "gặp người thật"),
    "gọi lại cho tôi",
)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_written_in_whatever_order_comes_to_an_end(desk: Desk, seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - the same each time
    people = [await writer(desk, f"+8491200010{n}") for n in range(3)] + [await writer(desk, None, ChannelKind.TELEGRAM)]
    clock = 0.0
    for _ in range(25):
        batch: list[Event] = []
        for who in luck.sample(people, luck.randint(1, 4)):
            batch += [await who.event(luck.choice(WORDS)) for _ in range(luck.randint(1, 2))]
        await desk.board.handle(batch)
        if luck.random() < 0.3:
            await desk.board.handle(batch)  # again, as after a kill
        if luck.random() < 0.7:
            await desk.talks.clerk.look()
        if luck.random() < 0.2:
            clock += luck.choice([1000, 5 * 3600, 30 * 3600])
            await set_app_clock(desk.dsn, clock)
            await desk.timers.fire_due()
    await desk.talks.clerk.look()
    for day in range(1, 30):
        await set_app_clock(desk.dsn, clock + day * 86400)
        await desk.timers.fire_due()
    stages = {row["stage"] for row in await desk.rows("select distinct stage from conversations")}
    assert stages <= {"over", "with_person"}, "left alone, each has ended, or a person has it"
    waiting = await desk.count("conversations where stage = 'with_person'")
    assert waiting == await desk.count("incoming_messages where conversation_id is not null and read_at is null")
    codes = await desk.count("conversations where code is not null")
    assert await desk.count("requests") >= codes
