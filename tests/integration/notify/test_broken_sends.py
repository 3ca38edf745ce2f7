"""One text breaks the code that should send it, in a way that nobody foresaw: all others leave, and it is decided."""

import asyncio
from collections.abc import Callable

from structlog.testing import capture_logs

from notify.accounts.greeting import Greeter
from notify.channels.port import Outgoing
from notify.purpose import Purpose
from notify.sending.outage import Outage
from notify.sending.probe import Prober, ProbeSettings
from notify.sending.scout import Scout, Way
from shared.events.contract import ChannelKind, Role
from shared.events.registry import EventType
from shared.telemetry.metrics import NOTIFY_SENDS
from tests.support.carrier import RecordingCarrier
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person
from tests.support.running import running

BAD, GOOD = "+84912000001", "+84912000002"


def breaks_at(address: str) -> Callable[[Outgoing], None]:
    def check(message: Outgoing) -> None:
        if message.to == address:
            raise UnicodeError(f"label empty or too long: {message.to} {message.text}")

    return check


def broken_sends(carrier: str) -> float:
    return float(NOTIFY_SENDS.labels(carrier, "broken")._value.get())


async def told(bureau: Bureau, person: Person) -> None:
    request = await bureau.request(person)
    await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, person.as_(Role.RESIDENT)))


async def test_one_text_that_breaks_the_sender_is_unknown_and_all_others_leave(bureau: Bureau) -> None:
    lan, binh = await bureau.person("Bà Lan", BAD), await bureau.person("Ông Bình", GOOD)
    bureau.carrier.on_send = breaks_at(BAD)
    before = broken_sends("recording")
    sender = bureau.sender()
    with capture_logs() as logs:
        running_sender = asyncio.create_task(sender.run())
        await told(bureau, lan)

        async def is_unknown() -> bool:
            return await bureau.statuses() == ["unknown"]

        await eventually(is_unknown)
        await told(bureau, binh)
        await eventually(lambda: len(bureau.texts_to(binh)) == 1)
        assert not running_sender.done(), "it goes on"
        sender.stop()
        await running_sender
    assert await bureau.statuses() == ["unknown", "submitted"]
    assert broken_sends("recording") == before + 1
    (error,) = [entry for entry in logs if entry["log_level"] == "error"]
    message = await bureau.one("select id from messages where status = 'unknown'")
    assert error == {
        "event": "notify.send.broken", "log_level": "error", "message_id": str(message), "carrier": "recording",
        "error": "UnicodeError",
    }  # fmt: skip
    await bureau.move_clock(121)
    await bureau.sweep()
    assert await bureau.statuses() == ["undelivered", "submitted"]
    assert await bureau.one("select count(*) from call_tasks") == 1, "a person tells her"


async def test_a_stranger_who_breaks_the_answer_keeps_nobody_else_from_theirs() -> None:
    carrier = RecordingCarrier(channel=ChannelKind.ZALO, on_send=breaks_at("1"))
    before = broken_sends("recording")
    greeter = Greeter()
    greeter.serve([carrier])
    async with running(greeter):
        greeter.owe(ChannelKind.ZALO, "1", Purpose.LINK_HOW)
        greeter.owe(ChannelKind.ZALO, "2", Purpose.LINK_HOW)
        await eventually(lambda: [message.to for message in carrier.taken] == ["2"])
    assert broken_sends("recording") == before + 1


async def test_a_look_for_whether_a_route_is_back_that_breaks_leaves_it_shut_and_is_tried_again(bureau: Bureau) -> None:
    carrier = RecordingCarrier(on_send=breaks_at(GOOD))
    way = Way(carrier, Outage("recording", bureau.settings))
    way.outage.began("away")
    found: list[str] = []
    scout = Scout({"recording": GOOD}, bureau.settings, found=lambda: found.append("back"))
    await scout.find_out(way)
    assert (way.outage.is_over(), found) == (False, [])
    carrier.on_send = None
    await scout.find_out(way)
    assert (way.outage.is_over(), found) == (True, ["back"])


async def test_a_provider_that_breaks_its_probe_hides_no_other(bureau: Bureau) -> None:
    broken = RecordingCarrier(name="broken", receipts=False, on_send=breaks_at(BAD))
    well = RecordingCarrier(name="well", receipts=False)
    settings = ProbeSettings(addresses={"broken": BAD, "well": GOOD})
    await Prober(bureau.pool, [broken, well], settings).probe_all()
    probes = await bureau.rows("select carrier, outcome from probes order by carrier")
    assert [tuple(row) for row in probes] == [("broken", "uncertain"), ("well", "delivered")]
