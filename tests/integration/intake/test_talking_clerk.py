"""What a conversation says once its request is filed: to the message that asked, and only where no confirmation says it."""

import pytest

from intake.erase import erase
from shared.events.contract import ChannelKind
from shared.postgres.transaction import transaction
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_talking import writer


async def test_what_the_clerk_says_answers_the_message_that_asked_whoever_was_the_clerk(desk: Desk) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    await account.writes("0912 345 678")
    yes, more = await account.event("đúng rồi"), await account.event("nhanh nhé")
    await desk.board.handle([yes])
    await desk.board.handle([more])
    await desk.talks.clerk.look()
    code = (await desk.rows("select code from requests"))[0]["code"]
    assert code in await account.last()
    newest = "select answers from conversation_turns where speaker = 'we' order by id desc limit 1"
    assert [row["answers"] for row in await desk.rows(newest)] == [str(yes.id)]


async def test_whoever_is_confirmed_by_a_call_is_told_in_the_conversation(desk: Desk) -> None:
    """Its filing is confirmed by a call."""
    lan = await writer(desk, "+842438251234")
    await lan.told()
    answer = await lan.writes("1")
    assert (await desk.rows("select code from requests"))[0]["code"] in answer
    assert "gọi" in answer


@pytest.mark.parametrize("which", [0, 1])
async def test_who_is_erased_is_in_no_conversation_that_filed_for_several(desk: Desk, which: int) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    numbers = ("0912 000 001", "0912 000 002")
    for number in numbers:
        await account.told()
        await account.writes(number)
        await account.writes("1")
    assert await desk.count("requests") == 2
    erased = await writer(desk, f"+84{numbers[which][1:].replace(' ', '')}")
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, erased.person.contact_point_id)
    assert (await desk.count("conversations"), await desk.count("conversation_turns")) == (0, 0)


async def test_who_is_erased_is_in_no_conversation_that_had_them_called(desk: Desk) -> None:
    account, lan = await writer(desk, None, ChannelKind.TELEGRAM), await writer(desk)
    await account.writes("gọi lại cho tôi số 0912 000 001")
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, lan.person.contact_point_id)
    assert (await desk.count("conversations"), await desk.count("callbacks")) == (0, 0)
