"""Reports on a real PostgreSQL: exactly what a naive count of the events gives, however they arrive; frozen once handed in."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notify.reports.campaign import read_campaign
from notify.reports.clocks import judged
from notify.reports.facts import By
from notify.reports.report import Question
from notify.reports.rows import facts_of, read_report
from notify.sla.rows import write_log
from notify.store import QUERIES
from shared.events.assignments import OfferKind, Outcome, ResponderKind
from shared.events.contract import Priority
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Channel
from shared.postgres.pool import open_pool
from tests.integration.notify.test_sla_rows import take
from tests.support.naive_report import naive
from tests.support.sla_events import RESIDENT, Story, helper

FRIDAY = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)  # 14:00 in Hanoi; Saturday is staffed, Sunday is not
WEEK = Question(city="hanoi", since=date(2026, 11, 16), until=date(2026, 11, 25))
CAMPAIGN = read_campaign(None)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[asyncpg.Pool]:
    async with open_pool(dsn, schema="notify", max_size=4) as pool:
        yield pool


async def logged(pool: asyncpg.Pool, events: list[Event]) -> None:
    await take(pool, events)
    while await write_log(pool):
        pass


def after(minutes: float) -> datetime:
    return FRIDAY + timedelta(minutes=minutes)


def solved(story: Story, *, kind: ResponderKind = ResponderKind.TEAM, minutes: float = 30, **about: Any) -> list[Event]:
    """Filed, offered after 0, accepted after `minutes`, there after twice, done after three times as many."""

    def at(times: float) -> datetime:
        return story.filed_at + timedelta(minutes=minutes * times)

    who = helper(kind)
    where = {name: value for name, value in about.items() if name == "commune_code"}
    return [
        story.filed(**about),
        story.told(EventType.OFFER_MADE, at(0), **where),
        story.told(EventType.ASSIGNMENT_ACCEPTED, at(1), to=RESIDENT, responder=who, **where),
        story.told(EventType.ASSIGNMENT_ON_SCENE, at(2), responder=who, **where),
        story.told(EventType.ASSIGNMENT_DONE, at(3), to=RESIDENT, responder=who, outcome=Outcome.SOLVED, **where),
    ]


# Exactness ---------------------------------------------------------------------------------------------------------------

STEPS = (
    EventType.OFFER_MADE,
    EventType.ASSIGNMENT_ACCEPTED,
    EventType.ASSIGNMENT_RELEASED,
    EventType.ASSIGNMENT_EN_ROUTE,
    EventType.ASSIGNMENT_ON_SCENE,
    EventType.JOB_NEWS,
    EventType.JOB_ESCALATED,
)
ENDS = (EventType.ASSIGNMENT_DONE, EventType.ASSIGNMENT_HANDED_OFF, EventType.JOB_CANCELLED, None)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """What one request went through: steps and pauses at whole minutes, perhaps an end, perhaps a later round."""
    luck = draw(st.randoms(use_true_random=False))
    minute = luck.randrange(0, 1500)
    story = Story(after(minute), priority=luck.choice(list(Priority)))
    events = [story.filed(channel=luck.choice(list(Channel)), vulnerable=luck.choice([(), ("lives_alone",)]))]
    events += _round(luck, story, minute)
    if luck.random() < 0.3:
        events.append(story.said(EventType.REQUEST_AMENDED, after(minute + 1), vulnerable=("elderly",)))
    if luck.random() < 0.3:
        story.round, begins = 1, minute + luck.randrange(1, 2000)
        story.version = 0
        events += [story.told(EventType.JOB_OPENED, after(begins), opened_at=after(begins))]
        events += _round(luck, story, begins, opened_at=after(begins))
    return events


def _round(luck: random.Random, story: Story, minute: int, **job: Any) -> list[Event]:
    events = []
    for _ in range(luck.randrange(0, 7)):
        minute += luck.choice([0, 1, 2, 5, 30, 31, 90, 400, 900])
        if luck.random() < 0.25:
            reason, since = luck.choice(["resident_later", "waiting_office", "absent"]), after(minute)
            until = luck.choice([20, 300, 1500])
            events.append(
                story.told(
                    EventType.CLOCK_PAUSED, since, body={"reason": reason, "since": since, "until": after(minute + until)}, **job
                )
            )
            if luck.random() < 0.3:
                break  # it still runs
            minute += until
            events.append(story.told(EventType.CLOCK_RESUMED, after(minute), body={"reason": reason, "since": since}, **job))
            continue
        step = luck.choice(STEPS)
        kind = luck.choice([OfferKind.VISIT, OfferKind.ESCALATION])
        told = RESIDENT if luck.random() < 0.5 else None
        who = helper(luck.choice(list(ResponderKind))) if step is EventType.ASSIGNMENT_ACCEPTED else None
        events.append(story.told(step, after(minute), offer_kind=kind, to=told, responder=who, **job))
    end = luck.choice(ENDS)
    if end is not None:
        outcome = luck.choice(list(Outcome)) if end is EventType.ASSIGNMENT_DONE else None
        events.append(story.told(end, after(minute + luck.choice([1, 60, 600])), outcome=outcome, **job))
    return events


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(stories(), min_size=1, max_size=6), luck=st.randoms(use_true_random=False), minutes=st.integers(0, 5000))
async def test_every_figure_is_what_a_naive_count_of_the_events_gives(
    pool: asyncpg.Pool, lives: list[list[Event]], luck: random.Random, minutes: int
) -> None:
    """Replayed, doubled, in any order and any cut, by consumers that have forgotten what they had seen."""
    await pool.execute("delete from notify.sla_news; delete from notify.sla_log")  # an example may have been given up halfway
    events = [event for life in lives for event in life]
    arriving = events + luck.choices(events, k=len(events))
    luck.shuffle(arriving)
    while arriving:
        cut = luck.randrange(1, len(arriving) + 1)
        await take(pool, arriving[:cut])
        arriving = arriving[cut:]
        if luck.random() < 0.5:
            await write_log(pool, limit=luck.randrange(1, 50))
    while await write_log(pool):
        pass
    as_of = after(minutes)
    assert await judged_by_us(pool, as_of) == judged_naively(events, as_of)


async def judged_by_us(pool: asyncpg.Pool, as_of: datetime) -> dict[tuple[str, str], list[Any]]:
    found = defaultdict(list)
    for row in await pool.fetch(QUERIES["read_facts"], "hanoi", WEEK.begins_at, WEEK.ends_at, as_of):
        facts = facts_of(row)
        for clock, one in judged(facts, as_of):
            if clock not in {"done_confirmed", "done_unconfirmed"}:
                found[facts.round.priority.value, str(clock)].append((one.kept, one.seconds))
    return {key: ordered(values) for key, values in found.items()}


def judged_naively(events: list[Event], as_of: datetime) -> dict[tuple[str, str], list[Any]]:
    return {key: ordered(values) for key, values in naive(events, as_of).items()}


def ordered(values: list[tuple[bool, float | None]]) -> list[tuple[bool, float | None]]:
    return sorted(values, key=lambda value: (value[0], value[1] is None, value[1] or 0))


# Breaking down -----------------------------------------------------------------------------------------------------------


async def a_day(pool: asyncpg.Pool) -> None:
    """Twelve by hotline with a team, six over the web with a volunteer for somebody vulnerable, one by chat that nobody took."""
    for number in range(12):
        await logged(pool, solved(Story(after(number), priority=Priority.P2), minutes=10 + number))
    for number in range(6):
        story = Story(after(60 + number), priority=Priority.P2)
        await logged(pool, solved(story, kind=ResponderKind.VOLUNTEER, channel=Channel.WEB, vulnerable=("elderly",)))
    await logged(pool, [Story(after(30)).filed(channel=Channel.CHAT)])


def only(found: dict[str, Any], by: str, group: str, clock: str = "accepted", priority: str = "P2") -> dict[str, Any]:
    rows = [
        row
        for row in found["figures"]
        if (row["by"], row["group"], row["clock"], row["priority"]) == (by, group, clock, priority)
    ]
    assert len(rows) == 1, found["figures"]
    return rows[0]  # type: ignore[no-any-return]


def asked(*by: By) -> Question:
    return Question(city="hanoi", since=WEEK.since, until=WEEK.until, by=by)


async def test_every_way_to_break_it_down(pool: asyncpg.Pool) -> None:
    await a_day(pool)
    found = await read_report(pool, asked(*By), CAMPAIGN, as_of=after(300))
    all_of_them = only(found, "all", "all")
    assert (all_of_them["n"], all_of_them["kept"], all_of_them["holds"]) == (19, 6, False)  # 10 to 15 minutes of 15
    assert all_of_them["p50_seconds"] == 19 * 60
    assert (all_of_them["p90_seconds"], all_of_them["p99_seconds"]) == (30 * 60, None)  # one has nobody yet: longer than all
    web = only(found, "responder", "volunteer")
    assert web["hidden"], "the one that nobody took is hidden, and would follow from what is left"
    assert only(found, "day", "2026-11-20")["n"] == only(found, "phase", "pilot")["n"] == 19
    assert only(found, "week", "2026-W47")["share"] == round(6 / 19, 4)


async def test_nothing_hidden_can_be_worked_out_and_big_groups_are_shown(pool: asyncpg.Pool) -> None:
    await a_day(pool)
    found = await read_report(pool, asked(By.CHANNEL), CAMPAIGN, as_of=after(300))
    assert only(found, "channel", "hotline")["n"] == 12
    for group in ("web", "chat"):
        row = only(found, "channel", group)
        assert (row["hidden"], row["n"], row["p50_seconds"]) == (True, None, None)


async def test_a_line_from_before_groups_were_kept_is_counted_as_unknown(pool: asyncpg.Pool) -> None:
    for number in range(6):
        await logged(pool, solved(Story(after(number)), minutes=5))
    await pool.execute("update notify.sla_log set channel = null, vulnerable = null, responder_kind = null, resident_told = null")
    found = await read_report(pool, asked(By.CHANNEL, By.RESPONDER, By.VULNERABLE), CAMPAIGN, as_of=after(300))
    for by in ("channel", "responder", "vulnerable"):
        assert only(found, by, "unknown")["n"] == 6
    assert not [row for row in found["figures"] if row["clock"] == "news"], "what the lines do not say is no figure"


async def test_what_a_resident_confirmed_stands_apart_from_three_days_of_silence(pool: asyncpg.Pool) -> None:
    for number in range(15):
        story = Story(after(number))
        events = solved(story)
        done = events[-1].time
        if number < 5:
            events.append(story.said(EventType.REQUEST_CONFIRMED, done + timedelta(hours=5)))
        elif number < 10:
            events.append(story.said(EventType.REQUEST_REOPENED, done + timedelta(hours=5), reopened=1))
        await logged(pool, events)

    async def endings(as_of: datetime) -> dict[str, int]:
        found = await read_report(pool, WEEK, CAMPAIGN, as_of=as_of)
        return {row["ending"]: row["n"] for row in found["endings"]}

    assert await endings(after(60 * 70)) == {"all": 15, "confirmed": 5, "reopened": 5, "awaiting": 5}
    assert await endings(after(60 * 80)) == {"all": 15, "confirmed": 5, "reopened": 5, "unconfirmed": 5}
