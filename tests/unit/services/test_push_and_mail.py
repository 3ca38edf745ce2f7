"""Web push, mail and words to ops are there when all that they need is set; half of it, or nonsense, stops the start."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from notify.channels.push_sealing import new_key
from services import cli_alert, cli_push
from services.carriers import PROVIDERS, check
from services.ops_alerts import ops_alerts
from services.settings import Settings, read_settings, variable
from shared.clock import SystemClock
from shared.errors import DependencyDown, Misconfigured
from shared.ops import LoggedAlerts
from tests.support.browser import Browser
from tests.support.mailbox import a_mailbox
from tests.support.provider import a_provider, nobody, says
from tests.support.texting import outgoing

KEY = new_key()
PUSH = {"web_push_key": KEY, "web_push_contact": "mailto:ops@example.vn"}
MAIL = {"mail_host": "127.0.0.1", "mail_sender": "tin@example.vn", "mail_security": "none"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def configure(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(variable(name), value)


def in_time() -> float:
    """Seconds for `outgoing`, so that it ends a minute and a half from now."""
    return (SystemClock().now() - outgoing(seconds=0).not_after).total_seconds() + 90


async def send(settings: Settings, name: str, to: str) -> None:
    check(settings)
    base: Any = SimpleNamespace(settings=settings)
    async with PROVIDERS[name].open(base) as carrier:
        assert carrier.name == name
        await carrier.send(outgoing(to=to, seconds=in_time()))


async def test_a_browser_is_reached_by_what_is_named_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser()
    async with a_provider(says(b"", 201)) as provider:
        configure(monkeypatch, carriers="web_push", web_push_loopback="1", **PUSH)
        await send(read_settings(), "web_push", browser.subscription(provider.url))
    assert browser.opened(provider.asked[0].body)["body"]


async def test_a_mailbox_is_reached_by_what_is_named_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_mailbox() as box:
        configure(monkeypatch, carriers="mail", mail_port=str(box.port), **MAIL)
        await send(read_settings(), "mail", "lan@example.vn")
    assert [mail["To"] for mail in box.mails] == ["lan@example.vn"]


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"web_push_key": KEY}, "TECHRESCUE_WEB_PUSH_CONTACT"),
        ({**PUSH, "web_push_key": "short"}, "push-key --new"),
        ({**PUSH, "web_push_contact": "ops"}, "mailto:"),
        ({"web_push_hosts": "https://fcm.googleapis.com"}, "names of hosts"),
        ({"web_push_hosts": "*"}, "names of hosts"),
        ({"mail_host": "mx"}, "TECHRESCUE_MAIL_SENDER"),
        ({**MAIL, "mail_sender": "Tin <tin@example.vn>"}, "an address like"),
        ({**MAIL, "mail_username": "x"}, "TECHRESCUE_MAIL_PASSWORD"),
        ({**MAIL, "mail_username": "x", "mail_password": "opensesame"}, "travel in clear"),
    ],
)
def test_half_of_it_stops_the_start_and_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], advice: str
) -> None:
    configure(monkeypatch, **values)
    with pytest.raises(Misconfigured, match=advice) as refused:
        read_settings()
    assert not [secret for secret in (KEY, "opensesame") if secret in str(refused.value)]


@pytest.mark.parametrize(("name", "missing"), [("web_push", "TECHRESCUE_WEB_PUSH_KEY"), ("mail", "TECHRESCUE_MAIL_HOST")])
def test_a_provider_that_is_named_and_not_there_stops_the_start(name: str, missing: str) -> None:
    with pytest.raises(Misconfigured, match=missing):
        check(Settings(carriers=f"simulated,{name}"))


def test_a_fresh_pair_of_keys_is_one_that_the_settings_take(monkeypatch: pytest.MonkeyPatch) -> None:
    made = json.loads(CliRunner().invoke(cli_push.app, ["--new", "--json"]).output)
    configure(monkeypatch, web_push_key=made["private_key"], web_push_contact="https://example.vn")
    shown = CliRunner().invoke(cli_push.app, ["--json"]).output
    assert json.loads(shown) == {"public_key": made["public_key"]}


async def test_where_nobody_is_named_the_log_has_it() -> None:
    assert isinstance(ops_alerts(Settings()), LoggedAlerts)


def test_an_address_that_nobody_knows_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, ops_alerts="json://127.0.0.1 pigeon://opensesame")
    with pytest.raises(Misconfigured, match="TECHRESCUE_OPS_ALERTS") as refused:
        ops_alerts(read_settings())
    assert "opensesame" not in f"{refused.value} {read_settings()!r}"


async def test_a_word_sent_by_hand_arrives_or_the_command_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_provider(says({})) as provider:
        configure(monkeypatch, ops_alerts=f"json://{nobody().removeprefix('http://')} {provider.url.replace('http', 'json')}")
        await cli_alert.tell()
        assert provider.asked[0].json["title"] == "TechRescue: a test"
    with pytest.raises(DependencyDown):
        await cli_alert.tell()
