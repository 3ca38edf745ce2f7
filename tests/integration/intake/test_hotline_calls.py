"""A telephone system tells of calls: who waits, who they are, and how long it took, whatever order its words come in."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.erase import erase
from intake.hotline.call import CallEvent
from intake.queries import QUERIES
from services.audit.reading import QUERIES as AUDIT
from shared.postgres.transaction import transaction
from shared.security.tokens import Role
from shared.telemetry.metrics import HTTP_REQUESTS
from shared.telemetry.metrics_intake import HOTLINE_ANSWER, HOTLINE_CALLS, HOTLINE_REFUSED, HOTLINE_UNREADABLE
from tests.integration.intake.conftest import Desk
from tests.support.ringing import BINH, CHI, Hotline, a_hotline


@pytest.fixture
def line(desk: Desk) -> Hotline:
    return a_hotline(desk)


def answered_within(seconds: float) -> float:
    (metric,) = HOTLINE_ANSWER.collect()
    return next(s.value for s in metric.samples if s.name.endswith("_bucket") and float(s.labels["le"]) == seconds)


async def test_an_operator_sees_who_rings_and_what_they_asked_for_before(desk: Desk, line: Hotline) -> None:
    request = await desk.filed()
    await line.told("a1", "ringing", -600)
    await line.told("a1", "missed", -580)
    told = await line.told("a2", "ringing", 0)
    (call,) = await line.callers()
    assert (call["call"], call["state"], call["from"]) == (told["call"], "ringing", "0912***678")
    assert [(one["code"], one["category"]) for one in call["requests"]] == [(request["code"], "vneid_login")]
    assert call["open_requests"] == 1
    assert [one["outcome"] for one in call["earlier_calls"]] == ["missed"]


async def test_who_opens_a_call_sees_the_number_and_it_is_in_the_audit(desk: Desk, line: Hotline) -> None:
    call = (await line.told("a1", "ringing", 0))["call"]
    answer = await desk.send("GET", f"/v1/callers/{call}")
    assert answer.json()["from"] == "+84912345678"
    assert await desk.count("audit where action = 'caller_shown'") == 1
    assert (await desk.send("GET", f"/v1/callers/{uuid4()}")).status_code == 404


async def test_two_operators_of_two_communes_see_each_their_own_callers(desk: Desk, line: Hotline) -> None:
    here = await desk.filed()
    there = await desk.filed(requester={"name": "Lê Thị Chi", "phone": CHI}, location={"lat": 20.9712, "lon": 105.7788})
    assert here["commune_code"] != there["commune_code"]
    calls = {}
    for name, request, phone in (("an", here, BINH), ("chi", there, CHI)):
        await line.newcomer(name, commune_code=request["commune_code"])
        calls[name] = (await line.told(name, "ringing", 0, caller=phone))["call"]
        await line.told(f"{name}-again", "missed", 600, caller=phone)
    for name, other, request in (("an", "chi", here), ("chi", "an", there)):
        shown = (await desk.send("GET", "/v1/callers", role=name)).json()["calls"]
        assert [(one["call"], [found["code"] for found in one["requests"]]) for one in shown] == [
            (calls[name], [request["code"]])
        ]
        tasks = (await desk.send("GET", "/v1/callbacks", role=name)).json()["callbacks"]
        assert [task["open_requests"] for task in tasks] == [[request["code"]]]
        assert (await desk.send("GET", f"/v1/callers/{calls[name]}", role=name)).status_code == 200
        assert (await desk.send("GET", f"/v1/callers/{calls[other]}", role=name)).status_code == 404
        assert (await desk.post(f"/v1/callbacks/{tasks[0]['id']}/take", role=other)).status_code == 404
    assert len(await line.callers()) == len(await line.callbacks()) == 2, "of the whole city"


async def test_a_call_leaves_the_list_when_it_is_over(line: Hotline) -> None:
    await line.told("a1", "ringing", 0)
    assert (await line.told("a1", "answered", 8, operator="quay-3"))["state"] == "talking"
    (call,) = await line.callers()
    assert (call["operator"], call["state"]) == ("quay-3", "talking")
    await line.told("a1", "ended", 120)
    assert await line.callers() == []


async def test_the_answer_clock_counts_each_call_once(desk: Desk, line: Hotline) -> None:
    quick, slow = answered_within(20), answered_within(300)
    before = {word: HOTLINE_CALLS.labels(word)._value.get() for word in ("answered", "missed", "abandoned")}
    for _ in range(2):
        await line.told("a1", "ringing", 0)
        await line.told("a1", "answered", 20)
        await line.told("a2", "ringing", 0, caller=CHI)
        await line.told("a2", "answered", 21, caller=CHI)
        await line.told("a3", "ringing", 0, caller="0912 345 680")
        await line.told("a3", "abandoned", 15, caller="0912 345 680")
    assert (answered_within(20) - quick, answered_within(300) - slow) == (1, 2)
    counted = {word: HOTLINE_CALLS.labels(word)._value.get() - n for word, n in before.items()}
    assert counted == {"answered": 2, "missed": 0, "abandoned": 1}


async def test_the_figures_of_a_day_are_counted_from_rows(desk: Desk, line: Hotline) -> None:
    for number in range(12):
        await line.told(f"a{number}", "ringing", number, caller=None)
        word, wait = ("answered", 5) if number < 6 else ("abandoned", 30)
        await line.told(f"a{number}", word, number + wait, caller=None)
    day = line.began.astimezone().date()
    span = f"from={day - timedelta(days=1)}&to={day + timedelta(days=1)}"
    answer = await desk.send("GET", f"/v1/calls/figures?{span}", role="ops")
    told = answer.json()
    assert (told["calls"], told["in_time"], told["abandoned"], told["share_within_20_s"]) == (12, 6, 6, 1.0)
    assert (await desk.send("GET", "/v1/calls/figures?from=2026-01-02&to=2026-01-01")).status_code == 422
    assert (await desk.send("GET", f"/v1/calls/figures?{span}", role="adapter")).status_code == 403


STATE = """
    select calls.rang_at, answered_at, operator, calls.ended_at, lost_at, lost, calls.outcome, began_at, unanswered_at,
        (select count(*) from calls) as calls, task.misses, task.first_at, task.last_at, task.id is null as nobody_to_call
    from calls left join callbacks task on task.contact_point_id = calls.contact_point_id and task.ended_at is null
    order by calls.call_hash"""
WORDS: list[dict[str, Any]] = [
    {"call": "a1", "event": "ringing", "second": 0},
    {"call": "a1", "event": "answered", "second": 31, "operator": "quay-1"},
    {"call": "a1", "event": "ended", "second": 90},
    {"call": "a2", "event": "ringing", "second": 120},
    {"call": "a2", "event": "missed", "second": 150},
    {"call": "a2", "event": "ended", "second": 151, "caller": None},
]


@given(order=st.permutations([*range(len(WORDS)), *range(len(WORDS))]))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_call_and_its_callback_are_the_same_in_whatever_order_the_words_come(desk: Desk, order: list[int]) -> None:
    line = Hotline(desk, a_hotline(desk).began.replace(minute=0, second=0, microsecond=0))
    for table in ("calls", "callbacks"):
        await desk.pool.execute(f"delete from {table}")
    for place in order:
        await line.told(**WORDS[place])
    rows = [dict(row) for row in await desk.rows(STATE)]
    assert {(row["outcome"], row["misses"]) for row in rows} == {("answered", 1), ("missed", 1)}
    assert {row["first_at"] for row in rows} == {line.second(150)}
    assert {row["unanswered_at"] for row in rows} == {None, line.second(150)}
    assert {(row["answered_at"], row["operator"]) for row in rows} == {(None, None), (line.second(31), "quay-1")}


A_WORD = st.fixed_dictionaries(
    {
        "call": st.sampled_from("abcdef"),
        "event": st.sampled_from(CallEvent),
        "second": st.integers(0, 90),
    }
)
NUMBERS = {"a": BINH, "b": BINH, "c": BINH, "d": CHI, "e": CHI, "f": None}


@given(words=st.lists(A_WORD, max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_said_whoever_rang_in_vain_last_is_to_be_called_and_nobody_else(
    desk: Desk, words: list[dict[str, Any]]
) -> None:
    line = a_hotline(desk)
    for table in ("calls", "callbacks"):
        await desk.pool.execute(f"delete from {table}")
    for word in words:
        await line.told(**word, caller=NUMBERS[word["call"]])
    assert await desk.rows(AUDIT["intake_unreturned"]) == []
    for task in await desk.rows("select * from callbacks where ended_at is null"):
        (need,) = await desk.rows(QUERIES["read_need"], task["contact_point_id"])
        assert need["misses"] == task["misses"] > 0
        assert (need["first_at"], need["last_at"]) == (task["first_at"], task["last_at"])


async def test_a_call_that_only_rings_is_returned_as_a_missed_one(line: Hotline) -> None:
    await line.told("a1", "ringing", 0)
    assert await line.callbacks() == []
    await line.minutes_pass(11)
    assert [task["misses"] for task in await line.callbacks()] == [1]


async def test_a_hidden_number_is_counted_and_nobody_calls_it_back(desk: Desk, line: Hotline) -> None:
    unreadable = HOTLINE_UNREADABLE._value.get()
    for number, caller in enumerate([None, "anonymous", "", "105"]):
        await line.told(f"a{number}", "ringing", 0, caller=caller)
        assert (await line.told(f"a{number}", "missed", 30, caller=caller))["outcome"] == "missed"
    assert await line.callbacks() == []
    assert HOTLINE_UNREADABLE._value.get() == unreadable + 1, "of an extension somebody should know"


async def test_a_number_that_comes_late_is_called_back_all_the_same(line: Hotline) -> None:
    await line.told("a1", "missed", 30, caller=None)
    await line.told("a1", "ringing", 0)
    assert len(await line.callbacks()) == 1


WRONG = [
    ("no event", {"event": "hung"}),
    ("an operator who has not answered", {"event": "ringing", "operator": "quay-1"}),
    ("an operator's name with a number in words", {"event": "answered", "operator": "chị Lan"}),
    ("a call without an id", {"call": ""}),
    ("a field nobody knows", {"recording": "x"}),
    ("a day without its hour", {"at": "2026-03-02"}),
    ("a year that is none", {"at": "9999-12-31T23:59:59Z"}),
]


@pytest.mark.parametrize("change", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_what_is_no_word_of_a_call_is_refused_with_advice(desk: Desk, change: dict[str, Any]) -> None:
    answer = await desk.post("/v1/calls", {"call": "a1", "event": "ringing", "from": BINH, **change}, role="adapter")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert await desk.count("calls") == 0


async def test_old_words_and_words_of_the_future_are_refused_and_counted(desk: Desk, line: Hotline) -> None:
    before = {word: HOTLINE_REFUSED.labels(word)._value.get() for word in ("old", "ahead", "another_number")}
    assert (await line.says("a1", "ringing", -8 * 86400)).status_code == 422
    assert (await line.says("a1", "ringing", 86400)).status_code == 422
    assert await desk.count("calls") == 0
    await line.told("a1", "ringing", 0)
    other = await line.says("a1", "missed", 30, caller=CHI)
    assert (other.status_code, other.json()["reason"]) == (409, "another_number")
    assert {word: HOTLINE_REFUSED.labels(word)._value.get() - n for word, n in before.items()} == dict.fromkeys(before, 1)


def answers(status: int) -> float:
    return HTTP_REQUESTS.labels("POST", "/v1/calls", str(status))._value.get()


@pytest.mark.parametrize("role", [None, "operator", "ward_lead", "ops"])
async def test_only_the_telephone_system_tells_of_calls(desk: Desk, role: str | None) -> None:
    wanted = 401 if role is None else 403
    before = answers(wanted)
    answer = await desk.post("/v1/calls", {"call": "a1", "event": "ringing", "from": BINH}, role=role)
    assert (answer.status_code, answers(wanted) - before) == (wanted, 1)
    assert await desk.count("calls") == 0


async def test_a_forged_token_is_refused_and_counted(desk: Desk) -> None:
    before = answers(401)
    body = {"call": "a1", "event": "missed", "from": BINH}
    answer = await desk.post("/v1/calls", body, role=None, headers={"authorization": f"Bearer {desk.tokens['adapter'][:-1]}x"})
    assert (answer.status_code, answers(401) - before, await desk.count("calls")) == (401, 1, 0)


async def test_a_word_that_is_far_too_long_is_refused_and_counted(desk: Desk) -> None:
    before = answers(413)
    answer = await desk.post("/v1/calls", b'{"call": "' + b"a" * 70_000 + b'"}', role="adapter")
    assert (answer.status_code, answers(413) - before) == (413, 1)


async def test_two_telephone_systems_may_count_alike(desk: Desk, line: Hotline) -> None:
    await line.told("1", "ringing", 0)
    await line.newcomer("the other exchange", Role.ADAPTER)
    body = {"call": "1", "event": "ringing", "from": CHI}
    assert (await desk.post("/v1/calls", body, role="the other exchange")).status_code == 202
    assert [call["from"] for call in await line.callers()] == ["0912***678", "0912***679"]


async def test_no_number_and_no_id_of_a_call_stands_in_clear(desk: Desk, line: Hotline) -> None:
    await line.told("call-0912345678-17", "ringing", 0)
    await line.told("call-0912345678-17", "missed", 30)
    for table in ("calls", "callbacks", "audit", "timers"):
        assert "912345678" not in str([dict(row) for row in await desk.rows(f"select * from {table}")])


async def test_an_erased_caller_is_forgotten_and_the_call_is_still_counted(desk: Desk, line: Hotline) -> None:
    await line.told("a1", "ringing", 0)
    await line.told("a1", "missed", 30)
    person = (await desk.rows("select contact_point_id from calls"))[0][0]
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, person)
    assert await line.callbacks() == []
    assert await desk.count("calls where contact_point_id is null and outcome = 'missed'") == 1
    await line.told("a1", "ended", 31, caller=None)
    assert await line.callbacks() == []


async def test_whose_call_it_was_is_forgotten_after_a_month(desk: Desk, line: Hotline) -> None:
    await line.told("a1", "ringing", 0)
    await line.told("a1", "answered", 5)
    await line.minutes_pass(31 * 24 * 60)
    await line.minutes_pass(61)  # whatever its own timers held in that moment is skipped; the next sweep has it
    assert await desk.count("calls where contact_point_id is null and answered_at is not null") == 1
