"""From "LIEN KET" to an answer tapped in the chat: who is bound, how, to whom, and how it ends."""

import pytest

from notify.channels.port import Button
from services.erasing import erase
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from tests.support.chatting import ZALO, Chat
from tests.support.notifying import Bureau, Person

AN_THERE, BINH_THERE = "5876543210", "5876543211"


@pytest.fixture
def chat(bureau: Bureau) -> Chat:
    return Chat(bureau)


async def a_team(bureau: Bureau, number: int = 2) -> Person:
    return await bureau.person(f"Tổ {number}", f"+8491200000{number}")


async def test_from_the_word_by_sms_to_an_offer_answered_by_a_tap(bureau: Bureau, chat: Chat) -> None:
    an, lan = await a_team(bureau), await bureau.person("Bà Lan", "+84912000001")
    code = await chat.code_for(an)
    (asked,) = bureau.texts_to(an)
    assert "@techrescue" in asked
    await chat.writes(AN_THERE, code)
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["link_code", "linked"], "the number hears of it"
    (linked,) = chat.said(AN_THERE)
    assert linked.kind == "linked", "and so does the chat"
    assert "tin chung qua SMS" in linked.text, "a broadcast goes by number"
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    (told,) = chat.said(AN_THERE, "offer")
    assert "offer" not in bureau.kinds_to(an), "once"
    yes, no = told.buttons
    assert (yes.says[:2], no.says[:2]) == ("1 ", "2 ")
    assert yes.says in told.text, "whoever has no buttons reads the same"
    await chat.writes(AN_THERE, yes.says)
    (reply,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["offer_id"], reply["answer"]) == (str(offer.offer_id), "accept")
    await bureau.accepted(job, an, lan, offer)
    await bureau.send_all()
    (mine,) = chat.said(AN_THERE, "accepted_responder")
    assert [button.says.split()[0] for button in mine.buttons] == ["DI", "DEN", "XONG", "TRA"]
    assert mine.buttons[0] == Button("Đi / On my way", f"DI {yes.says[2:]}")


