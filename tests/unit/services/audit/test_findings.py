"""What the auditor believes and whom it has told: a pass may take several looks, and nobody hears the same thing twice."""

from services.audit.findings import MOST_TOLD, REMEMBERED_SECONDS, Findings, body_of, title_of
from services.audit.invariants import RULES
from services.audit.world import Violation

LOST = Violation("no_loss", "a", "waiting with 0 live jobs")
LATE = Violation("timers", "b", "dispatch: escalate is overdue")


def test_every_rule_has_a_count_from_the_start() -> None:
    assert Findings().counts() == dict.fromkeys(RULES, 0)


def test_what_a_whole_pass_has_not_come_by_again_is_over() -> None:
    findings = Findings()
    findings.note({LOST, LATE}, complete=True)
    assert findings.counts()["no_loss"] == findings.counts()["timers"] == 1
    findings.note({LATE}, complete=False)  # the first pages of the next pass: what stood on the others is still believed
    assert len(findings) == 2
    findings.note({LATE}, complete=True)
    assert LOST not in findings
    assert LATE in findings


def test_a_finding_is_told_once_and_what_comes_back_soon_is_no_news() -> None:
    findings = Findings()
    findings.note({LOST}, complete=True)
    assert findings.untold(0.0) == [LOST]
    assert findings.untold(30.0) == [LOST], "nobody has heard it yet"
    findings.were_told([LOST], 30.0)
    findings.note({LOST, LATE}, complete=True)
    assert findings.untold(60.0) == [LATE]
    findings.were_told([LATE], 60.0)
    findings.note(set(), complete=True)
    findings.note({LOST}, complete=True)
    assert findings.untold(600.0) == []


def test_what_lasts_is_not_told_again_and_what_comes_back_after_long_is() -> None:
    findings = Findings()
    findings.note({LOST}, complete=True)
    findings.were_told([LOST], 0.0)
    for half_hour in range(1, 6):
        assert findings.untold(half_hour * REMEMBERED_SECONDS / 2) == []
        findings.note({LOST}, complete=True)
    findings.note(set(), complete=True)
    assert findings.untold(10 * REMEMBERED_SECONDS) == []
    findings.note({LOST}, complete=True)
    assert findings.untold(10 * REMEMBERED_SECONDS) == [LOST]


def test_a_message_to_a_telephone_stays_short() -> None:
    many = [Violation("timers", str(number), "intake: locate is overdue") for number in range(MOST_TOLD + 7)]
    assert title_of([LOST, *many]) == f"TechRescue audit: no_loss 1, timers {MOST_TOLD + 7}"
    lines = body_of(many).splitlines()
    assert len(lines) == MOST_TOLD + 2
    assert lines[-2] == "… and 7 more"
