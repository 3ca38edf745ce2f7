"""People in browsers of several makers: one push service that is unwell holds back its own, and nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from notify.accounts.door import AccountDoor
from notify.channels.http_provider import Patience
from notify.channels.push_address import Subscription
from notify.channels.push_sealing import new_key
from notify.channels.web_push import WebPushSettings, open_web_push
from notify.message import SendingRules
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from tests.support.browser import Browser
from tests.support.notifying import Bureau, Person
from tests.support.provider import HTML, Act, Provider, a_provider, hangs_up, says

PUSH, SMS = ChannelKind.WEB_PUSH, ChannelKind.SMS
TAKEN = says(b"", 201)
MANY = 25  # more than would shut a route


@asynccontextmanager
async def two_services(bureau: Bureau, act: Act) -> AsyncIterator[tuple[Provider, Provider]]:
    """One that is unwell, and one that takes everything."""
    served = SendingRules(served=frozenset({SMS, PUSH}))
    bureau.settings = replace(bureau.settings, sending=served, chats={PUSH: "TechRescue"})
    settings = WebPushSettings(
        key=new_key(), contact="mailto:ops@example.vn", hosts=(), loopback=True, patience=Patience(answer_seconds=0.3)
    )
    async with a_provider(act) as unwell, a_provider(TAKEN) as well, open_web_push(settings) as carrier:
        bureau.others.append(carrier)  # type: ignore[arg-type]
        yield unwell, well


async def subscribed(bureau: Bureau, number: int, at: Provider) -> Person:
    person = await bureau.person(f"Bà {number}", f"+84913{number:06}")
    subscription = Subscription.model_validate_json(Browser().subscription(f"{at.url}/send/{number}")).written()
    await bureau.writes(person, "LIEN KET")
    await bureau.send_all()
    (said,) = [message.text for message in bureau.carrier.taken if message.to == person.phone and message.kind == "link_code"]
    door = AccountDoor(bureau.pool, bureau.vault, "hanoi", bureau.carriers, wake=lambda: None)
    await door.bind(said.split("kết ")[1][:6], PUSH, subscription)
    await bureau.rows("update messages set status = 'withdrawn', ended_at = now() where status = 'queued'")
    return person


async def told(bureau: Bureau, *people: Person) -> None:
    for person in people:
        request = await bureau.request(person)
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, person.as_(Role.RESIDENT)))


@pytest.mark.parametrize("act", [says(b"", 503), says(b"", 429, Retry_After="600"), says(HTML, 500), says(b"", 403), hangs_up])
async def test_a_service_that_is_unwell_shuts_nothing_for_those_of_another(bureau: Bureau, act: Any) -> None:
    async with two_services(bureau, act) as (unwell, well):
        theirs = [await subscribed(bureau, number, unwell) for number in range(MANY)]
        other = await subscribed(bureau, MANY, well)
        asked = len(well.asked)
        async with bureau.sending():
            await told(bureau, *theirs)
            await bureau.drained()
            await told(bureau, other)
            await bureau.drained()
    assert len(well.asked) == asked + 1
    assert bureau.kinds_to(other)[-1] != "filed", "it was shown in the browser, and cost nothing"
