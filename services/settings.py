"""Every TECHRESCUE_* variable there is (more in settings_chat.py, _doors, _money, _push, _texts). Read once and frozen.

No other module reads the environment, except shared/crash.py, which has to before anything else runs.
"""

import base64
import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from services.setting_kinds import HttpAddress
from services.settings_chat import ChatSettings
from services.settings_doors import DoorSettings
from services.settings_money import MoneySettings
from services.settings_push import PushSettings
from services.settings_texts import TextSettings
from shared.errors import Invalid, Misconfigured
from shared.phones import parse_phone
from shared.security.sealing import KEY_BYTES

PREFIX: Final = "TECHRESCUE_"
T = TypeVar("T")
OF_SCRIPTS: Final = {"TECHRESCUE_KAFKA_PORT", "TECHRESCUE_PYTHON"}  # scripts/kafka.sh reads these; no process does
KANNEL_FIELDS: Final = ("url", "username", "password", "sender", "callback_url", "callback_secret")


def _bootstrap(value: str) -> str:
    for part in value.split(","):
        host, _, port = part.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError("must be host:port, several separated by commas")
    return value


def _database(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in {"postgresql", "postgres"}:
        raise ValueError("must start with postgresql://")
    return value


def _key(value: SecretStr) -> SecretStr:
    try:
        length = len(base64.urlsafe_b64decode(value.get_secret_value()))
    except ValueError:
        length = 0
    if length != KEY_BYTES:
        raise ValueError("must be 32 bytes in URL-safe base64; `make env` makes one")
    return value


def _networks(value: str) -> str:
    for part in value.split(","):
        try:
            ip_network(part.strip())
        except ValueError:
            raise ValueError("must be addresses or networks, separated by commas, e.g. 127.0.0.1,10.0.0.0/8") from None
    return value


def _telephone(value: str) -> str:
    try:
        return parse_phone(value).e164
    except Invalid as error:
        raise ValueError("must be a telephone number, e.g. +842438251234") from error


def _meeting(value: str) -> str:
    """What a resident opens: never in clear."""
    if urlsplit(value).scheme != "https" or not urlsplit(value).hostname:
        raise ValueError("must start with https:// and name a host, e.g. https://meet.example.org/{room}")
    return value


def _probes(value: str) -> str:
    probes_of(value)
    return value


def probes_of(value: str) -> dict[str, str]:
    """Provider → address."""
    found: dict[str, str] = {}
    for part in value.split(","):
        name, _, address = (text.strip() for text in part.partition("="))
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name) or not address or name in found:
            raise ValueError("must be provider=number, several separated by commas, e.g. kannel=+84900000000")
        found[name] = address
    return found


