"""Law 12 for accounts that cannot write to us: where a browser or a mailbox is to be found stands sealed, or not at all."""

from dataclasses import replace

import pytest

from notify.accounts.door import AccountDoor
from notify.channels.mail import MailSettings, open_mail
from notify.channels.push_address import Subscription
from notify.channels.push_sealing import new_key
from notify.channels.web_push import WebPushSettings, open_web_push
from notify.message import SendingRules
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from tests.support.browser import Browser
from tests.support.canaries import found_in, found_in_tables, mailbox, push_path
from tests.support.mailbox import HOST, a_mailbox
from tests.support.notifying import Bureau, Person
from tests.support.provider import a_provider, says

SMS, PUSH, EMAIL = ChannelKind.SMS, ChannelKind.WEB_PUSH, ChannelKind.EMAIL


async def linked(bureau: Bureau, person: Person, channel: ChannelKind, address: str) -> None:
    await bureau.writes(person, "LIEN KET")
    await bureau.send_all()
    told = [message.text for message in bureau.carrier.taken if message.to == person.phone and message.kind == "link_code"]
    door = AccountDoor(bureau.pool, bureau.vault, "hanoi", bureau.carriers, wake=lambda: None)
    await door.bind(told[-1].split("kết ")[1][:6], channel, address)
    await bureau.send_all()


@pytest.mark.parametrize("answer", [201, 503, 410])
async def test_nobody_reads_in_our_tables_or_logs_where_somebody_is_reached(
    bureau: Bureau, capsys: pytest.CaptureFixture[str], answer: int
) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    served = SendingRules(served=frozenset({SMS, PUSH, EMAIL}))
    bureau.settings = replace(bureau.settings, sending=served, chats={PUSH: "TechRescue", EMAIL: "TechRescue"})
    push = WebPushSettings(key=new_key(), contact="mailto:ops@example.vn", hosts=(), loopback=True)
    async with a_provider(says(b"", answer)) as service, a_mailbox() as box:
        mail = MailSettings(host=HOST, port=box.port, security="none", sender="tin@sos.example.vn")
        async with open_web_push(push) as browsers, open_mail(mail) as mailboxes:
            bureau.others += [browsers, mailboxes]  # type: ignore[list-item]
            subscription = Browser().subscription(f"{service.url}{push_path(1)}")
            await linked(bureau, lan, PUSH, Subscription.model_validate_json(subscription).written())
            await linked(bureau, an, EMAIL, mailbox(2))
            request = await bureau.request(lan)
            await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, lan.as_(Role.RESIDENT)))
            await bureau.send_all()
    assert service.asked[-1].path == push_path(1)
    assert [mail["To"] for mail in box.mails][-1:] == [mailbox(2)]
    logged = capsys.readouterr()
    assert await found_in_tables(bureau.dsn) == []
    assert found_in(logged.out + logged.err) == []
