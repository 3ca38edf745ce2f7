"""A real Prometheus watches a running system while `techrescue story` is told: every rule and every panel has something to say,
and what panels say is what stands in the rows."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from shared.postgres.embedded import start_embedded
from tests.support.databases import a_home
from tests.support.eventually import eventually
from tests.support.prometheus_rig import OURS, ROOT, Server, prometheus
from tests.support.town import Town

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]

DASHBOARDS: Final = sorted((ROOT / "ops/grafana/dashboards").glob("*.json"))

# Where a zero would be a lie: Grafana shows "–" there.
NOT_YET: Final = {
    "Coverage: hours with nobody": "counted a minute after the start",
    "Communes with nobody for hours": "the same",
    "Roster: people to ring or correct": "counted six minutes after the start",
    "Kept in time: vulnerable and others": "of a stage with a cell of one to four nothing is shown",
    "How many that is": "the same",
    "Difference: others minus vulnerable": "the same",
    "Trả lời trong 20 giây / Answered in 20 s": "nobody has rung: a share of none is none",
    "Gọi mà không gặp ai / Calls lost": "the same",
    "Communes with most missed": "a story has no commune with five promises, and of fewer nothing follows",
}


def panels() -> list[tuple[str, str, list[str]]]:
    """Dashboard, title and queries of every panel."""
    boards = [json.loads(file.read_text(encoding="utf-8")) for file in DASHBOARDS]
    return [
        (board["uid"], panel["title"], [one["expr"] for one in panel["targets"]]) for board in boards for panel in board["panels"]
    ]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    town = Town(a_home()).start()
    yield town
    town.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """After the story, once the figures have come to rest."""
    with prometheus(tmp_path_factory.mktemp("prometheus"), f"127.0.0.1:{town.port}") as server:
        await server.is_ready()
        await eventually(lambda: server.query('up{job="techrescue"} == 1'), 30, what="it scrapes us")
        await eventually(lambda: server.query("techrescue_notify_sla_rounds_total"), 30, what="zeros are seen before the story")
        status, said = town.command("story", "--pace-seconds", "0")
        assert status == 0, said
        await eventually(lambda: total(server, "techrescue_notify_sla_outcomes_total") == 3, 30, what="three rounds have ended")
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rows(town: Town) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(start_embedded(town.home).dsn)
    yield connection
    await connection.close()


def total(server: Server, series: str) -> float:
    return sum(float(sample["value"][1]) for sample in server.query(f"sum({series})"))


def shown(server: Server, board: str, title: str, *labels: str) -> dict[tuple[str, ...], float]:
    """What a panel shows now, without its zeros, by these labels."""
    [query] = [queries[0] for uid, name, queries in panels() if uid == board and name.startswith(title)]
    samples = server.query(query)
    return {tuple(one["metric"][label] for label in labels): value for one in samples if (value := float(one["value"][1]))}


async def test_every_rule_is_loaded_and_can_be_computed(watched: Server) -> None:
    def all_well() -> bool:
        groups = watched.http.get("/api/v1/rules").json()["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert {group["file"].rpartition("/")[2] for group in groups} == {file.name for file in (OURS / "rules").glob("*.yml")}
        assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"] == []
        return True

    await eventually(all_well, 30)


async def test_nothing_fires_over_a_system_that_is_well(watched: Server) -> None:
    assert watched.query('ALERTS{alertstate="firing"}') == []


async def test_every_query_of_every_panel_returns_data(watched: Server) -> None:
    """Where nothing happens a zero is said."""

    def answered() -> bool:
        asked = [(board, title, query) for board, title, queries in panels() for query in queries if title not in NOT_YET]
        assert asked
        assert [one for one in asked if not watched.query(one[2])] == []
        return True

    await eventually(answered, 45)


async def test_what_panels_show_is_what_stands_in_the_rows(watched: Server, rows: asyncpg.Connection) -> None:
    async def agree() -> bool:
        for board, title, labels, statement in FIGURES:
            found = {tuple(row[label] for label in labels): float(row["n"]) for row in await rows.fetch(statement)}
            assert shown(watched, board, title, *labels) == found, title
            assert found, f"{title}: nothing to compare"
        return True

    await eventually(agree, 60)


OFFERS: Final = """
select case when status = 'completed' then 'accepted' else status end as outcome, count(*) as n
from dispatch.offers where kind = 'visit' and status <> 'pending' group by 1
"""
MESSAGES: Final = """
select 'delivered' as outcome, count(*) as n from notify.messages where status = 'delivered'
union all select 'submitted', count(*) from notify.messages where submitted_at is not null
"""
KEPT: Final = """
with marks as (
    select request_id, round, split_part(mark, '@', 2) as priority, replace(split_part(mark, '@', 1), 'late:', '') as stage,
        bool_or(mark like 'late:%') as late
    from notify.sla_rounds, unnest(counted) as mark
    group by 1, 2, 3, 4
)
select stage, priority, avg((not late)::integer)::float8 as n
from marks where stage in ('offered', 'accepted', 'on_scene', 'done') group by 1, 2
"""
# Panel, the labels of its lines, and the same from the rows.
FIGURES: Final[list[tuple[str, str, list[str], str]]] = [
    (
        "techrescue-city",
        "Kết quả từ đầu",
        ["outcome"],
        "select outcome, count(*) as n from dispatch.jobs where closed_at is not null group by outcome",
    ),
    (
        "techrescue-dispatch",
        "Offers that ended",
        ["outcome"],
        OFFERS,
    ),
    (
        "techrescue-dispatch",
        "Fairness",
        ["kind"],
        "select kind, max(accepted_today) as n from dispatch.responders where accepted_today > 0 group by kind",
    ),
    (
        "techrescue-city",
        "Đang trực",
        [],
        "select count(*) as n from dispatch.responders where active",
    ),
    (
        "techrescue-city",
        "Yêu cầu hôm nay",
        [],
        "select count(*) as n from intake.requests",
    ),
    (
        "techrescue-messaging",
        "Messages, 24 h",
        ["outcome"],
        MESSAGES,
    ),
    ("techrescue-dispatch", "Promises kept", ["stage", "priority"], KEPT),
]


async def test_every_dashboard_has_its_panels() -> None:
    boards = [uid for uid, _, _ in panels()]
    assert set(NOT_YET) <= {title for _, title, _ in panels()}
    assert set(boards) == {file.stem for file in DASHBOARDS}
    assert min(boards.count(uid) for uid in boards) > 5
