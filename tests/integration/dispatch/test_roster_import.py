"""A whole city's roster as one file: every broken line named, the good ones loaded, and the same file again changes nothing."""

from collections.abc import Iterator
from typing import Final

import asyncpg
import pytest

from dispatch.erase import erase
from dispatch.roster.importing import Watched, import_roster
from shared.geo.communes import COMMUNES
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import Town, entry

HEADER: Final = "id,kind,name,phone,commune_code,lat,lon,skills,shifts,capacity,confirmed,team,vetted"
LINES, BROKEN, TEAMS = 30_000, 500, 5_000
TABLES: Final = ("contact_points", "responders", "members", "rotations", "days_off", "shifts", "leads", "roster_lines")
# What is wrong, and what its line is told; in the columns from commune_code on.
MISTAKES: Final = (
    ("00004,,,vneid,Sat 08:00-08:00,1,yes,,", "shifts: piece 1 has a shift that ends when it starts, or before"),
    ("00004,,,vneid,Sat 17:00-08:00+0,1,yes,,", "shifts: piece 1 has a shift that ends when it starts, or before"),
    ("00004,,,flying,Sat 08:00-12:00,1,yes,,", "skills: names a skill that no category asks for"),
    ("00004,,,vneid,Sat 08:00-12:00,0,yes,,", "capacity: must be 1 to 100 visits at a time"),
    ("00004,,,vneid,Sat 08:00-12:00,-3,yes,,", "capacity: must be 1 to 100 visits at a time"),
    ("00004,384400,0,vneid,Sat 08:00-12:00,1,yes,,", "lat: is nowhere on Earth"),
    ("00004,10.8,106.6,vneid,Sat 08:00-12:00,1,yes,,", "row: lat and lon are outside the city"),
    ("99999,,,vneid,Sat 08:00-12:00,1,yes,,", "commune_code: is no commune of this city"),
)


