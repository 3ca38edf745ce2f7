"""A start that refuses nonsense, and says in one line what is wrong without repeating a secret."""

import base64

import pytest
from pydantic import ValidationError

from services.settings import Settings, read_settings, variable
from services.settings_doors import operators_of
from shared.errors import Misconfigured

KEY = base64.urlsafe_b64encode(bytes(32)).decode()
KANNEL = {
    "TECHRESCUE_CARRIER": "kannel",
    "TECHRESCUE_KANNEL_URL": "http://kannel:13013",
    "TECHRESCUE_KANNEL_USERNAME": "techrescue",
    "TECHRESCUE_KANNEL_PASSWORD": "opensesame",
    "TECHRESCUE_KANNEL_SENDER": "8088",
    "TECHRESCUE_KANNEL_CALLBACK_URL": "http://notify:8000/",
    "TECHRESCUE_KANNEL_CALLBACK_SECRET": "whisper",
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def test_the_defaults_are_those_of_the_embedded_profile() -> None:
    settings = read_settings()
    assert (settings.port, settings.demo, settings.carrier, settings.on_loopback) == (8000, True, "simulated", True)
    assert str(settings.home) == ".techrescue"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        read_settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("TECHRESCUE_PORT", "80000", "less than or equal to 65535"),
        ("TECHRESCUE_PORT", "eighty", "valid integer"),
        ("TECHRESCUE_DEMO", "maybe", "valid boolean"),
        ("TECHRESCUE_KAFKA_BOOTSTRAP", "kafka", "host:port"),
        ("TECHRESCUE_KAFKA_BOOTSTRAP", "kafka:9092,other", "host:port"),
        ("TECHRESCUE_POSTGRES_DSN", "mysql://x:opensesame@y/z", "postgresql://"),
        ("TECHRESCUE_MASTER_KEY", "opensesame", "32 bytes"),
        ("TECHRESCUE_CITY_DESK_PHONE", "1022x", "telephone number"),
        ("TECHRESCUE_KANNEL_URL", "kannel:13013", "http://"),
        ("TECHRESCUE_CARRIER", "pigeon", "simulated"),
        ("TECHRESCUE_TELEGRAM_TOKEN", "opensesame", "BotFather"),
        ("TECHRESCUE_TELEGRAM_CALLBACK_SECRET", "opensesame", "16 to 256"),
        ("TECHRESCUE_ZALO_APP_ID", "app", "pattern"),
        ("TECHRESCUE_TRUSTED_PROXIES", "*", "addresses or networks"),
        ("TECHRESCUE_TRUSTED_PROXIES", "127.0.0.1,", "addresses or networks"),
        ("TECHRESCUE_DRAIN_SECONDS", "0", "greater than 0"),
        ("TECHRESCUE_PROBES", "+84900000000", "provider=number"),
        ("TECHRESCUE_PROBES", "kannel=+84900000000,kannel=+84900000001", "provider=number"),
        ("TECHRESCUE_POSTGRES_DNS", "postgresql://localhost/x", "no such setting"),
    ],
)
def test_nonsense_is_refused_by_name_and_with_advice(monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=name) as refused:
        read_settings()
    assert advice in str(refused.value)
    assert "opensesame" not in str(refused.value)


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHRESCUE_PORT", "-1")
    monkeypatch.setenv("TECHRESCUE_CARRIER", "pigeon")
    with pytest.raises(Misconfigured, match=r"TECHRESCUE_PORT.*TECHRESCUE_CARRIER"):
        read_settings()


@pytest.mark.parametrize("missing", [name for name in KANNEL if name != "TECHRESCUE_CARRIER"])
def test_kannel_is_whole_or_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in KANNEL.items():
        monkeypatch.setenv(name, value)
    assert read_settings().kannel_callback_url == "http://notify:8000"
    monkeypatch.delenv(missing)
    with pytest.raises(Misconfigured, match=missing):
        read_settings()


TELEGRAM = {"TECHRESCUE_TELEGRAM_TOKEN": "123456:not-a-real-one", "TECHRESCUE_TELEGRAM_CALLBACK_SECRET": "sixteen-and-more"}
ZALO = {
    "TECHRESCUE_ZALO_APP_ID": "2553000000000000001",
    "TECHRESCUE_ZALO_APP_SECRET": "opensesame",
    "TECHRESCUE_ZALO_WEBHOOK_SECRET": "whisper",
}


@pytest.mark.parametrize(("whole", "missing"), [(whole, name) for whole in (TELEGRAM, ZALO) for name in whole])
def test_a_chat_is_whole_or_refused(monkeypatch: pytest.MonkeyPatch, whole: dict[str, str], missing: str) -> None:
    for name, value in whole.items():
        monkeypatch.setenv(name, value)
    read_settings()
    monkeypatch.delenv(missing)
    with pytest.raises(Misconfigured, match=missing) as refused:
        read_settings()
    assert not [secret for secret in ("opensesame", "whisper", "not-a-real-one", "sixteen") if secret in str(refused.value)]


def test_templates_need_the_account_they_belong_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHRESCUE_ZALO_ZNS_TEMPLATES", "templates.json")
    with pytest.raises(Misconfigured, match="TECHRESCUE_ZALO_APP_ID"):
        read_settings()


def test_what_a_process_needs_is_asked_for_by_name() -> None:
    settings = read_settings()
    for ask, name in [(settings.dsn, "POSTGRES_DSN"), (settings.bootstrap, "KAFKA_BOOTSTRAP"), (settings.key, "MASTER_KEY")]:
        with pytest.raises(Misconfigured, match=f"TECHRESCUE_{name} is not set"):
            ask()


def test_secrets_do_not_show_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHRESCUE_MASTER_KEY", KEY)
    monkeypatch.setenv("TECHRESCUE_POSTGRES_DSN", "postgresql://x:opensesame@y/z")
    settings = read_settings()
    assert settings.key() == bytes(32)
    assert "opensesame" not in repr(settings)
    assert KEY not in repr(settings)


def test_an_agent_of_the_exchange_has_one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHRESCUE_HOTLINE_OPERATORS", "201=hotline-a, an@pbx = hotline-b")
    told = read_settings().hotline_operators
    assert told is not None
    assert operators_of(told) == {"201": "hotline-a", "an@pbx": "hotline-b"}
    for bad in ("201", "201=", "201=a,201=b", "SIP/201=a"):
        monkeypatch.setenv("TECHRESCUE_HOTLINE_OPERATORS", bad)
        with pytest.raises(Misconfigured, match="TECHRESCUE_HOTLINE_OPERATORS"):
            read_settings()
