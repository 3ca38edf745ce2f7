"""A provider of texts can be named when all that it needs is set; half of it stops the start; named, it sends and is called."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.carriers import PROVIDERS, check
from services.settings import Settings, read_settings, variable
from services.settings_texts import NEEDED
from shared.clock import SystemClock
from shared.errors import Misconfigured
from shared.http.access import RULES, shape
from tests.support.arrivals import RecordingArrivals
from tests.support.provider import a_provider, says
from tests.support.texting import outgoing

WHOLE = {
    "esms": {
        "api_key": "key1",
        "secret_key": "opensesame",
        "sender": "CUUHO",
        "callback_url": "http://notify:8000/",
        "callback_secret": "whisper",
    },
    "speedsms": {"token": "opensesame", "callback_secret": "whisper"},
    "twilio": {"account": "AC1", "token": "opensesame", "sender": "+15005550006", "callback_url": "https://sos.example.vn/"},
}
TAKEN = {
    "esms": says({"CodeResult": "100", "SMSID": "ref-1"}),
    "speedsms": says({"status": "success", "data": {"tranId": "ref-1"}}),
    "twilio": says({"sid": "ref-1"}, 201),
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def configure(monkeypatch: pytest.MonkeyPatch, provider: str, **more: str) -> None:
    for name, value in {**WHOLE[provider], **more}.items():
        monkeypatch.setenv(variable(f"{provider}_{name}"), value)


def test_the_tables_name_the_same_providers() -> None:
    assert {name: set(fields) for name, fields in NEEDED.items()} == {name: set(fields) for name, fields in WHOLE.items()}
    assert set(NEEDED) <= set(PROVIDERS)


@pytest.mark.parametrize("provider", WHOLE)
async def test_a_provider_that_is_named_sends_and_is_called_back(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    async with a_provider(TAKEN[provider]) as peer:
        configure(monkeypatch, provider, url=peer.url)
        monkeypatch.setenv("TECHRESCUE_CARRIERS", provider)
        settings = read_settings()
        check(settings)
        base: Any = SimpleNamespace(settings=settings)
        async with PROVIDERS[provider].open(base) as carrier:
            seconds = (SystemClock().now() - outgoing(seconds=0).not_after).total_seconds() + 90
            taken = await carrier.send(outgoing(seconds=seconds))
    assert (carrier.name, taken.carrier_ref, len(peer.asked)) == (provider, "ref-1", 1)
    assert carrier.abilities.names_attempts == (provider != "speedsms")
    make = PROVIDERS[provider].router
    assert make is not None
    routes: list[Any] = make(RecordingArrivals(), settings, carrier).routes
    shapes = [shape(method, route.path) for route in routes for method in route.methods]
    assert shapes
    assert all(RULES[one].callback for one in shapes)


@pytest.mark.parametrize("provider", WHOLE)
def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    configure(monkeypatch, provider)
    assert "opensesame" not in repr(read_settings())


@pytest.mark.parametrize(("provider", "missing"), [(provider, name) for provider, fields in WHOLE.items() for name in fields])
def test_half_a_provider_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch, provider: str, missing: str) -> None:
    configure(monkeypatch, provider)
    monkeypatch.delenv(variable(f"{provider}_{missing}"))
    with pytest.raises(Misconfigured, match=variable(f"{provider}_{missing}")) as refused:
        read_settings()
    assert "opensesame" not in str(refused.value)


def test_a_provider_that_is_named_and_not_there_stops_the_start() -> None:
    with pytest.raises(Misconfigured, match="TECHRESCUE_ESMS_API_KEY"):
        check(Settings(carriers="simulated,esms"))


@pytest.mark.parametrize("kind", ["3", "5"])
def test_speedsms_needs_a_sender_where_it_sends_as_ours(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    configure(monkeypatch, "speedsms", type=kind)
    with pytest.raises(Misconfigured, match="TECHRESCUE_SPEEDSMS_SENDER"):
        read_settings()
    configure(monkeypatch, "speedsms", type=kind, sender="CUUHO")
    assert read_settings().speedsms_type == int(kind)
