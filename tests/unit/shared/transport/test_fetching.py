"""A quiet town is answered at once; a busy one is gathered for; and what we turn is really there to be turned."""

import inspect

from aiokafka.consumer.fetcher import Fetcher

from shared.transport.fetching import AT_ONCE, BUSY_ANSWERS, GATHERED, SOME_ANSWERS, UNHURRIED, WINDOW_SECONDS, FetchPace


def lived(pace: FetchPace, answers: int, *, since: float) -> float:
    """`answers` with events, spread over one window; the time afterwards."""
    for number in range(answers):
        pace.answered(since + number * WINDOW_SECONDS / answers, events=True)
    pace.answered(since + WINDOW_SECONDS, events=False)
    return since + WINDOW_SECONDS


def test_few_events_are_answered_at_once() -> None:
    pace = FetchPace(hurried=True)
    lived(pace, BUSY_ANSWERS // 2, since=lived(pace, 3, since=10.0))
    assert pace.patience is AT_ONCE


def test_many_events_are_gathered_and_calm_brings_haste_back() -> None:
    pace = FetchPace(hurried=True)
    after = lived(pace, 2 * BUSY_ANSWERS, since=lived(pace, 1, since=10.0))
    assert pace.patience is GATHERED
    lived(pace, 2, since=after)
    assert pace.patience is AT_ONCE


def test_gathering_does_not_look_calm_to_itself() -> None:
    """Gathered answers are fewer; that alone must not end the gathering."""
    pace = FetchPace(hurried=True)
    after = lived(pace, 2 * BUSY_ANSWERS, since=lived(pace, 1, since=10.0))
    lived(pace, int(WINDOW_SECONDS * 1000 / GATHERED.wait_ms) - 10, since=after)
    assert pace.patience is GATHERED


def test_where_nobody_waits_a_second_event_of_a_moment_is_gathered_for_and_at_rest_the_next_is_answered_at_once() -> None:
    pace = FetchPace(hurried=False)
    after = lived(pace, SOME_ANSWERS - 1, since=lived(pace, 1, since=10.0))
    assert pace.patience is AT_ONCE
    after = lived(pace, SOME_ANSWERS, since=after)
    assert pace.patience is UNHURRIED
    after = lived(pace, SOME_ANSWERS, since=after)
    assert pace.patience is UNHURRIED
    lived(pace, SOME_ANSWERS - 1, since=after)
    assert pace.patience is AT_ONCE


def test_aiokafka_reads_its_two_knobs_for_every_fetch() -> None:
    body = inspect.getsource(Fetcher._get_actions_per_node)
    assert "self._fetch_max_wait_ms" in body
    assert "self._fetch_min_bytes" in body
