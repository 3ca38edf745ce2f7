"""What a conversation says once its request is filed: to the message that asked, and only where no confirmation says it."""

from shared.events.contract import ChannelKind
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