class Settings(ChatSettings, TextSettings, PushSettings, MoneySettings, DoorSettings):
    """What a deployment decides. The defaults are those of the embedded profile on one's own machine."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    home: Path = Field(Path(".techrescue"), description="Embedded profile: folder of database, master key and tokens.json")
    demo: bool = Field(True, description="Embedded profile: 1 loads the demonstration roster of the 126 communes, 0 starts empty")
    host: str = Field("127.0.0.1", description="Address to listen on; the `/dev` routes exist on loopback only")
    port: int = Field(8000, ge=0, le=65535, description="HTTP port; 0 takes a free one")
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "127.0.0.1",
        description="Reverse proxies (addresses, networks) whose `X-Forwarded-For` is believed: limits count by address",
    )
    postgres_dsn: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        None, description="`postgresql://user:password@host/database`; required outside the embedded profile"
    )
    kafka_bootstrap: Annotated[str, AfterValidator(_bootstrap)] | None = Field(
        None,
        description="`host:port[,host:port]`; required outside the embedded profile; unset there: the log in PostgreSQL",
    )
    kafka_prefix: str = Field(
        "",
        pattern=r"^([a-z0-9-]{1,40}\.)?$",
        description="Stands before the name of every topic and group, e.g. `staging.`: one broker, several systems",
    )
    kafka_replication: int = Field(
        1, ge=1, le=7, description="Copies of each topic that `techrescue migrate` makes; 3 in a cluster"
    )
    master_key: Annotated[SecretStr, AfterValidator(_key)] | None = Field(
        None, description="32 bytes, URL-safe base64: wraps every person's key. Whoever loses it can read no name or phone again"
    )
    city: str = Field("hanoi", pattern=r"^[a-z][a-z0-9-]{1,31}$", description="The city served here; part of every event")
    city_desk_phone: Annotated[str, AfterValidator(_telephone)] | None = Field(
        None,
        description="Whom an escalation reaches when nobody else is left; required by `dispatch`, made by the demonstration",
    )
    wave_size: int | None = Field(
        None,
        ge=1,
        le=20,
        description="How many are asked at once, for all priorities; unset: P1 5, P2 3, ordinary visits one and later more",
    )
    remote_first: bool = Field(
        True,
        description="Whether what a call can solve is first offered by telephone, to those whose roster says `remote` yes",
    )
    meeting_url: Annotated[str, AfterValidator(_meeting)] | None = Field(
        None,
        description="Room on the web for a call: a Jitsi address with `{room}` in it, or one with a doorkeeper (Zoom)",
    )
    neighbours_file: Path | None = Field(
        None,
        description="CSV of `commune_code,neighbour_code`: which communes lie side by side; unset: computed from their centres",
    )
    campaign_file: Path | None = Field(
        None, description="JSON with the phases of the campaign and its targets; unset: notify/reports/campaign.json"
    )
    group_radius_m: float = Field(
        250, ge=0, le=5000, description="How close to each other requests about the same fault are proposed as one group"
    )
    group_window_minutes: float = Field(
        60, gt=0, le=1440, description="Within how many minutes after the last of them another request joins a group"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="`debug`, `info`, `warning` or `error`")
    pool_size: int = Field(10, ge=2, le=100, description="Database connections per context and process")
    drain_seconds: float = Field(20, gt=0, le=300, description="How long a stop waits for work in hand")
    carrier: Literal["simulated", "kannel"] = Field("simulated", description="Who carries SMS: `simulated` (a table) or `kannel`")
    carriers: str | None = Field(
        None,
        description="Several providers instead, the preferred one of each channel first, e.g. `kannel,telegram`",
    )
    answer_to: str | None = Field(
        None,
        pattern=r"^\+?[0-9]{3,15}$",
        description="The number that questions name which leave over a provider nobody can answer; unset: none does",
    )
    missed_call_number: str | None = Field(
        None,
        pattern=r"^\+?[0-9]{3,15}$",
        description="The number that offers name: a missed call to it accepts the only offer; unset: none does",
    )
    carrier_latency_seconds: float = Field(0, ge=0, le=60, description="Simulated carrier: time from submitted to delivered")
    carrier_failure_rate: float = Field(0, ge=0, le=1, description="Simulated carrier: share of messages it cannot deliver")
    carrier_receipts: bool = Field(True, description="Simulated carrier: whether it reports what became of a message")
    kannel_url: HttpAddress | None = Field(None, description="Kannel: `http://host:port` of its smsbox")
    kannel_username: str | None = Field(None, description="Kannel: name of the sendsms-user")
    kannel_password: SecretStr | None = Field(None, description="Kannel: password of the sendsms-user")
    kannel_sender: str | None = Field(None, description="Kannel: the short code or name that people see")
    kannel_callback_url: HttpAddress | None = Field(None, description="Kannel: `http://host:port` under which it reaches notify")
    kannel_callback_secret: SecretStr | None = Field(None, description="Kannel: what it must know to report receipts and answers")
    kannel_cost_vnd: int = Field(0, ge=0, description="Kannel: what a part of an SMS costs by the contract")
    bridge_url: HttpAddress | None = Field(
        None,
        description="Provider that connects helper and resident (`http://host:port`); unset: the hotline's own people do",
    )
    bridge_token: SecretStr | None = Field(None, description="The bearer token that this provider asks for")
    hotline_phone: str = Field(
        "1022",
        pattern=r"^\+?[0-9]{3,15}$",
        description="The number both see when the provider connects them; texts name 1022",
    )
    probes: Annotated[str, AfterValidator(_probes)] | None = Field(
        None,
        description="`provider=number` of ours, several separated by commas: written to every few minutes, and timed",
    )
    probe_minutes: float = Field(5, ge=0.1, le=1440, description="So often is each of them written to")
    broadcast_per_second: int = Field(
        250,
        ge=1,
        le=10_000,
        description="What providers take of broadcasts in a second, from all processes; nine tenths of it are handed out",
    )
    crash_at: str | None = Field(None, description="Tests only: `site.side[:n]` at which the process kills itself")

    @model_validator(mode="after")
    def _kannel_is_whole(self) -> Self:
        missing = [variable(f"kannel_{name}") for name in KANNEL_FIELDS if not getattr(self, f"kannel_{name}")]
        if self.carrier == "kannel" and missing:
            raise ValueError(f"TECHRESCUE_CARRIER=kannel also needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _bridge_is_whole(self) -> Self:
        if self.bridge_url and not self.bridge_token:
            raise ValueError("TECHRESCUE_BRIDGE_URL also needs TECHRESCUE_BRIDGE_TOKEN")
        return self

    @property
    def carrier_names(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.carriers.split(",")) if self.carriers else (self.carrier,)

    @property
    def on_loopback(self) -> bool:
        return self.host in {"127.0.0.1", "::1", "localhost"}

    def dsn(self) -> str:
        return _present("postgres_dsn", self.postgres_dsn).get_secret_value()

    def bootstrap(self) -> str:
        return _present("kafka_bootstrap", self.kafka_bootstrap)

    def key(self) -> bytes:
        return base64.urlsafe_b64decode(_present("master_key", self.master_key).get_secret_value())

    def desk_phone(self) -> str:
        return _present("city_desk_phone", self.city_desk_phone)


def variable(field: str) -> str:
    return PREFIX + field.upper()


def read_settings() -> Settings:
    """Raises Misconfigured with one line a mistake. A misspelt variable is a mistake: it would be ignored in silence."""
    known = {variable(name) for name in Settings.model_fields} | OF_SCRIPTS
    problems = [f"{name}: no such setting" for name in sorted(os.environ) if name.startswith(PREFIX) and name not in known]
    try:
        settings = Settings()
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False):
            name = variable(str(item["loc"][0])) if item["loc"] else "settings"
            problems.append(f"{name}: {item['msg'].removeprefix('Value error, ')}")
    if problems:
        raise Misconfigured("; ".join(problems))
    return settings


def _present(name: str, value: T | None) -> T:
    if value is None:
        raise Misconfigured(f"{variable(name)} is not set: {Settings.model_fields[name].description}")
    return value
