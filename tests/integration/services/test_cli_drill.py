"""`techrescue drill` as somebody meets it for the first time: what there is to do next, and what a second start would do."""

import asyncio

import pytest
from typer.testing import CliRunner

from services.cli_drill import app
from shared.errors import Refused
from tests.support.rosters import load_roster

ROSTER = "id,kind,name,phone,commune_code,confirmed\nV-1,volunteer,An,0912345678,00004,yes\n"


@pytest.fixture(autouse=True)
def roster(deployment: None, dsn: str, master_key: bytes) -> None:
    asyncio.run(load_roster(dsn, master_key, ROSTER))


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_says_what_comes_next() -> None:
    with pytest.raises(Refused, match="drill start"):
        said("status")
    plan = said("--dry-run", "--vnd", "0")
    assert "Sẽ hỏi 1 số" in plan
    assert "--vnd" in plan, "a price of nothing is no price"
    assert "Chưa có giá" not in said("--dry-run", "--vnd", "400")
    said("start")
    again = said("--dry-run")
    assert "không đổi gì" in again
    assert "Sẽ hỏi" not in again, "nobody is asked a second time"
    said("stop")
    assert "hỏi tiếp những số chưa được hỏi" in said("--dry-run")
