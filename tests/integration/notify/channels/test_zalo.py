"""What we ask of Zalo, in the chat and by template, and how we read its answers, against a server that gives each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notify.channels import zalo, zns
from notify.channels.http_provider import Patience
from notify.channels.port import Button, Carrier, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing
from notify.channels.zalo import ZaloSettings, open_zalo
from notify.channels.zalo_api import Pair
from notify.channels.zns import ZnsSettings, ZnsTemplate, open_zns
from shared.ids import uuid7
from tests.support.provider import HTML, Act, Provider, a_provider, drips, hangs_up, never_answers, nobody, pours, says

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
LAN = "6142987654321098765"  # beyond 2^53
TAKEN = {
    "error": 0,
    "message": "Success",
    "data": {"message_id": "cb31dff1c39642cc1b83", "user_id": LAN, "quota": {"remain": "7"}},
}
SENT = {"error": 0, "message": "Success", "data": {"msg_id": "b8de", "sent_time": "1", "quota": {"dailyQuota": "500"}}}
OFFER = Outgoing(
    id=uuid7(),
    to=LAN,
    text="Máy in: 1 27 nhận, 2 27 không",
    buttons=(Button("Nhận việc", "1 27"), Button("Không", "2 27")),
    not_after=NOW + timedelta(seconds=90),
    request_id=uuid7(),
    kind="offer",
)
DONE = replace(OFFER, to="+84901234567", kind="done_resident", text="Việc TR-7K2M-9QXD đã kết thúc.", buttons=())
TEMPLATES = {
    "done_resident": [
        ZnsTemplate.model_validate(
            {"template_id": "100004", "reads": r"Việc (?P<code>TR-\w{4}-\w{4}) đã.*", "also": {"hotline": "1022"}}
        )
    ]
}
BOTH = ("zalo", "zns")


class Still:
    """A clock."""

    def now(self) -> datetime:
        return NOW


@dataclass
class Purse:
    """Tokens that a test hands out; `dry`: no other can be had."""

    dry: str | None = None
    refused: list[Pair] = field(default_factory=list)

    async def held(self) -> Pair:
        return Pair(access="first", renewing="r", version=1, left_seconds=90000.0)

    async def instead_of(self, refused: Pair) -> Pair:
        self.refused.append(refused)
        if self.dry:
            raise CarrierDown(self.dry)
        return Pair(access="second", renewing="r", version=2, left_seconds=90000.0)


@dataclass
class Rig:
    carrier: Carrier
    provider: Provider
    purse: Purse
    message: Outgoing


@asynccontextmanager
async def a_rig(kind: str, *acts: Act, purse: Purse | None = None) -> AsyncIterator[Rig]:
    purse = purse or Purse()
    async with a_provider(*acts) as provider:
        if kind == "zalo":
            async with open_zalo(ZaloSettings(url=provider.url), purse, Still()) as chat:
                yield Rig(chat, provider, purse, OFFER)
        else:
            async with open_zns(ZnsSettings(url=provider.url, templates=TEMPLATES), purse, Still()) as template:
                yield Rig(template, provider, purse, DONE)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (zalo, zns):
        monkeypatch.setattr(module, "PATIENCE", Patience(connect_seconds=0.2, answer_seconds=0.3))


async def test_a_message_goes_with_its_buttons_and_comes_back_with_an_id() -> None:
    async with a_rig("zalo", says(TAKEN)) as rig:
        submission = await rig.carrier.send(OFFER)
    (asked,) = rig.provider.asked
    assert (asked.path, asked.headers["access_token"]) == ("/v3.0/oa/message/cs", "first")
    assert asked.json == {
        "recipient": {"user_id": LAN},
        "message": {
            "text": OFFER.text,
            "attachment": {
                "type": "template",
                "payload": {
                    "buttons": [
                        {"title": "Nhận việc", "type": "oa.query.hide", "payload": "1 27"},
                        {"title": "Không", "type": "oa.query.hide", "payload": "2 27"},
                    ]
                },
            },
        },
    }
    assert submission.carrier_ref == "cb31dff1c39642cc1b83"


async def test_a_template_is_filled_from_our_text_and_tracked_by_the_attempt() -> None:
    async with a_rig("zns", says(SENT)) as rig:
        submission = await rig.carrier.send(DONE)
    (asked,) = rig.provider.asked
    assert (asked.path, asked.headers["access_token"]) == ("/message/template", "first")
    assert asked.json == {
        "phone": "84901234567",
        "template_id": "100004",
        "template_data": {"code": "TR-7K2M-9QXD", "hotline": "1022"},
        "tracking_id": str(DONE.id),
    }
    assert submission.carrier_ref == "b8de"


@pytest.mark.parametrize(
    ("kind", "codes", "reason", "gone"),
    [
        ("zalo", [-201, -210, -233], "bad_message", False),
        ("zalo", [-218], "too_often", False),
        ("zalo", [-213, -217, -227], "no_chat", True),
        ("zalo", [-244], "unwanted", False),
        ("zalo", [-230, -232], "too_long_silent", False),
        ("zalo", [-234], "night", False),
        ("zalo", [-9999, 17], "refused", False),
        ("zns", [-106, -107, -109, -111, -112, -113, -117, -147], "bad_template", False),
        ("zns", [-108], "bad_number", False),
        ("zns", [-110, -114, -118, -119], "no_account", False),
        ("zns", [-9999], "refused", False),
    ],
)
async def test_a_no_to_this_message_leaves_it_to_the_next_channel(kind: str, codes: list[int], reason: str, gone: bool) -> None:
    for code in codes:
        async with a_rig(kind, says({"error": code, "message": "…"})) as rig:
            with pytest.raises(CarrierRefused, match=reason) as refused:
                await rig.carrier.send(rig.message)
        assert (refused.value.permanent, refused.value.gone) == (True, gone), code


@pytest.mark.parametrize("kind", BOTH)
async def test_an_error_of_their_own_is_tried_again(kind: str) -> None:
    async with a_rig(kind, says({"error": -100})) as rig:
        with pytest.raises(CarrierRefused, match="provider_error") as refused:
            await rig.carrier.send(rig.message)
    assert not refused.value.permanent


@pytest.mark.parametrize(
    ("kind", "codes", "reason"),
    [
        ("zalo", [-32], "throttled"),
        ("zalo", [-204, -205, -209, -212, -219, -221, -223, -235, -240, -320], "misconfigured"),
        ("zalo", [-224, -321], "money"),
        ("zalo", [-211], "quota"),
        ("zns", [-32], "throttled"),
        ("zns", [-101, -102, -103, -104, -105, -120, -135, -136, -138], "misconfigured"),
        ("zns", [-115, -126, -137], "money"),
        ("zns", [-144], "quota"),
    ],
)
async def test_an_account_that_takes_nothing_says_what_has_to_be_mended(kind: str, codes: list[int], reason: str) -> None:
    for code in codes:
        async with a_rig(kind, says({"error": code})) as rig:
            with pytest.raises(CarrierDown) as down:
                await rig.carrier.send(rig.message)
        assert down.value.reason == reason, code


@pytest.mark.parametrize("kind", BOTH)
async def test_too_many_says_for_how_long(kind: str) -> None:
    async with a_rig(kind, says(HTML, 429, Retry_After="9")) as rig:
        with pytest.raises(CarrierDown, match="throttled") as down:
            await rig.carrier.send(rig.message)
    assert down.value.retry_after_seconds == 9


@pytest.mark.parametrize(("kind", "code"), [("zalo", -216), ("zalo", -220), ("zns", -124), ("zns", -216), ("zns", -220)])
async def test_a_token_that_is_over_is_renewed_once_and_the_message_sent_once_more(kind: str, code: int) -> None:
    async with a_rig(kind, says({"error": code}), says(TAKEN if kind == "zalo" else SENT)) as rig:
        await rig.carrier.send(rig.message)
    assert [asked.headers["access_token"] for asked in rig.provider.asked] == ["first", "second"]
    assert [pair.access for pair in rig.purse.refused] == ["first"]


@pytest.mark.parametrize("kind", BOTH)
async def test_a_token_that_stays_refused_is_loud_and_tried_no_third_time(kind: str) -> None:
    async with a_rig(kind, says({"error": -216})) as rig:
        with pytest.raises(CarrierDown, match="credentials"):
            await rig.carrier.send(rig.message)
    assert len(rig.provider.asked) == 2


@pytest.mark.parametrize("kind", BOTH)
async def test_without_another_token_the_message_waits(kind: str) -> None:
    async with a_rig(kind, says({"error": -216}), purse=Purse(dry="away")) as rig:
        with pytest.raises(CarrierDown, match="away"):
            await rig.carrier.send(rig.message)
    assert len(rig.provider.asked) == 1


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "act",
    [
        says({"error": 0}, 502),
        says(HTML, 502),
        says(HTML),
        says(HTML, 403),
        says(b"", 302, Location="http://127.0.0.1:1/elsewhere"),
        says(b'{"error": 0, "data": {"message_id": "cb'),
        says({"message": "Success"}),
        says([]),
        hangs_up,
        never_answers,
        drips(b'{"error": 0,'),
        pours(),
    ],
)
async def test_what_is_no_answer_of_zalo_leaves_it_open(kind: str, act: Act) -> None:
    async with a_rig(kind, act) as rig:
        with pytest.raises(CarrierUncertain) as uncertain:
            await rig.carrier.send(rig.message)
    assert len(rig.provider.asked) == 1  # asked once: a client that repeats by itself sends twice
    told = f"{uncertain.value!r} {uncertain.value.__cause__!r}"
    assert not [secret for secret in ("first", LAN, "84901234567", "TR-7K2M") if secret in told]


@pytest.mark.parametrize("kind", BOTH)
async def test_nobody_there_is_down(kind: str) -> None:
    url = nobody()
    async with (
        open_zalo(ZaloSettings(url=url), Purse(), Still()) as chat,
        open_zns(ZnsSettings(url=url, templates=TEMPLATES), Purse(), Still()) as template,
    ):
        with pytest.raises(CarrierDown, match="away"):
            await (chat.send(OFFER) if kind == "zalo" else template.send(DONE))


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("zalo", {"not_after": NOW}, "too_late"),
        ("zalo", {"text": " "}, "bad_message"),
        ("zalo", {"text": "ơ" * 2001}, "too_long"),
        ("zalo", {"to": "+84901234567"}, "bad_address"),
        ("zns", {"not_after": NOW}, "too_late"),
        ("zns", {"kind": "offer"}, "no_template"),  # a purpose without a template cannot go this way
        ("zns", {"text": "Việc TR-7K2M-9QXD: đang hỏi 3 người"}, "no_template"),
        ("zns", {"to": "+842438251234"}, "bad_number"),  # a landline
        ("zns", {"to": "84123"}, "bad_number"),
    ],
)
async def test_what_can_only_be_refused_is_not_asked(kind: str, change: dict[str, Any], reason: str) -> None:
    async with a_rig(kind, says(TAKEN)) as rig:
        with pytest.raises(CarrierRefused, match=reason) as refused:
            await rig.carrier.send(replace(rig.message, **change))
    assert refused.value.permanent
    assert rig.provider.asked == []
