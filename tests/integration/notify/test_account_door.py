"""A browser and a mailbox become somebody's by the code on their phone, through the door of a page; then they are written to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from notify.accounts import door as account_door
from notify.accounts import rows as accounts
from notify.accounts.door import AccountDoor, accounts_router
from notify.channels.mail import MailSettings, open_mail
from notify.channels.port import Carrier
from notify.channels.push_sealing import new_key
from notify.channels.web_push import WebPushSettings, open_web_push
from notify.message import SendingRules
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from shared.http.app import build_app
from shared.security.tokens import Role as TokenRole
from shared.security.tokens import Tokens, issue
from tests.support.browser import Browser
from tests.support.chatting import Chat
from tests.support.mailbox import HOST, Mailbox, a_mailbox
from tests.support.notifying import Bureau, Person
from tests.support.provider import Provider, a_provider, says

TAKEN = says(b"", 201)
BOTH = frozenset({ChannelKind.SMS, ChannelKind.WEB_PUSH, ChannelKind.EMAIL})


@dataclass
class Page:
    """The front of a page that people link their browser on, with real providers behind it."""

    bureau: Bureau
    chat: Chat
    http: httpx.AsyncClient
    service: Provider
    box: Mailbox

    async def links(self, code: str, **address: Any) -> int:
        answer = await self.http.post("/v1/accounts", json={"code": code, **address})
        return answer.status_code

    def browser(self, browser: Browser, place: str = "abc") -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(browser.subscription(f"{self.service.url}/{place}"))
        return found

    def shown(self, browser: Browser) -> list[str]:
        return [browser.opened(asked.body)["body"] for asked in self.service.asked]


@pytest.fixture
async def page(bureau: Bureau, dsn: str) -> AsyncIterator[Page]:
    connection = await asyncpg.connect(dsn)
    token = await issue(connection, "the page", TokenRole.ADAPTER, timedelta(hours=1))
    await connection.close()
    async with AsyncExitStack() as stack:
        service, box = await stack.enter_async_context(a_provider(TAKEN)), await stack.enter_async_context(a_mailbox())
        push = WebPushSettings(key=new_key(), contact="mailto:ops@example.vn", hosts=(), loopback=True)
        mail = MailSettings(host=HOST, port=box.port, security="none", sender="tin@example.vn")
        carriers: list[Carrier] = [
            await stack.enter_async_context(open_web_push(push)),
            await stack.enter_async_context(open_mail(mail)),
        ]
        chat = Chat(bureau)
        bureau.others[:] = carriers
        bureau.settings = replace(bureau.settings, sending=SendingRules(served=BOTH), chats={ChannelKind.WEB_PUSH: "TechRescue"})
        door = AccountDoor(bureau.pool, bureau.vault, "hanoi", carriers, wake=lambda: None)
        transport = httpx.ASGITransport(app=build_app([accounts_router(door)], tokens=Tokens(bureau.pool)))
        http = httpx.AsyncClient(transport=transport, base_url="http://test", headers={"authorization": f"Bearer {token}"})
        yield Page(bureau, chat, await stack.enter_async_context(http), service, box)


@pytest.fixture
async def an(bureau: Bureau) -> Person:
    return await bureau.person("Tổ 2", "+84912000002")


async def test_a_browser_is_linked_and_reads_what_is_told_from_then_on(page: Page, an: Person) -> None:
    lan, browser = await page.bureau.person("Bà Lan", "+84912000001"), Browser()
    assert await page.links(await page.chat.code_for(lan), web_push=page.browser(browser)) == 200
    await page.bureau.send_all()
    assert page.bureau.kinds_to(lan) == ["link_code", "linked"], "the number hears of it"
    assert len(page.shown(browser)) == 1, "and so does the browser"
    job = await page.bureau.job(lan)
    request = page.bureau.requests[job.request_id]
    await page.bureau.hear(page.bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
    await page.bureau.send_all()
    assert page.bureau.kinds_to(lan) == ["link_code", "linked"], "not by SMS as well"
    assert request.code in page.shown(browser)[-1]


async def test_a_mailbox_is_linked_by_whoever_has_the_code(page: Page, an: Person) -> None:
    assert await page.links(await page.chat.code_for(an), email="an.nguyen@EXAMPLE.vn") == 200
    await page.bureau.send_all()
    assert [mail["To"] for mail in page.box.mails] == ["an.nguyen@example.vn"]


async def test_a_question_that_a_browser_cannot_answer_is_asked_by_sms(page: Page, an: Person) -> None:
    browser = Browser()
    assert await page.links(await page.chat.code_for(an), web_push=page.browser(browser)) == 200
    await page.bureau.send_all()
    await page.bureau.offered(await page.bureau.job(await page.bureau.person("Bà Lan", "+84912000001")), an)
    await page.bureau.send_all()
    assert page.bureau.kinds_to(an)[-1] == "offer"
    assert len(page.shown(browser)) == 1


async def test_the_same_again_is_the_same_and_a_code_binds_one_account(page: Page, an: Person) -> None:
    code, first = await page.chat.code_for(an), page.browser(Browser())
    assert [await page.links(code, web_push=first) for _ in range(2)] == [200, 200]
    assert await page.links(code, web_push=page.browser(Browser(), "other")) == 409
    assert len(await page.chat.accounts()) == 1


async def test_a_browser_that_has_left_is_forgotten_and_the_phone_is_told(page: Page, an: Person) -> None:
    await page.links(await page.chat.code_for(an), web_push=page.browser(Browser()))
    page.service.will(says(b"", 410))
    await page.bureau.send_all()
    assert await page.chat.accounts() == [("web_push", False)]
    assert page.bureau.kinds_to(an)[-1] == "account_gone"


async def test_codes_are_not_guessed_here(page: Page, an: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_door, "MOST_WRONG", 3)
    code = await page.chat.code_for(an)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for turn in range(3):
        assert await page.links(wrong, web_push=page.browser(Browser(), str(turn))) == 409
    answer = await page.http.post("/v1/accounts", json={"code": code, "email": "an@example.vn"})
    assert (answer.status_code, answer.json()["reason"]) == (409, "too_many_codes")
    assert await page.chat.accounts() == []


async def test_guesses_here_and_in_chats_together_make_a_code_void(
    page: Page, an: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_GUESSES", 3)
    code = await page.chat.code_for(an)
    wrong = [f"{(int(code) + n) % 1_000_000:06}" for n in (1, 2, 3)]
    await page.chat.writes("5876543211", wrong[0])
    await page.chat.writes("77", wrong[1], over=ChannelKind.ZALO)
    assert await page.links(wrong[2], email="binh@example.vn") == 409
    assert await page.links(code, email="an@example.vn") == 409, "somebody may know it by luck"
    await page.chat.writes("5876543210", code)
    assert await page.chat.accounts() == []
    assert await page.links(await page.chat.code_for(an), email="an@example.vn") == 200, "a new one has been guessed at by nobody"


async def test_a_code_is_over_with_the_link_that_it_made(page: Page, an: Person) -> None:
    code = await page.chat.code_for(an)
    assert await page.links(code, email="an@example.vn") == 200
    await page.bureau.writes(an, "HUY LIEN KET")
    assert [await page.links(code, email="an@example.vn") for _ in range(2)] == [409, 409]
    assert await page.chat.accounts() == []
    assert await page.links(await page.chat.code_for(an), email="an@example.vn") == 200
    assert await page.links(code, email="an@example.vn") == 200, "linked as it says, since an earlier time"
    assert await page.links("000000" if code != "000000" else "000001", email="an@example.vn") == 409


async def test_guesses_that_come_together_are_as_few(page: Page, an: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_door, "MOST_WRONG", 3)
    code = int(await page.chat.code_for(an))
    forms = [{"code": f"{(code + n) % 1_000_000:06}", "email": "an@example.vn"} for n in range(1, 13)]
    answers = await asyncio.gather(*(page.http.post("/v1/accounts", json=form) for form in forms))
    reasons = [answer.json()["reason"] for answer in answers]
    assert (reasons.count("wrong_code"), reasons.count("too_many_codes")) == (3, 9)


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"email": "an@example.vn\r\nBcc: x@example.vn"},
        {"email": "an"},
        {"web_push": {"endpoint": "https://169.254.169.254/x", "keys": {"p256dh": "x", "auth": "y"}}},
        {"web_push": {"endpoint": "https://10.0.0.1/"}},
        {"web_push": "x"},
        {"email": "an@example.vn", "code": "12345"},
        {"email": "an@example.vn", "code": "١٢٣٤٥٦"},
    ],
)
async def test_what_is_no_address_binds_nothing(page: Page, an: Person, address: dict[str, Any]) -> None:
    code = await page.chat.code_for(an)
    assert await page.links(**{"code": code, **address}) == 422
    assert await page.chat.accounts() == []
