"""Shares and fractiles: exactly what was measured, whatever the order."""

import random
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notify.reports.campaign import read_campaign
from notify.reports.canonical import canonical
from notify.reports.facts import By, Facts, group_of
from notify.reports.figures import EndingCount, Figure, fractile, tables
from notify.reports.kpi import KpiRow
from notify.reports.report import document, of_commune, question
from notify.sla.rounds import Reached
from shared.events.contract import Priority
from tests.unit.notify.reports.lives import NOON, at, facts, solved

CAMPAIGN = read_campaign(None)
LATER = at(100_000)
times = st.lists(st.one_of(st.none(), st.floats(0, 1e6, allow_nan=False)), min_size=1, max_size=60)


def put(ours: Sequence[Facts], *by: By) -> tuple[list[Figure], list[EndingCount]]:
    return tables(ours, by, lambda one, how: group_of(one, how, CAMPAIGN), LATER)


def figure(found: Sequence[Figure], clock: str = "accepted", priority: str = "P2", group: str = "all") -> Figure:
    (one,) = [f for f in found if (f.clock, f.priority, f.group) == (clock, priority, group)]
    return one


@given(times, st.sampled_from([50, 90, 95, 99]))
def test_a_fractile_is_the_smallest_time_that_so_many_do_not_exceed(values: list[float | None], percent: int) -> None:
    """By the definition itself, tried on every value; "not reached" exceeds everything."""
    ordered = sorted(values, key=lambda value: (value is None, value or 0))

    def within(value: float | None) -> int:
        return sum(value is None or (other is not None and other <= value) for other in values)

    naive = next(value for value in ordered if within(value) * 100 >= percent * len(values))
    assert fractile(ordered, percent) == naive


def test_fractiles_of_a_hundred_are_what_everybody_expects() -> None:
    ordered = [float(n) for n in range(1, 101)]
    assert [fractile(ordered, percent) for percent in (50, 90, 95, 99)] == [50.0, 90.0, 95.0, 99.0]
    assert fractile([7.0], 99) == 7.0


def waited(minutes: float, **more: object) -> Facts:
    return facts(reached={Reached.ACCEPTED: at(minutes)}, **more)  # type: ignore[arg-type]


def test_a_share_counts_who_is_late_without_it_and_not_who_is_in_time() -> None:
    late = [facts() for _ in range(5)]
    young = [facts(began=LATER - timedelta(minutes=1)) for _ in range(9)]
    found = figure(put([*(waited(3) for _ in range(45)), *late, *young])[0])
    assert (found.n, found.kept, found.share, found.holds) == (50, 45, 0.9, True)
    assert (found.p90_seconds, found.p95_seconds) == (180.0, None)


def test_ninety_percent_is_held_to_the_last_request() -> None:
    found = figure(put([*(waited(3) for _ in range(899)), *(waited(16) for _ in range(101))])[0])
    assert (found.share, found.holds) == (0.899, False)


def test_tiers_are_put_together_in_shares_and_never_in_times() -> None:
    ours = [*(waited(3) for _ in range(5)), *(facts(Priority.P1, reached={Reached.ACCEPTED: at(6)}) for _ in range(5))]
    together = figure(put(ours)[0], priority="all")
    assert (together.n, together.kept, together.limit_seconds, together.p50_seconds) == (10, 5, None, None)


def test_a_hidden_figure_shows_nothing_at_all() -> None:
    found = figure(put([waited(3) for _ in range(4)])[0])
    assert found.hidden
    assert (found.n, found.kept, found.share, found.holds, found.p50_seconds) == (None,) * 5


def test_the_order_of_the_rounds_changes_no_byte() -> None:
    ours = [
        facts(tier, reached={Reached.ACCEPTED: at(n)}, commune=f"0000{n % 3}", channel="web" if n % 2 else None)
        for n, tier in enumerate(list(Priority) * 20)
    ]
    asked = question(CAMPAIGN, "hanoi", phase="pilot", since=None, until=None, by=["channel", "commune"])
    told = []
    for seed in range(3):
        random.Random(seed).shuffle(ours)  # noqa: S311 - an order, no secret
        told.append(canonical(document(asked, ours, [], CAMPAIGN, as_of=LATER, code="x")))
    assert told[0] == told[1] == told[2]


def test_times_of_the_confirmed_do_not_tell_how_many_were_not() -> None:
    """Ten done, of whom three are not confirmed: the three are hidden, so the seven are, too."""
    ours = [*(solved(30, confirmed_at=(at(60),)) for _ in range(7)), *(solved(30) for _ in range(3))]
    found, endings = put(ours)
    assert figure(found, "done").n == 10
    assert figure(found, "done_confirmed").hidden
    assert figure(found, "done_unconfirmed").hidden
    assert {one.ending: one.hidden for one in endings} == {"all": False, "confirmed": True, "unconfirmed": True}


def test_a_total_that_one_section_hides_no_other_shows() -> None:
    ours = [facts(commune=f"0000{n}", channel="web", reached={Reached.ACCEPTED: at(3)}) for n in range(4)]
    ours += [facts(Priority.P1, commune="00009", channel="web", reached={Reached.ACCEPTED: at(3)}) for _ in range(8)]
    found, _ = put(ours, By.COMMUNE, By.CHANNEL)
    assert all(f.hidden for f in found if f.priority == "P2" and f.clock == "accepted")
    shown = {(f.by, f.group) for f in found if f.clock == "accepted" and f.priority == "P1" and not f.hidden}
    sums = [f for f in found if f.clock == "accepted" and f.priority == "all" and f.group in {"all", "web"}]
    total = {f.by: f.n for f in sums if not f.hidden}
    assert not (shown and total), "12 less 8 would be 4"


def test_a_ward_gets_its_rows_and_the_citys() -> None:
    ours = [facts(commune=code, reached={Reached.ACCEPTED: at(3)}) for code in ("00004", "00008") for _ in range(6)]
    asked = question(CAMPAIGN, "hanoi", phase="pilot", since=None, until=None, by=["commune"])
    rows = [KpiRow(measure="satisfaction", day=NOON.date(), commune_code=code, n=10, good=9) for code in ("00004", "00008")]
    whole = document(asked, ours, rows, CAMPAIGN, as_of=LATER, code="x")
    ward = of_commune(whole, "00008")
    assert {row["group"] for table in ("figures", "endings", "kpis") for row in ward[table]} == {"all", "00008"}
    assert len(ward["figures"]) < len(whole["figures"])
