"""Coverage over HTTP and as a gauge: from the rows of the roster to the hours with nobody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dispatch.roster.entry import Course, Member
from dispatch.shifts.coverage_rows import CoverageWatch
from dispatch.shifts.shift import LOCAL
from shared.categories import SKILLS
from shared.events.assignments import ResponderKind
from shared.geo.communes import COMMUNES
from shared.telemetry.metrics import COVERAGE_GAPS
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import COMMUNE


async def coverage(town: Town, **query: Any) -> dict[str, Any]:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await town.send("GET", f"/v1/coverage?{words}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def gaps(found: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(gap["starts_at"]), datetime.fromisoformat(gap["ends_at"])) for gap in found["gaps"]]


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=LOCAL)


async def test_hours_with_nobody_able_are_told_for_a_commune_and_a_skill(town: Town) -> None:
    await town.clock_to(at(2, 10).astimezone(UTC))
    await town.enrol(
        entry(1, skills=("vneid",), shifts="Mon-Sun 08:00-17:00"),
        entry(2, skills=("vneid", "portal"), shifts="Mon-Sun 17:00-24:00; not 2026-03-03"),
        entry(3, skills=("portal",), shifts="always"),
    )
    found = await coverage(town, days=2, skill="vneid", commune=COMMUNE)
    assert gaps(found) == [(at(3, 0), at(3, 8)), (at(3, 17), at(4, 8))]
    assert found["gap_hours"]["vneid"] == 23
    assert {(gap["commune_code"], gap["skill"]) for gap in found["gaps"]} == {(COMMUNE, "vneid")}


async def test_who_could_not_be_asked_covers_nothing(town: Town) -> None:
    await town.enrol(
        entry(1, skills=("vneid",), confirmed=False),
        entry(2, kind=ResponderKind.TEAM, skills=("vneid",), members=(Member(id="M", name="Chưa xác minh"),)),
        entry(3, skills=("vneid",), active=False),
        entry(
            4,
            skills=("vneid",),
            shifts="2030-01-01 08:00-12:00; Mon 08:00-09:00 until 2026-03-01",
        ),
    )
    found = await coverage(town, days=7, skill="vneid", commune=COMMUNE)
    assert [gap["hours"] for gap in found["gaps"]] == [168]


async def test_what_ends_or_begins_with_a_member_is_seen_before_it_does(town: Town) -> None:
    await town.clock_to(at(2, 10).astimezone(UTC))
    back = Member(id="M-1", name="Lan", vetted=True, skills=("vneid",), present=False, absent_until=at(3, 0))
    until = Course(skill="portal", expires_on=date(2026, 3, 3))
    leaves = Member(id="M-2", name="Minh", vetted=True, vetted_until=date(2026, 3, 4), courses=(until,), skills=("payment",))
    await town.enrol(entry(1, kind=ResponderKind.TEAM, shifts="always", members=(back, leaves)))
    now, end = at(2, 10), at(6, 10)
    for skill, nobody in {"vneid": (now, at(3, 0)), "portal": (at(4, 0), end), "payment": (at(5, 0), end)}.items():
        assert gaps(await coverage(town, days=4, skill=skill, commune=COMMUNE)) == [nobody], skill


async def test_every_commune_wants_an_engineer(town: Town) -> None:
    await town.enrol(entry(1, kind=ResponderKind.ENGINEER, shifts="Wed 08:00-09:00"), entry(2, commune_code="00008"))
    (check,) = (await coverage(town))["checks"]
    assert (check["name"], check["holds"]) == ("engineer_per_commune", False)
    assert set(check["missing"]) == {commune.code for commune in COMMUNES} - {COMMUNE}
    (here,) = (await coverage(town, commune=COMMUNE))["checks"]
    assert here["holds"] is True


@pytest.mark.parametrize("query", ["days=0", "days=15", "days=soon", "skill=flying", "commune=99999"])
async def test_what_cannot_be_asked_is_told(town: Town, query: str) -> None:
    answer = await town.send("GET", f"/v1/coverage?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_people_of_the_city_may_ask(town: Town) -> None:
    for role in ("operator", "ward_lead", "ops"):
        assert (await town.send("GET", f"/v1/coverage?commune={COMMUNE}", role=role)).status_code == 200
    assert (await town.send("GET", "/v1/coverage", role="adapter")).status_code == 403
    assert (await town.send("GET", "/v1/coverage", role=None)).status_code == 401


async def test_the_gauge_adds_up_the_hours_of_each_skill_over_all_communes(town: Town) -> None:
    await town.enrol(entry(1, skills=("vneid",), shifts="always"))
    await CoverageWatch(town.pool, "hanoi").look()
    shown = {skill: COVERAGE_GAPS.labels(skill)._value.get() for skill in SKILLS}
    assert shown.pop("vneid") == 168 * (len(COMMUNES) - 1)
    assert set(shown.values()) == {168.0 * len(COMMUNES)}


async def test_a_watch_stops_before_its_first_look(town: Town) -> None:
    watch = CoverageWatch(town.pool, "hanoi")
    watch.stop()
    begun = await town.now()
    await watch.run()
    assert await town.now() - begun < timedelta(seconds=5)
