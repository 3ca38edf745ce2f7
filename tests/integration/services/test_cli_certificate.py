"""`techrescue certificate`: whoever types a member that is not there is told who is, by what the roster calls them."""

import asyncio

import pytest
from typer.testing import CliRunner

from services.cli_certificate import app
from shared.errors import Invalid
from tests.support.rosters import load_roster

ROSTER = (
    "id,kind,name,phone,commune_code,confirmed,team,vetted\n"
    "T-7,team,Tổ 7,0912345678,00004,yes,,\n"
    "m1,member,Nguyễn An,,,,T-7,yes\n"
    "m2,member,Trần Bình,,,,T-7,yes\n"
    "T-8,team,Tổ 8,0912345679,00004,yes,,\n"
)


@pytest.fixture(autouse=True)
def roster(deployment: None, dsn: str, master_key: bytes) -> None:
    asyncio.run(load_roster(dsn, master_key, ROSTER))


def test_who_is_not_there_is_answered_with_who_is() -> None:
    found = CliRunner().invoke(app, ["T-7/m2"], catch_exceptions=False)
    assert "Trần Bình (T-7/m2)" in found.output
    for asked, told in (
        ("T-7/m3", "it has m1, m2"),
        ("T-8/m1", "members are not in the roster"),
        ("T-9/m1", "no team of this name"),
        ("Nguyễn An", "write TEAM/MEMBER"),
    ):
        with pytest.raises(Invalid, match=told) as refused:
            CliRunner().invoke(app, [asked], catch_exceptions=False)
        assert "Nguyễn" not in str(refused.value)