async def test_the_answer_by_sms_to_what_was_asked_in_the_chat_is_the_same_answer(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    await chat.bound(an, AN_THERE)
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    yes = chat.said(AN_THERE, "offer")[0].buttons[0].says
    await bureau.writes(an, yes)
    await chat.writes(AN_THERE, yes)
    await bureau.send_all()
    assert len(await bureau.emitted(EventType.REPLY_RECEIVED)) == 1
    (thanks,) = chat.said(AN_THERE, "already_answered")
    assert thanks.to == AN_THERE, "said where it was written"


async def test_what_the_chat_says_beyond_that_is_the_phones_own_text(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    await chat.bound(an, AN_THERE)
    await chat.writes(AN_THERE, "cho hỏi mai có việc không", id="u-1")
    await chat.writes(AN_THERE, "cho hỏi mai có việc không", id="u-1")
    (received,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert (received["contact_point_id"], received["channel"]) == (str(an.id), "telegram")


async def test_a_code_works_once_in_its_time_and_only_the_newest(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    first, second = await chat.code_for(an), await chat.code_for(an)
    await chat.writes(AN_THERE, first)
    assert (await chat.accounts(), await chat.greeted()) == ([], ["link_wrong"])
    await chat.writes(AN_THERE, second, id="update-7")
    await chat.writes(BINH_THERE, second)
    assert await chat.accounts() == [("telegram", True)], "used"
    assert await chat.greeted() == ["link_wrong"]
    await chat.writes(AN_THERE, second, id="update-7")
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == [], "the provider repeats itself: no word of anybody"
    assert await bureau.one("select count(*) from strangers") == 1, "nor a guess: only the other one has tried"
    late = await chat.code_for(an)
    await bureau.move_clock(601)
    await chat.writes(BINH_THERE, late)
    assert len(await chat.accounts()) == 1


async def test_whoever_guesses_is_not_listened_to_for_an_hour(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    code = await chat.code_for(an)
    for wrong in range(5):
        await chat.writes(BINH_THERE, f"{(int(code) + 1 + wrong) % 10**6:06}")
    await chat.writes(BINH_THERE, code)
    assert await chat.accounts() == []
    assert (await chat.greeted()).count("link_wrong") == 4
    await bureau.move_clock(3601)
    await chat.writes(BINH_THERE, await chat.code_for(an))
    assert await chat.accounts() == [("telegram", True)]


async def test_of_guesses_that_come_together_only_five_are_looked_at(bureau: Bureau, chat: Chat) -> None:
    code = int(await chat.code_for(await a_team(bureau)))
    await chat.write_together(*((BINH_THERE, f"{(code + 1 + n) % 10**6:06}") for n in range(12)))
    assert await bureau.one("select tries from strangers") == 5
    assert await bureau.one("select wrong from code_guesses") == 5


async def test_a_wrong_code_that_the_provider_repeats_is_one_guess(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    code = await chat.code_for(an)
    wrong = (BINH_THERE, f"{(int(code) + 1) % 10**6:06}")
    await chat.write_together(*[wrong] * 6, id="update-8")
    await chat.writes(*wrong, id="update-8")
    assert await bureau.one("select tries from strangers") == 1
    assert await chat.greeted() == ["link_wrong"], "answered once, too"
    await bureau.move_clock(3601)
    await chat.writes(*wrong, id="update-8")
    await chat.writes(BINH_THERE, await chat.code_for(an))
    assert (await bureau.one("select wrong from code_guesses"), await chat.accounts()) == (1, [("telegram", True)])


async def test_two_phones_whose_codes_one_new_account_writes_at_once_have_it_one_after_the_other(
    bureau: Bureau, chat: Chat
) -> None:
    for number in range(2, 8, 2):
        an, binh = await a_team(bureau, number), await a_team(bureau, number + 1)
        account = f"587654321{number}"
        await chat.write_together((account, await chat.code_for(an)), (account, await chat.code_for(binh)))
        await bureau.send_all()
        heard = sorted([bureau.kinds_to(an)[-1], bureau.kinds_to(binh)[-1]])
        assert heard == ["link_moved", "linked"], "whoever had it first hears that it has moved"
    assert len(await chat.accounts()) == 3


async def test_of_two_accounts_that_write_one_code_at_once_one_is_linked_and_the_other_is_told(
    bureau: Bureau, chat: Chat
) -> None:
    code = await chat.code_for(await a_team(bureau))
    await chat.write_together((AN_THERE, code), (BINH_THERE, code))
    assert (await chat.accounts(), await chat.greeted()) == ([("telegram", True)], ["link_wrong"])


async def test_two_accounts_that_change_their_phones_at_once_do_not_wait_for_each_other(bureau: Bureau, chat: Chat) -> None:
    an, binh = await a_team(bureau), await a_team(bureau, 3)
    await chat.bound(an, AN_THERE)
    await chat.bound(binh, BINH_THERE)
    await chat.write_together((AN_THERE, await chat.code_for(binh)), (BINH_THERE, await chat.code_for(an)))
    await chat.writes(AN_THERE, "alo")
    (received,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert received["contact_point_id"] == str(binh.id)


async def test_an_account_without_a_number_hears_once_an_hour_how_to_bind_one(bureau: Bureau, chat: Chat) -> None:
    for text in ("lien ket", "LIÊN KẾT", "link"):
        await chat.writes(AN_THERE, text)
    assert await chat.greeted() == ["link_how"]
    (how,) = chat.said(AN_THERE)
    assert "LIEN KET" in how.text
    assert "http" not in how.text
    await bureau.move_clock(3601)
    await chat.writes(AN_THERE, "LIEN KET")
    assert await chat.greeted() == ["link_how"]
    assert await bureau.one("select count(*) from inbound_texts") == 0
    await chat.writes(AN_THERE, "xin chào")
    (received,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert received["phone"] is None, "anything else is for the conversation, of which the number is not known"


async def test_a_second_phone_moves_the_account_and_both_hear_of_it(bureau: Bureau, chat: Chat) -> None:
    an, binh = await a_team(bureau), await a_team(bureau, 3)
    await chat.bound(an, AN_THERE)
    await chat.bound(binh, AN_THERE)
    assert bureau.kinds_to(an)[-1] == "link_moved"
    assert bureau.kinds_to(binh)[-1] == "linked"
    await chat.writes(AN_THERE, "alo")
    (received,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert received["contact_point_id"] == str(binh.id)
    assert await chat.accounts() == [("telegram", True)]


async def test_a_phone_may_have_an_account_in_each_chat_and_one_in_each(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    await chat.bound(an, AN_THERE)
    await chat.bound(an, "77", over=ZALO)
    await chat.bound(an, BINH_THERE)
    assert await chat.accounts() == [("zalo", True), ("telegram", True)]
    await chat.writes(AN_THERE, "alo")
    (of_nobody,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert of_nobody["contact_point_id"] != str(an.id), "the newest account of Telegram counts"
    for from_there, over in ((BINH_THERE, ChannelKind.TELEGRAM), ("77", ZALO)):
        await chat.writes(from_there, "alo", over=over)
    received = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert [one["contact_point_id"] for one in received[1:]] == [str(an.id)] * 2


@pytest.mark.parametrize("where", ["sms", "chat"])
async def test_either_side_ends_it(bureau: Bureau, chat: Chat, where: str) -> None:
    an = await a_team(bureau)
    await chat.bound(an, AN_THERE)
    await (bureau.writes(an, "Hủy liên kết") if where == "sms" else chat.writes(AN_THERE, "huy lien ket"))
    await bureau.send_all()
    assert await chat.accounts() == []
    assert bureau.kinds_to(an)[-1] == "unlinked"
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), an)
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "offer"


async def test_where_no_chat_is_served_the_word_is_somebodys_text(bureau: Bureau) -> None:
    an = await a_team(bureau)
    await bureau.writes(an, "LIEN KET")
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1


async def test_erasing_a_person_leaves_nothing_of_the_account(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    await chat.bound(an, AN_THERE)
    await chat.code_for(an)
    rows = await bureau.one("select string_agg(account::text, ' ') from accounts account")
    assert AN_THERE not in rows, "sealed"
    await erase(bureau.dsn, b"k" * 32, an.phone)
    assert await bureau.one("select count(*) from accounts") == await bureau.one("select count(*) from account_codes") == 0
    await chat.writes(AN_THERE, "1 27")
    (received,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert (received["contact_point_id"] == str(an.id), received["phone"]) == (False, None), "nobody's again"


async def test_what_was_written_before_the_account_was_linked_goes_with_the_number(bureau: Bureau, chat: Chat) -> None:
    an = await a_team(bureau)
    await chat.writes(AN_THERE, "chào em, nhà ở 12 Kim Mã")
    await chat.writes(BINH_THERE, "chào em")
    await chat.bound(an, AN_THERE)
    assert (await erase(bureau.dsn, b"k" * 32, an.phone)).keys == 2, "that of the number, and that of the account before"
    assert await bureau.one("select count(*) from inbound_texts where body is not null") == 1, "somebody else's"


async def test_news_for_a_resident_go_to_the_chat_and_never_name_a_link(bureau: Bureau, chat: Chat) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await chat.bound(lan, AN_THERE)
    request = await bureau.request(lan)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    await bureau.send_all()
    assert [message.kind for message in chat.said(AN_THERE)] == ["linked", "filed"]
    assert bureau.kinds_to(lan) == ["link_code", "linked"]
