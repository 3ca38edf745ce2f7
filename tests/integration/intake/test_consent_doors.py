"""Whichever door somebody comes through, it is kept which text on personal data they were shown or read, where and when."""

from typing import Any
from uuid import UUID

import pytest

from intake.privacy.consent_text import BRIEF, CURRENT, TEXTS
from shared.events.contract import ChannelKind
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_drafts import file, save, whole
from tests.integration.intake.test_open311 import open_window
from tests.integration.intake.test_talking import writer
from tests.support.hall import open_hall
from tests.support.lists import open_post
from tests.support.web_chatting import open_house

ALONE = {"requester": {"name": "An", "phone": "0987 654 321"}, "description": "Không in được", "category": "equipment"}


async def kept(pool: Any) -> list[tuple[str, ...]]:
    """Of every request: by which door, which text, who says so; and that it is dated as the filing is."""
    rows = await pool.fetch(
        """select door, data_consents.version, said_by from data_consents
           join requests on id = request_id and at = filed_at order by at"""
    )
    return [tuple(row) for row in rows]


async def test_the_public_form(desk: Desk) -> None:
    assert (await desk.file(form(channel="web", data_consent=CURRENT), role=None)).is_success
    assert await kept(desk.pool) == [("web", CURRENT, "public")]


async def test_the_hotline_from_a_draft(desk: Desk) -> None:
    typed = await save(desk, {**whole(), "data_consent": "2020-01"})
    refused = await file(desk)
    assert (refused.status_code, "consent-text" in refused.text) == (422, True), "words that nobody was ever read"
    await save(desk, {**whole(), "data_consent": CURRENT}, version=typed["version"])
    assert (await file(desk)).status_code == 202
    assert await kept(desk.pool) == [("hotline", CURRENT, "test operator")]


@pytest.mark.parametrize("channel", [ChannelKind.ZALO, ChannelKind.TELEGRAM, ChannelKind.SMS])
async def test_a_conversation_reads_it_with_its_last_question(desk: Desk, channel: ChannelKind) -> None:
    lan = await writer(desk, channel=channel)
    assert TEXTS[BRIEF].vi in await lan.told()
    await lan.writes("1")
    assert await kept(desk.pool) == [(channel, BRIEF, "conversations")]


async def test_who_says_that_it_is_wrong_has_agreed_to_nothing(desk: Desk) -> None:
    lan = await writer(desk)
    await lan.told()
    await lan.writes("2", "thôi")
    assert await kept(desk.pool) == []


async def test_the_chat_on_our_page(dsn: str) -> None:
    async with open_house(dsn) as house:
        visitor = await house.visitor()
        for text in ("Tôi là Nguyễn Thị Lan, không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình"):
            await visitor.writes(text)
        (right,) = await visitor.writes("số điện thoại 0900 123 456")
        assert TEXTS[BRIEF].vi in right
        await visitor.writes("đúng rồi")
        assert await kept(house.pool) == [("web", BRIEF, "conversations")]


async def test_the_counter_and_what_its_kiosk_has_shown(dsn: str) -> None:
    async with open_hall(dsn) as hall:
        assert (await hall.take(data_consent="2020-01")).status_code == 422
        at_the_kiosk, at_the_desk = await hall.taken(data_consent=CURRENT), await hall.taken()
        for ticket, said in ((at_the_kiosk, {}), (at_the_desk, {"data_consent": BRIEF})):
            assert (await hall.post(f"/v1/tickets/{ticket['id']}/file", {**ALONE, **said}, role="operator")).is_success
        assert await kept(hall.desk.pool) == [("counter", CURRENT, "test operator"), ("counter", BRIEF, "test operator")]


async def test_an_open311_client_is_told_the_words_with_the_service(dsn: str) -> None:
    async with open_window(dsn) as window:
        attributes = {one["code"]: one for one in (await window.get("services/vneid_login.json")).json()["attributes"]}
        ((version, words),) = [(one["key"], one["name"]) for one in attributes["DATA_CONSENT"]["values"]]
        assert TEXTS[version].vi in words
        await window.filed(**{"attribute[DATA_CONSENT]": version})
        assert await kept(window.desk.pool) == [("open311", CURRENT, "test adapter")]
        refused = await window.post(**{"attribute[DATA_CONSENT]": "2020-01"})
        assert (refused.status_code, "attribute[DATA_CONSENT]" in refused.text) == (400, True)


async def test_a_file_has_a_column_for_it(dsn: str) -> None:
    async with open_post(dsn) as post:
        head = "Họ và tên,Số điện thoại,Loại việc,Nội dung,Bản đồng ý"
        report = await post.loaded(f"{head}\nAn,0987654321,equipment,x,{CURRENT}\nBa,0987654322,equipment,x,2020-01\n")
        assert [(one["row"], one["field"]) for one in report["bad"]] == [(3, "data_consent")]
        assert await kept(post.desk.pool) == [("import", CURRENT, "test ops")]


# Of somebody else it is the visited person who is asked, on their own phone, whatever whoever files has ticked.


async def test_at_the_counter_the_word_of_somebody_else_is_theirs(dsn: str) -> None:
    other = {"on_behalf_of": "Mẹ", "visited_phone": "0912 000 111", "visit_consent": True}
    async with open_hall(dsn) as hall:
        ticket = await hall.taken()
        assert (await hall.post(f"/v1/tickets/{ticket['id']}/file", {**ALONE, **other}, role="operator")).is_success
        assert await _asked(hall.desk) == 1


async def test_over_open311_the_word_of_somebody_else_is_theirs(dsn: str) -> None:
    told = {"ON_BEHALF_OF": "Mẹ", "VISITED_PHONE": "0912 000 111", "VISIT_CONSENT": "yes"}
    async with open_window(dsn) as window:
        await window.filed(**{f"attribute[{code}]": value for code, value in told.items()})
        assert await _asked(window.desk) == 1
        codes = {one["code"] for one in (await window.get("services/vneid_login.json")).json()["attributes"]}
        assert set(told) <= codes


async def test_in_a_file_the_word_of_somebody_else_is_theirs(dsn: str) -> None:
    async with open_post(dsn) as post:
        head = "Họ và tên,Số điện thoại,Loại việc,Nội dung,Người cần giúp,SĐT người cần giúp,Đồng ý"
        await post.loaded(f"{head}\nAn,0987654321,equipment,x,Mẹ,0912000111,có\n")
        assert await _asked(post.desk) == 1


async def _asked(desk: Desk) -> int:
    """How many requests wait for the word of somebody whose number is kept for it alone."""
    rows = await desk.rows(
        """select requests.id from requests join timers on subject = requests.id and kind = 'consent'
           where visit_consent is null and visited_box is not null"""
    )
    return len({UUID(str(row["id"])) for row in rows})
