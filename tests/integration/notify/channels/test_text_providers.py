"""What goes to eSMS, SpeedSMS and Twilio, and what each of their words makes of a message."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from notify.channels import esms as of_esms
from notify.channels import speedsms as of_speedsms
from notify.channels import twilio as of_twilio
from notify.channels.port import Askable, CarrierDown, CarrierRefused, CarrierUncertain
from notify.sms_text import count_parts
from tests.support.provider import Act, a_provider, says
from tests.support.texting import SECRET, any_of_them, esms, outgoing, speedsms, twilio

ESMS_TAKEN = says({"CodeResult": "100", "CountRegenerate": 0, "SMSID": "abc-1"})
SPEEDSMS_TAKEN = says(
    {"status": "success", "code": "00", "data": {"tranId": 4521, "totalSMS": 1, "totalPrice": 250, "invalidPhone": []}}
)
NOBODY = {"status": "success", "data": {"tranId": 1, "invalidPhone": ["84901234567"]}}
TWILIO_TAKEN = says({"sid": "SM1", "status": "queued", "num_segments": "1", "error_code": None}, 201)


async def test_esms_gets_our_attempt_as_its_request_and_folded_text() -> None:
    message = outgoing("Đỗ Thị Hồng, 1 27")
    async with a_provider(ESMS_TAKEN) as peer, esms(peer.url) as carrier:
        taken = await carrier.send(message)
    (asked,) = peer.asked
    assert (asked.method, asked.path) == ("POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/")
    assert asked.json == {
        "ApiKey": "key1", "SecretKey": "opensesame", "Phone": "84901234567", "Content": "Do Thi Hong, 1 27", "Brandname": "CUUHO",
        "SmsType": "2", "IsUnicode": "0", "Sandbox": "0", "RequestId": str(message.id),
        "CallbackUrl": f"http://notify:8000/callbacks/esms/{SECRET}/report",
    }  # fmt: skip
    assert taken.carrier_ref == "abc-1"
    assert (carrier.abilities.two_way, carrier.abilities.repeats_safely) == (False, True)


async def test_esms_with_a_registered_name_for_it_carries_the_marks() -> None:
    async with a_provider(ESMS_TAKEN) as peer, esms(peer.url, accents=True) as carrier:
        await carrier.send(outgoing("Việc này là của bạn"))
        await carrier.send(outgoing("Viec nay"))
    assert [(asked.json["Content"], asked.json["IsUnicode"]) for asked in peer.asked] == [
        ("Việc này là của bạn", "1"),
        ("Viec nay", "0"),
    ]


async def test_esms_has_had_this_attempt_already_so_it_is_taken() -> None:
    again = says({"CodeResult": 124, "ErrorMessage": "RequestId da ton tai"})
    async with a_provider(again) as peer, esms(peer.url) as carrier:
        assert (await carrier.send(outgoing())).carrier_ref is None


@pytest.mark.parametrize("kind", [2, 3, 4, 5])
async def test_speedsms_gets_the_text_and_gives_a_number(kind: int) -> None:
    async with a_provider(SPEEDSMS_TAKEN) as peer, speedsms(peer.url, kind=kind) as carrier:
        taken = await carrier.send(outgoing("Việc này"))
    (asked,) = peer.asked
    assert (asked.method, asked.path) == ("POST", "/index.php/sms/send")
    assert asked.headers["authorization"] == "Basic b3BlbnNlc2FtZTp4"
    assert asked.json == {"to": ["84901234567"], "content": "Viec nay", "sms_type": kind, "sender": "CUUHO"}
    assert taken.carrier_ref == "4521"
    assert carrier.abilities.two_way == (kind == 5), "only a telephone of ours hears an answer"
    assert not carrier.abilities.can_be_asked


async def test_twilio_gets_a_form_with_an_end_and_the_address_that_names_the_attempt() -> None:
    message = outgoing("Việc này", seconds=90.9)
    async with a_provider(TWILIO_TAKEN) as peer, twilio(peer.url) as carrier:
        taken = await carrier.send(message)
    (asked,) = peer.asked
    assert (asked.method, asked.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert asked.headers["authorization"] == "Basic QUMxOm9wZW5zZXNhbWU="
    assert dict(parse_qsl(asked.body.decode())) == {
        "To": "+84901234567", "From": "+15005550006", "Body": "Việc này", "ValidityPeriod": "90",
        "StatusCallback": f"https://sos.example.vn/callbacks/twilio/status?attempt={message.id}",
    }  # fmt: skip
    assert taken.carrier_ref == "SM1"


@pytest.mark.parametrize(
    ("sender", "field", "two_way"),
    [("+15005550006", "From", True), ("MG12", "MessagingServiceSid", True), ("CUUHO", "From", False)],
)
async def test_twilio_sends_as_whatever_we_have_there(sender: str, field: str, two_way: bool) -> None:
    async with a_provider(TWILIO_TAKEN) as peer, twilio(peer.url, sender=sender) as carrier:
        await carrier.send(outgoing(seconds=7 * 86_400))
    form = dict(parse_qsl(peer.asked[0].body.decode()))
    assert (form[field], form["ValidityPeriod"], carrier.abilities.two_way) == (sender, "14400", two_way)


def codes() -> list[tuple[str, Any, str, type[Exception]]]:
    """(provider, answer, reason, error) of every code in the tables of the adapters."""
    found: list[tuple[str, Any, str, type[Exception]]] = []
    for table, error in ((of_esms.REFUSED, CarrierRefused), (of_esms.DOWN, CarrierDown)):
        found += [("esms", says({"CodeResult": code, "ErrorMessage": "x"}), why, error) for code, why in table.items()]
    for table, error in ((of_speedsms.REFUSED, CarrierRefused), (of_speedsms.DOWN, CarrierDown)):
        found += [
            ("speedsms", says({"status": "error", "code": code, "message": "x"}), why, error) for code, why in table.items()
        ]
    for table, error in ((of_twilio.REFUSED, CarrierRefused), (of_twilio.DOWN, CarrierDown)):
        found += [("twilio", says({"code": int(code), "status": 400}, 400), why, error) for code, why in table.items()]
    found += [
        ("esms", says({"CodeResult": "777"}), "unknown_code", CarrierRefused),
        ("speedsms", says({"status": "error", "code": "777"}), "unknown_code", CarrierRefused),
        ("speedsms", says(NOBODY), "bad_number", CarrierRefused),
        ("twilio", says({"code": 99999, "status": 400}, 400), "bad_message", CarrierRefused),
        ("twilio", says({"code": 20003, "status": 401}, 401), "credentials", CarrierDown),
        ("twilio", says({"code": 20429, "status": 429}, 429), "throttled", CarrierDown),
        ("speedsms", says({"status": "error", "code": "500"}), "", CarrierUncertain),
        ("speedsms", says({"status": "success"}), "", CarrierUncertain),
    ]  # fmt: skip
    return found


@pytest.mark.parametrize(("name", "reply", "reason", "error"), codes())
async def test_every_code_has_a_meaning(name: str, reply: Act, reason: str, error: type[Exception]) -> None:
    async with a_provider(reply) as peer, any_of_them(name, peer.url) as carrier:
        with pytest.raises(error) as raised:
            await carrier.send(outgoing())
    assert str(raised.value) == reason
    if isinstance(raised.value, CarrierRefused):
        assert raised.value.permanent == (reason != "unknown_code")
        assert not raised.value.gone, "a number that one provider refuses may be reached by another"


async def test_twilio_throttles_by_its_own_word_with_its_own_pause() -> None:
    async with a_provider(says({"code": 20429}, 400, Retry_After="3")) as peer, twilio(peer.url) as carrier:
        with pytest.raises(CarrierDown) as raised:
            await carrier.send(outgoing())
    assert (raised.value.reason, raised.value.retry_after_seconds) == ("throttled", 3.0)


@pytest.mark.parametrize("name", ["esms", "speedsms", "twilio"])
async def test_none_of_them_is_asked_what_became_of_an_attempt(name: str) -> None:
    async with a_provider(ESMS_TAKEN) as peer, any_of_them(name, peer.url) as carrier:
        assert not carrier.abilities.can_be_asked
        assert not isinstance(carrier, Askable)


async def test_texts_in_a_storm_share_connections() -> None:
    async with a_provider(ESMS_TAKEN) as peer, esms(peer.url) as carrier:
        for _ in range(5):
            await carrier.send(outgoing())
    assert (len(peer.asked), len(peer.lines)) == (5, 1)


async def test_what_is_folded_costs_fewer_parts_and_keeps_its_numbers() -> None:
    text = "Việc mới: máy in ở quầy một cửa không in được, cách bạn 900 m. Nhận: soạn 1 27, từ chối: 2 27, trước 10:05. Gọi 1022"
    async with a_provider(ESMS_TAKEN) as peer, esms(peer.url) as carrier:
        await carrier.send(outgoing(text))
    sent = peer.asked[0].json["Content"]
    assert (count_parts(text), count_parts(sent)) == (2, 1)
    assert all(piece in sent for piece in ("900 m", "1 27", "2 27", "10:05", "1022"))
