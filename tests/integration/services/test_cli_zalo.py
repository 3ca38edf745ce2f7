"""`techrescue zalo token`: a person puts the pair, and neither the command nor the database ever shows it."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from notify.accounts.zalo_tokens import ZaloApp, open_tokens
from notify.channels.zalo_api import Pair
from services.cli_zalo import app
from shared.errors import Invalid, Misconfigured, NotFound
from shared.postgres.pool import open_pool
from shared.security.vault import Vault

APP = "2553000000000000001"
ANSWERED = json.dumps({"access_token": "access-1", "refresh_token": "renew-1", "expires_in": "90000"})


@pytest.fixture(autouse=True)
def app_of_zalo(deployment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("APP_ID", APP), ("APP_SECRET", "x"), ("WEBHOOK_SECRET", "y")):
        monkeypatch.setenv(f"TECHRESCUE_ZALO_{name}", value)


def run(*arguments: str, typed: str = "") -> Result:
    result = CliRunner().invoke(app, ["token", *arguments], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert not [secret for secret in ("access-1", "renew-1") if secret in result.output]
    return result


def held(dsn: str, vault: Vault) -> Pair:
    """As a process of notify gets it."""

    async def read() -> Pair:
        app = ZaloApp(app_id=APP, secret="x", oauth_url="http://127.0.0.1:1")
        async with open_pool(dsn, schema="notify", max_size=1) as pool, open_tokens(pool, vault, app) as tokens:
            return await tokens.held()

    return asyncio.run(read())


def test_what_zalo_answered_is_put_from_a_file(dsn: str, vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(ANSWERED, encoding="utf-8")
    assert json.loads(run("put", "--file", str(file), "--json").stdout) == {
        "app_id": APP,
        "stored": True,
        "good_for_seconds": 90000,
    }
    assert (held(dsn, vault).access, held(dsn, vault).renewing) == ("access-1", "renew-1")
    shown = json.loads(run("show", "--json").stdout)
    assert (shown["app_id"], shown["failure"], shown["left_seconds"] > 80000) == (APP, None, True)


def test_it_is_put_from_standard_input_or_typed_without_being_seen(dsn: str, vault: Vault) -> None:
    run("put", "--file", "-", typed=ANSWERED)
    assert held(dsn, vault).version == 1
    run("put", typed="access-1\nrenew-1\n20\n")
    assert (held(dsn, vault).version, held(dsn, vault).renewing) == (2, "renew-1")
    assert "good for 20.0 h" in run("show").stdout


def test_mistakes_are_told_without_the_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = tmp_path / "half.json"
    half.write_text('{"access_token": "access-1"}', encoding="utf-8")
    with pytest.raises(Invalid, match="refresh_token") as mistake:
        run("put", "--file", str(half))
    assert "access-1" not in str(mistake.value)
    with pytest.raises(NotFound):
        run("show")
    for name in ("APP_ID", "APP_SECRET", "WEBHOOK_SECRET"):
        monkeypatch.delenv(f"TECHRESCUE_ZALO_{name}")
    with pytest.raises(Misconfigured, match="TECHRESCUE_ZALO_APP_ID"):
        run("show")
