"""Who writes "call me back" is in the hotline's list, once, under the right number."""

import pytest

from intake.erase import erase
from intake.settings import IntakeSettings, Limit
from shared.events.contract import ChannelKind
from shared.events.conversations import TalkChannel
from shared.postgres.transaction import transaction
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_talking import TROUBLE, Writer, lan, writer
from tests.support.ringing import Hotline, a_hotline
from tests.support.web_chatting import open_house

__all__ = ["lan"]
CHI = "0912 345 679"


@pytest.fixture
def line(desk: Desk) -> Hotline:
    return a_hotline(desk)


async def test_asked_twice_by_sms_it_is_one_callback_and_the_conversation_goes_on(desk: Desk, lan: Writer, line: Hotline) -> None:
    await lan.writes(TROUBLE)
    said = await lan.writes("goi lai cho toi")
    assert "goi lai so nay" in said or "gọi lại số này" in said
    await lan.writes("gọi lại cho tôi với")
    (task,) = await line.callbacks()
    assert (task["reason"], task["owner"], task["misses"]) == ("chat", "hotline", 0)
    mine = (await line.take(task)).json()
    assert mine["phone"] == lan.number
    assert (await lan.talk())["stage"] == "listening"
    read = await desk.send("GET", f"/v1/conversations/{mine['conversation_id']}")
    assert TROUBLE in [turn["text"] for turn in read.json()["turns"]], "whoever calls has read what it is about"


async def test_it_joins_what_they_rang_for_and_a_request_of_theirs_does_not_end_it(desk: Desk, line: Hotline) -> None:
    chi = await writer(desk, "+84912345679")
    await line.told("a1", "ringing", 0, caller=CHI)
    await line.told("a1", "missed", 30, caller=CHI)
    await chi.writes("gọi lại cho tôi")
    (task,) = await line.callbacks()
    assert (task["reason"], task["misses"]) == ("chat", 1)
    await desk.filed(requester={"name": "Chị", "phone": CHI})
    await desk.hotline.watch.look()
    assert [one["id"] for one in await line.callbacks()] == [task["id"]], "they asked to be spoken with"


async def test_a_message_that_comes_again_asks_once(desk: Desk, lan: Writer) -> None:
    event = await lan.event("call me back")
    await desk.board.handle([event])
    await desk.board.handle([event])
    assert await desk.count("audit where action = 'callback.asked'") == 1


async def test_our_own_page_asks_for_the_number_and_numbers_of_others_are_limited(desk: Desk, line: Hotline) -> None:
    hear = desk.talks.conversations.hear
    (said,) = await hear("visitor-1", TalkChannel.WEB, "gọi lại cho tôi", "m0")
    assert "số nào" in said
    for number in range(12):
        await hear("visitor-1", TalkChannel.WEB, f"gọi lại cho tôi số 0912 345 6{number:02}", f"m{number + 1}")
    assert len(await line.callbacks()) == 10
    (talk,) = await desk.rows("select * from conversations")
    assert talk["stage"] == "with_person", "the eleventh a person reads"


async def test_one_number_is_called_for_so_many_and_each_of_them_is_named_in_the_audit(desk: Desk, line: Hotline) -> None:
    hear = desk.talks.conversations.hear
    for number in range(7):
        await hear(f"visitor-{number}", TalkChannel.WEB, f"gọi lại cho tôi số {CHI}", "m")
    stages = [row["stage"] for row in await desk.rows("select stage from conversations order by began_at")]
    assert stages == ["idle"] * 5 + ["with_person"] * 2, "whoever comes after five a person reads"
    (task,) = await line.callbacks()
    (note,) = await desk.rows("select detail from audit where action = 'callback.asked'")
    (first, *_) = await desk.rows("select id from conversations order by began_at")
    assert (note["detail"]["reason"], note["detail"]["conversations"]) == (task["reason"], [str(first["id"])])


async def test_from_one_address_so_many_strangers_are_called_however_many_chats_are_begun(dsn: str) -> None:
    async with open_house(dsn, IntakeSettings(web_per_address=Limit(most=2, seconds=600))) as house:
        for number in range(4):
            await (await house.visitor()).writes(f"gọi lại cho tôi số 0912 345 67{number}")
        assert await house.pool.fetchval("select count(*) from callbacks") == 2
        assert await house.pool.fetchval("select count(*) from conversations where stage = 'with_person'") == 2


async def test_whom_the_version_before_filed_for_takes_that_conversation_along_when_erased(desk: Desk, lan: Writer) -> None:
    """It knows of one column only, writes whole rows, and runs on while this version is rolled out."""
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.writes(TROUBLE)
    await desk.pool.execute(
        """
        insert into conversations as known
        select (json_populate_record(talk, json_build_object('filer_id', $1::uuid, 'filer_ids', null))).* from conversations talk
        on conflict (id) do update set filer_id = coalesce(excluded.filer_id, known.filer_id), heard_at = excluded.heard_at
        """,
        lan.person.contact_point_id,
    )
    await account.writes(f"gọi lại cho tôi số {CHI}")
    (talk,) = await desk.rows("select filer_ids from conversations")
    assert len(talk["filer_ids"]) == 2, "this version has not forgotten the other"
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, lan.person.contact_point_id)
    assert await desk.count("conversations") == 0


async def test_two_who_ask_at_once_in_either_order_are_both_called(desk: Desk, lan: Writer, line: Hotline) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await desk.board.handle([await lan.event("gọi lại cho tôi"), await account.event("gọi lại cho tôi số 0912 345 679")])
    assert len(await line.callbacks()) == 2
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, lan.person.contact_point_id)
    assert [task["phone"] for task in await line.callbacks()] == ["0912***679"]
