"""A quiet town: its phones are tried, who is silent is left out until they write, and the system looks at itself meanwhile."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.roster.drill import answer_by, next_step
from tests.support.databases import a_home
from tests.support.eventually import eventually
from tests.support.town import Sms, Town

COMMUNE = "00004"
HERE, AWAY, OURS = "+84900088801", "+84900088802", "+84900088899"


@pytest.fixture
def quiet_town() -> Iterator[Town]:
    """Nobody but those of this story; one number is the probe's."""
    home = a_home()
    town = Town(home, TECHRESCUE_DEMO="0", TECHRESCUE_PROBES=f"simulated={OURS}", TECHRESCUE_PROBE_MINUTES="0.1").start()
    yield town
    town.close()


def enrol(town: Town, name: str, number: str) -> None:
    body = {"kind": "volunteer", "name": name, "phone": number, "commune_code": COMMUNE, "shifts": "always", "confirmed": True}
    answer = town.http.put(f"/v1/responders/{name}", json=body, headers=town.token("ward_lead"))
    assert answer.is_success, answer.text


def drill(town: Town, *words: str) -> dict[str, Any]:
    status, said = town.command("drill", *words, "--json")
    assert status == 0, said
    found: dict[str, Any] = json.loads(said)
    return found


def clock_to(town: Town, moment: datetime) -> None:
    town.move_clock((moment - datetime.now(UTC)).total_seconds())


def unreachable(town: Town, name: str) -> str | None:
    found: str | None = town.http.get(f"/v1/responders/{name}", headers=town.token("ward_lead")).json()["unreachable_why"]
    return found


async def text(town: Town, number: str, word: str) -> Sms:
    def newest() -> Sms | None:
        return next((sms for sms in reversed(town.to(number)) if sms.kind == word), None)

    found = await eventually(newest, 60.0, what=f"{word} to {number}")
    assert found is not None
    return found


async def test_who_does_not_answer_a_drill_is_left_out_until_they_write(quiet_town: Town) -> None:
    town = quiet_town
    enrol(town, "SV-1", HERE)
    enrol(town, "SV-2", AWAY)
    morning = next_step(datetime.now(UTC) + timedelta(days=1))
    clock_to(town, morning + timedelta(minutes=1))
    plan = drill(town, "--dry-run", "--days", "1")
    assert (plan["phones"], plan["parts"] > 0, plan["known"]) == (2, True, None)
    assert drill(town, "start", "--days", "1", "--percent", "50")["phones"] == 2
    await eventually(lambda: town.to(HERE) + town.to(AWAY), what="the first of both is asked")
    town.let_pass(660)  # and ten minutes after that the other
    asked = await text(town, HERE, "drill")
    await text(town, AWAY, "drill")
    assert "Thử liên lạc" in asked.text
    town.answer(HERE, f"1 {asked.question}")
    await eventually(lambda: drill(town, "status")["counts"] == {"answered": 1, "asked": 1}, 60.0)

    clock_to(town, answer_by(morning) + timedelta(minutes=1))
    assert "LIEN LAC" in (await text(town, AWAY, "drill_silent")).text
    assert (unreachable(town, "SV-1"), unreachable(town, "SV-2")) == (None, "drill")
    found = await eventually(lambda: (told := drill(town, "status"))["status"] == "over" and told, what="the drill is over")
    assert (found["status"], found["counts"], found["answered_over"]) == ("over", {"answered": 1, "silent": 1}, {"simulated": 1})
    assert [row["external_id"] for row in found["silent"]] == ["SV-2"]

    town.answer(AWAY, "LIEN LAC")
    await text(town, AWAY, "drill_back")
    assert unreachable(town, "SV-2") is None
    assert await text(town, OURS, "probe")
    await eventually(lambda: 'probe_up{dependency="simulated"} 1.0' in town.http.get("/metrics").text, 60.0)
    await eventually(lambda: "Tự kiểm tra lúc" in town.http.get("/").text, 60.0)
    assert re.search(r"techrescue_audit_last_run_timestamp_seconds 1\.\d+e\+09", town.http.get("/metrics").text)
    await town.holds()
