"""A pilot: what was done stands in a report that anybody can recompute, and the one that was handed in stays as it was."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.geo.communes import COMMUNES
from tests.support.eventually import eventually
from tests.support.town import Town

PLACES = [commune for commune in COMMUNES if commune.kind == "phuong"][:6]
LONG = 60.0


@pytest.fixture
def town_in_pilot(home: Path) -> Iterator[Town]:
    today = datetime.now(UTC).date()
    pilot = {"name": "pilot", "since": str(today - timedelta(days=3)), "until": str(today + timedelta(days=3))}
    file = home / "campaign.json"
    file.write_text(json.dumps({"phases": [pilot], "targets_percent": {"resolution": 90, "satisfaction": 90}}), encoding="utf-8")
    town = Town(home, TECHRESCUE_CAMPAIGN_FILE=str(file)).start()
    yield town
    town.close()


async def helped(town: Town, number: int) -> dict[str, Any]:
    request = town.file(lat=PLACES[number].lat, lon=PLACES[number].lon)
    offer = await town.sms(request, "offer", within=LONG)
    town.answer(offer.to, f"1 {offer.question}")
    mine = await town.sms(request, "accepted_responder", to=offer.to, within=LONG)
    town.answer(offer.to, f"DEN {mine.job}")
    await town.becomes(request, "in_progress", within=LONG)
    town.answer(offer.to, f"XONG {mine.job}")
    await town.becomes(request, "resolved", within=LONG)
    return request


async def test_a_pilot_is_reported_handed_in_and_verified(town_in_pilot: Town) -> None:
    town = town_in_pilot
    for number in range(6):
        await helped(town, number)

    def counted() -> list[dict[str, str]] | None:
        status, said = town.command("report", "--phase", "pilot", "--by", "commune", "--format", "csv")
        assert status == 0, said
        rows = list(csv.DictReader(io.StringIO(said.lstrip("\ufeff"))))
        done = [row for row in rows if (row["by"], row["priority"], row["clock"]) == ("all", "P1", "done") and row["n"] == "6"]
        return rows if done else None

    rows = await eventually(counted, LONG, what="six are counted")
    communes = [row for row in rows if row["by"] == "commune" and row["table"] == "figures"]
    assert communes
    assert {(row["hidden"], row["n"], row["p50_seconds"]) for row in communes} == {("yes", "", "")}, "one each: about nobody"

    shown_and_imported(town)
    status, said = town.command("report", "submit", "--phase", "pilot", "--by", "commune", "--json")
    assert status == 0, said
    edition = json.loads(said)
    body = town.http.get(f"/v1/editions/{edition['id']}", headers=town.token("ops")).content
    assert hashlib.sha256(body).hexdigest() == edition["sha256"]
    shown = {(one["by"], one["measure"]): one for one in json.loads(body)["kpis"]}
    assert shown["all", "satisfaction"]["holds"] is True

    town.kill()
    town.start()
    await helped(town, 0)
    status, said = town.command("report", "verify")
    assert (status, "handed in = recomputed" in said) == (0, True), said
    assert town.http.get(f"/v1/editions/{edition['id']}", headers=town.token("ops")).content == body
    page = town.http.get("/v1/reports", params={"phase": "pilot", "format": "html"}, headers=town.token("ward_lead"))
    assert (page.status_code, "Toàn thành phố" in page.text) == (200, True)
    await town.holds()


def shown_and_imported(town: Town) -> None:
    status, said = town.command("report", "--phase", "pilot")
    assert status == 0, said
    assert "Xử lý xong" in said
    shares = town.home / "shares.csv"
    shares.write_text("measure,day,commune_code,n,good\nsatisfaction," + str(datetime.now(UTC).date()) + ",,50,48\nx,y,z,1,2\n")
    status, said = town.command("report", "import", str(shares))
    assert (status, "line 3: measure must be one of" in said, "1 added" in said) == (1, True, True), said