def big_file() -> Iterator[str]:
    """5,000 teams with their members; every sixtieth line is broken, in eight ways."""
    codes = [commune.code for commune in COMMUNES]
    yield HEADER
    for number in range(LINES):
        team = number % TEAMS
        if number % (LINES // BROKEN) == 7:
            yield f"X-{number},volunteer,Người {number},09{number:08d},{MISTAKES[number // 60 % len(MISTAKES)][0]}"
        elif number < TEAMS:
            yield f"T-{number},team,Tổ {number},09{number:08d},{codes[team % len(codes)]},,,vneid,Sat 08:00-12:00,3,yes,,"
        else:
            yield f"M-{number},member,Người {number},,,,,,,,,T-{team},yes"


async def rows_of(town: Town) -> dict[str, list[tuple[str, str]]]:
    """Every row as the database stores it: one that was written again, even with the same content, is another one."""
    login = await asyncpg.connect(town.dsn)
    try:
        tables = [f"dispatch.{table}" for table in (*TABLES, "outbox", "audit")] + ["vault.contact_points", "vault.keys"]
        return {
            table: [(row[0], row[1]) for row in await login.fetch(f"select ctid::text, xmin::text from {table} order by ctid")]
            for table in tables
        }
    finally:
        await login.close()


async def test_thirty_thousand_lines_five_hundred_of_them_broken_and_the_same_file_again(town: Town) -> None:
    data = "\n".join(big_file()).encode()
    seen: list[tuple[int, int]] = []
    loaded: list[tuple[int, int]] = []
    watched = Watched(lambda done, total: seen.append((done, total)), lambda done, total: loaded.append((done, total)))
    first = await import_roster(town.pool, town.vault, "hanoi", data, watched=watched)
    broken = [bad for bad in first.bad_rows if not bad.advice.startswith("team:")]
    assert len(broken) == len({bad.line for bad in broken}) == BROKEN
    assert all(bad.line % 60 == 9 for bad in broken), "as an editor counts: the header is line 1"
    for bad in broken:
        assert bad.advice.startswith(MISTAKES[(bad.line - 2) // 60 % len(MISTAKES)][1]), bad
    orphans = [bad for bad in first.bad_rows if bad.advice.startswith("team:")]
    assert len(orphans) == sum(1 for number in range(TEAMS, LINES) if number % TEAMS % 60 == 7 and number % 60 != 7)
    assert (first.added, first.changed) == (TEAMS - 84, 0)
    members = await town.pool.fetchval("select count(*) from members")
    assert first.added + members + BROKEN + len(orphans) == LINES
    assert seen[-1] == (LINES + 1, LINES + 1)
    assert len(seen) > 100
    assert loaded[-1] == (first.added, first.added)
    assert len(loaded) > 20

    before = await rows_of(town)
    second = await import_roster(town.pool, town.vault, "hanoi", data)
    assert (second.added, second.changed, second.unchanged) == (0, 0, first.added)
    assert second.bad_rows == first.bad_rows
    assert await rows_of(town) == before


async def test_a_line_that_says_something_else_is_the_only_one_that_is_written(town: Town) -> None:
    lines = [f"V-{number},volunteer,Người {number},091200000{number},00004,,,vneid,always,1,yes,," for number in range(3)]
    lead = "L,ward_lead,Chi,0912000009,00004,,,,,,yes,,"
    await import_roster(town.pool, town.vault, "hanoi", "\n".join([HEADER, *lines, lead]).encode())
    before = await town.pool.fetch("select external_id, version from responders order by 1")
    lines[1] = lines[1].replace("Người 1", "Người Một")
    report = await import_roster(town.pool, town.vault, "hanoi", "\n".join([HEADER, *lines, lead]).encode())
    assert (report.added, report.changed, report.unchanged) == (0, 1, 2)
    after = await town.pool.fetch("select external_id, version from responders order by 1")
    assert [one["version"] - two["version"] for one, two in zip(after, before, strict=True)] == [0, 1, 0]


async def test_what_was_put_by_hand_since_is_put_right_by_the_file(town: Town) -> None:
    line = "V-1,volunteer,Tình nguyện 1,0912000001,00004,,,vneid,always,1,yes,,"
    data = f"{HEADER}\n{line}".encode()
    await import_roster(town.pool, town.vault, "hanoi", data)
    await town.enrol(entry(1, capacity=4))
    assert (await import_roster(town.pool, town.vault, "hanoi", data)).changed == 1
    assert await town.pool.fetchval("select capacity from responders") == 1


async def test_whoever_was_forgotten_leaves_no_fingerprint(town: Town) -> None:
    await town.enrol(entry(1), entry(2))
    point = await town.pool.fetchval("select contact_point_id from responders where external_id = 'V-1'")
    async with transaction(town.pool, "dispatch.roster") as connection:
        await erase(connection, point)
    left = await town.pool.fetch("select external_id from roster_lines join responders using (id)")
    assert [row[0] for row in left] == ["V-2"]


async def test_a_file_is_loaded_through_the_api_and_its_bad_lines_are_told(town: Town) -> None:
    lines = [f"V-{number},volunteer,Người {number},09{number:08d},00004,,,vneid,Sat 08:00-12:00,1,yes,," for number in range(900)]
    body = "\n".join([HEADER, *lines, f"X,volunteer,An,0912345678,{MISTAKES[3][0]}"]).encode()
    assert len(body) > 64 * 1024, "longer than any JSON body may be"
    headers = {"content-type": "text/csv; charset=utf-8", "authorization": f"Bearer {town.tokens['ops']}"}
    answer = await town.client.post("/v1/roster/import", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["added"], [bad["line"] for bad in report["bad_rows"]]) == (900, [902])
    assert report["bad_rows"][0]["advice"].startswith(MISTAKES[3][1])
    again = (await town.client.post("/v1/roster/import", content=body, headers=headers)).json()
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 900)


@pytest.mark.parametrize(
    ("role", "kind", "body", "status"),
    [
        ("ward_lead", "text/csv", "id,kind,name", 403),
        ("operator", "application/json", "{}", 415),
        ("operator", "text/csv", "id,kind", 422),
        ("operator", "text/csv", "", 422),
    ],
)
async def test_what_is_no_roster_is_refused_whole(town: Town, role: str, kind: str, body: str, status: int) -> None:
    headers = {"content-type": kind, "authorization": f"Bearer {town.tokens[role]}"}
    answer = await town.client.post("/v1/roster/import", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
