"""Who is at the door: every word said there, and what it makes of the visit."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from intake.visit import EXPECTED, MOST_WRONG, Knock, NobodyComes, Visit, compared, expected, refused
from shared.events.requests import RequestStatus, Suspicion

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
RIGHT = "Đèn Biếc"


def a_visit(*, unnamed: bool = False, wrong_tries: int = 0, suspicious_at: datetime | None = None) -> Visit:
    return Visit(
        request_id=uuid4(),
        job_id=uuid4(),
        visit=0,
        helper_kind="volunteer",
        name=None,
        member=None,
        unnamed=unnamed,
        wrong_tries=wrong_tries,
        suspicious_at=suspicious_at,
    )


@pytest.mark.parametrize("said", ["Đèn Biếc", "den biec", "DENBIEC", " đèn. biếc! ", "de\u0300n bie\u0302\u0301c", "Den-Biec"])
def test_the_phrase_counts_however_it_is_typed(said: str) -> None:
    judged = compared(a_visit(), said, RIGHT, NOW)
    assert (judged.knock, judged.suspicion, judged.visit.wrong_tries) == (Knock.KNOWN, None, 0)


@pytest.mark.parametrize("said", ["den", "biec den", "den biec den", "đèn biển", "1022", "?"])
def test_what_is_not_the_phrase_is_wrong(said: str) -> None:
    assert compared(a_visit(), said, RIGHT, NOW).knock is Knock.WRONG


def test_only_the_last_wrong_try_is_suspicious() -> None:
    visit, knocks = a_visit(), []
    for _ in range(MOST_WRONG):
        judged = compared(visit, "sai rồi", RIGHT, NOW)
        visit = judged.visit
        knocks.append((judged.knock, judged.suspicion))
    assert knocks == [(Knock.WRONG, None), (Knock.WRONG, None), (Knock.FROZEN, Suspicion.WRONG_PHRASE)]
    assert visit.suspicious_at == NOW


def test_once_suspicious_the_right_phrase_opens_no_door_and_nothing_is_told_again() -> None:
    visit = refused(a_visit(), NOW).visit
    assert compared(visit, RIGHT, RIGHT, NOW).knock is Knock.FROZEN
    assert refused(visit, NOW).suspicion is None


def test_a_no_is_suspicious_at_once() -> None:
    judged = refused(a_visit(), NOW)
    assert (judged.knock, judged.suspicion, judged.visit.suspicious_at) == (Knock.FROZEN, Suspicion.REFUSED, NOW)


def test_an_unnamed_team_is_not_let_in_by_the_phrase_alone() -> None:
    assert compared(a_visit(unnamed=True), RIGHT, RIGHT, NOW).knock is Knock.UNNAMED


@pytest.mark.parametrize("status", sorted(set(RequestStatus) - EXPECTED))
def test_when_nobody_is_expected_that_is_said(status: RequestStatus) -> None:
    with pytest.raises(NobodyComes) as refusal:
        expected(status, a_visit())
    assert refusal.value.reason == "nobody_comes"
    assert status in refusal.value.advice


def test_a_visit_nobody_has_taken_is_not_expected() -> None:
    with pytest.raises(NobodyComes):
        expected(RequestStatus.ASSIGNED, None)
