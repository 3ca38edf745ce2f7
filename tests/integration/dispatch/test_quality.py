"""The lists of what is wrong with a roster, from its rows, over HTTP and as a gauge."""

from typing import Any

import pytest

from dispatch.roster.entry import Member
from dispatch.roster.quality import Finding
from dispatch.roster.quality_rows import QualityWatch
from shared.events.assignments import ResponderKind
from shared.telemetry.metrics import ROSTER_FINDINGS
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import COMMUNE

TEAM = {"kind": ResponderKind.TEAM, "members": (Member(id="m1", name="Chi"),)}


async def quality(town: Town, **query: Any) -> dict[str, Any]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await town.send("GET", f"/v1/roster/quality?{words}", role="ward_lead")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(found: dict[str, Any]) -> dict[str, set[str]]:
    lines: dict[str, set[str]] = {}
    for line in found["lines"]:
        lines.setdefault(line["finding"], set()).add(line["responder"])
    return lines


async def test_each_list_names_those_it_is_about_and_what_to_do(town: Town) -> None:
    await town.enrol(
        entry(1),
        entry(2, confirmed=False),
        entry(3, shifts="2026-03-20 08:00-12:00"),
        entry(4, phone="0912000001"),
        entry(5, name="TINH NGUYEN 1"),
        entry(6, **TEAM),
        entry(7, commune_code="00008", phone="0912000006"),
        entry(8, active=False, confirmed=False),
    )
    found = await quality(town, commune=COMMUNE)
    assert told(found) == {
        "phone_not_confirmed": {"V-2"},
        "no_shift": {"V-3"},
        "shared_phone": {"V-1", "V-4", "V-6"},
        "probable_double": {"V-1", "V-5"},
        "no_vetted_member": {"V-6"},
    }
    assert found["counts"] == {finding: len(told(found).get(finding, ())) for finding in Finding}
    [double] = [line for line in found["lines"] if line["finding"] == "probable_double" and line["responder"] == "V-5"]
    assert double["others"] == ["V-1"]
    assert double["to_do"]["vi"] == "Xem có phải cùng một người không; nếu phải, chỉ giữ một dòng."
    assert told(await quality(town))["shared_phone"] == {"V-1", "V-4", "V-6", "V-7"}


async def test_no_name_and_no_number_is_told(town: Town) -> None:
    await town.enrol(entry(1, name="Vũ Thị Lan", confirmed=False), entry(2, name="Vu Thi Lan"))
    text = (await town.send("GET", f"/v1/roster/quality?commune={COMMUNE}")).text
    assert "Lan" not in text
    assert "912000001" not in text


async def test_asked_five_times_without_an_answer(town: Town) -> None:
    await town.enrol(entry(1))
    await town.pool.execute("update responders set offers_made = 5, last_offered_at = transport.app_clock()")
    [line] = (await quality(town, commune=COMMUNE))["lines"]
    assert (line["finding"], line["count"]) == ("never_answered", 5)
    await town.pool.execute(
        """update responders set offers_answered = 1, declined_at = transport.app_clock() - interval '40 days',
               last_offered_at = transport.app_clock()"""
    )
    [line] = (await quality(town, commune=COMMUNE))["lines"]
    assert (line["finding"], line["days"]) == ("phone_silent", 40)


async def test_the_gauge_counts_without_a_commune(town: Town) -> None:
    await town.enrol(entry(1, confirmed=False), entry(2, confirmed=False, commune_code="00008"))
    await QualityWatch(town.pool, town.vault, "hanoi").look()
    assert ROSTER_FINDINGS.labels("phone_not_confirmed")._value.get() == 2
    assert ROSTER_FINDINGS.labels("no_channel")._value.get() == 0


@pytest.mark.parametrize(("role", "status"), [("operator", 200), ("ops", 200), ("adapter", 403), (None, 401)])
async def test_who_may_look(town: Town, role: str | None, status: int) -> None:
    assert (await town.send("GET", f"/v1/roster/quality?commune={COMMUNE}", role=role)).status_code == status


async def test_a_commune_that_is_none_is_refused(town: Town) -> None:
    assert (await town.send("GET", "/v1/roster/quality?commune=99999")).status_code == 422
