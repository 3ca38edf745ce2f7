"""Who may read which report, and in which format: the routes with tokens of every kind."""

import csv
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from openpyxl import load_workbook

from notify.reports.api import reports_router
from notify.reports.campaign import read_campaign
from shared.events.contract import Priority
from shared.http.app import build_app
from shared.postgres.pool import open_pool
from shared.security.tokens import Role, Tokens, issue
from tests.integration.notify.test_reports import logged, solved
from tests.support.sla_events import Story

FRIDAY = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
PILOT = {"phase": "pilot", "by": "commune"}
Tokens_ = dict[str, dict[str, str]]


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        for number in range(16):
            commune = {"commune_code": "00008" if number < 8 else "00004"}
            story = Story(FRIDAY + timedelta(minutes=number), priority=Priority.P2)
            await logged(pool, solved(story, minutes=5, **commune))
        yield pool


@pytest.fixture
async def tokens(dsn: str) -> Tokens_:
    connection = await asyncpg.connect(dsn)
    try:
        found = {role.value: await issue(connection, role.value, role, timedelta(hours=1)) for role in Role}
        found["ward"] = await issue(connection, "ward", Role.WARD_LEAD, timedelta(hours=1), commune_code="00008")
    finally:
        await connection.close()
    return {name: {"authorization": f"Bearer {secret}"} for name, secret in found.items()}


@pytest.fixture
async def http(pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app([reports_router(pool, "hanoi", read_campaign(None))], tokens=Tokens(pool))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("role", "status"), [("ops", 200), ("ward_lead", 200), ("ward", 200), ("operator", 403), ("adapter", 403)]
)
async def test_ops_and_ward_leads_read_reports(http: httpx.AsyncClient, tokens: Tokens_, role: str, status: int) -> None:
    assert (await http.get("/v1/reports", params=PILOT, headers=tokens[role])).status_code == status


@pytest.mark.parametrize("role", ["ward_lead", "ward", "operator", "adapter"])
async def test_editions_are_of_ops_alone(http: httpx.AsyncClient, tokens: Tokens_, role: str) -> None:
    assert (await http.get("/v1/editions", headers=tokens[role])).status_code == 403
    assert (await http.post("/v1/editions", json={"phase": "pilot"}, headers=tokens[role])).status_code == 403


async def test_a_ward_lead_sees_their_ward_and_the_citys_total(http: httpx.AsyncClient, tokens: Tokens_) -> None:
    whole = (await http.get("/v1/reports", params=PILOT, headers=tokens["ops"])).json()
    assert {row["group"] for row in whole["figures"]} == {"all", "00004", "00008"}
    ours = (await http.get("/v1/reports", params={"phase": "pilot"}, headers=tokens["ward"])).json()
    for table in ("figures", "endings", "kpis"):
        assert {row["group"] for row in ours[table]} == {"all", "00008"}
        assert all(row in whole[table] for row in ours[table])


@pytest.mark.parametrize("wish", [{"commune": "00004"}, {"by": "channel"}, {"by": ["commune", "day"]}])
async def test_what_is_of_other_wards_is_refused(http: httpx.AsyncClient, tokens: Tokens_, wish: dict[str, str]) -> None:
    answer = await http.get("/v1/reports", params={"phase": "pilot", **wish}, headers=tokens["ward"])
    assert (answer.status_code, answer.json()["reason"]) == (403, "another_commune")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"phase": "beginning"},
        {"phase": "pilot", "since": "2026-11-16"},
        {"since": "2026-11-20", "until": "2026-11-16"},
        {"since": "2020-11-20", "until": "2026-11-16"},
        {"phase": "pilot", "by": "moon"},
        {"phase": "pilot", "commune": "99999"},
        {"phase": "pilot", "format": "pdf"},
        {"since": "9999-11-20", "until": "9999-11-21"},
    ],
)
async def test_a_wish_that_makes_no_sense_is_answered_with_advice(
    http: httpx.AsyncClient, tokens: Tokens_, wish: dict[str, str]
) -> None:
    answer = await http.get("/v1/reports", params=wish, headers=tokens["ops"])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"]


async def test_the_same_rows_in_every_format(http: httpx.AsyncClient, tokens: Tokens_) -> None:
    async def got(form: str) -> bytes:
        answer = await http.get("/v1/reports", params={**PILOT, "format": form}, headers=tokens["ops"])
        assert answer.status_code == 200, answer.text
        return answer.content

    table = list(csv.DictReader(io.StringIO((await got("csv")).decode("utf-8-sig"))))
    figures = [row for row in table if row["table"] == "figures"]
    book = load_workbook(io.BytesIO(await got("xlsx")), read_only=True)
    assert len(figures) == len(list(book["Chỉ số"].rows)) - 1 > 10
    (ours,) = [row for row in figures if (row["group"], row["priority"], row["clock"]) == ("00008", "P2", "accepted")]
    assert (ours["name"], ours["n"], ours["share"], ours["p90_seconds"]) == ("Phường Ngọc Hà", "8", "1.0", "300.0")
    page = (await got("html")).decode()
    assert "Phường Ngọc Hà" in page
    assert "<script" not in page


async def test_an_edition_is_handed_in_listed_and_shown_byte_for_byte(http: httpx.AsyncClient, tokens: Tokens_) -> None:
    made = await http.post("/v1/editions", json=PILOT | {"by": ["commune"]}, headers=tokens["ops"])
    assert made.status_code == 201, made.text
    edition = made.json()
    assert (edition["submitted_by"], edition["supersedes"], edition["by"]) == ("ops", None, ["commune"])
    shown = [await http.get(f"/v1/editions/{edition['id']}", headers=tokens["ops"]) for _ in range(2)]
    assert shown[0].content == shown[1].content
    assert hashlib.sha256(shown[0].content).hexdigest() == edition["sha256"] == shown[0].headers["x-content-sha256"]
    assert (await http.get("/v1/editions", headers=tokens["ops"])).json()["editions"] == [edition]
    page = await http.get(f"/v1/editions/{edition['id']}", params={"format": "html"}, headers=tokens["ops"])
    assert edition["id"] in page.text
    nobody = await http.get(f"/v1/editions/{edition['id'][:-4]}0000", headers=tokens["ops"])
    assert nobody.status_code == 404
