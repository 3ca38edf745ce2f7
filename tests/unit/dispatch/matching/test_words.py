"""Decisions in words: two languages, no code words."""

import pytest

from dispatch.matching import standing
from dispatch.matching.words import RULES, candidate, decision
from shared.categories import SKILL_NAMES, SKILLS

UNTIL = 1_784_085_600.0  # 10:20 in Hanoi
ASKED = {"offered": True, "distance_m": 900, "until": UNTIL}
RANKING = {"priority": "P3", "tier": "P3", "needs": ["digital_signature"]}


@pytest.mark.parametrize(
    ("metres", "skills", "until", "vi", "en"),
    [
        (
            900,
            ["digital_signature"],
            UNTIL,
            "cách 900 m, làm được chữ ký số, trực đến 10:20",
            "900 m away, does digital signatures, on shift until 10:20",
        ),
        (1_200, [], UNTIL, "cách 1,2 km, trực đến 10:20", "1.2 km away, on shift until 10:20"),
        (
            300,
            ["vneid", "two_people"],
            UNTIL,
            "cách 300 m, làm được VNeID, cử được hai người, trực đến 10:20",
            "300 m away, does VNeID, sends two people, on shift until 10:20",
        ),
        (
            100,
            ["juggling"],
            None,
            "cách 100 m, làm được kỹ năng khác, ngoài giờ trực",
            "100 m away, does another skill, off shift",
        ),
    ],
)
def test_the_sentence_of_a_candidate(metres: int, skills: list[str], until: float | None, vi: str, en: str) -> None:
    assert candidate(metres, skills, until) == {"vi": vi, "en": en}


def test_every_skill_has_a_name_in_both_languages() -> None:
    assert set(SKILL_NAMES) == set(SKILLS)
    assert all(set(names) == {"vi", "en"} and all(names.values()) for names in SKILL_NAMES.values())


def test_every_rule_has_words() -> None:
    assert set(RULES) == {*standing.RULES, "excluded", "shift_too_short", "came_free", "dearer", "alone", "not_able"}


def test_who_was_asked_and_who_was_not() -> None:
    said = decision([ASKED, {**ASKED, "offered": False}], {"off_shift": 5, "not_able": 40, "full": 0}, RANKING)
    assert said == {
        "vi": "Đã hỏi 1 người: cách 900 m, làm được chữ ký số, trực đến 10:20. "
        "Không hỏi 5 người ngoài giờ trực, 40 người không làm được việc này.",
        "en": "One was asked: 900 m away, does digital signatures, on shift until 10:20. "
        "Not asked: 5 off shift, 40 not able to do this.",
    }


@pytest.mark.parametrize(
    ("nearer", "asked", "vi", "en"),
    [
        ({"today": 4.0, "silence": 1.0}, {"today": 1.0}, "đã nhận nhiều việc hơn trong ngày", "has taken more visits of the day"),
        ({"later": 2.0, "today": 1.0}, {"today": 2.0}, "còn trực lâu hơn trong ngày", "is on shift for longer today"),
        ({"today": 1.0, "silence": 3.0}, {"today": 1.0}, "ít khi trả lời tin nhắn", "seldom answers"),
        ({"commune": 1.0}, {}, "thuộc xã, phường khác", "belongs to another commune"),
    ],
)
def test_what_spoke_against_somebody_nearer_is_said(nearer: dict[str, float], asked: dict[str, float], vi: str, en: str) -> None:
    passed_over = {**ASKED, "offered": False, "distance_m": 300, "minutes": {"travel": 1.2, **nearer}}
    said = decision([{**ASKED, "minutes": {"travel": 3.5, **asked}}, passed_over], {"off_shift": 5}, RANKING)
    assert f"trực đến 10:20. Người ở gần hơn (300 m) {vi}. Không hỏi 5 người" in said["vi"]
    assert f"on shift until 10:20. Somebody nearer (300 m) {en}. Not asked: 5" in said["en"]


@pytest.mark.parametrize("minutes", [{"travel": 1.2}, {"travel": 1.2, "today": 1.0}])
def test_nothing_is_said_against_somebody_nearer_whom_another_job_needed(minutes: dict[str, float]) -> None:
    passed_over = {**ASKED, "offered": False, "distance_m": 300, "minutes": minutes}
    said = decision([{**ASKED, "minutes": {"travel": 3.5, "today": 1.0}}, passed_over], {}, RANKING)
    assert "nearer" not in said["en"]


def test_nobody_and_why() -> None:
    said = decision([{**ASKED, "offered": False}], {"pending_offer": 1}, RANKING)
    assert said == {
        "vi": "Chưa hỏi được ai: 1 người đang được hỏi việc khác.",
        "en": "Nobody could be asked: 1 being asked something else.",
    }
    assert decision([], {}, {})["en"] == "Nobody could be asked: nobody is on the roster."


def test_what_lifted_the_job_is_said_with_its_bound() -> None:
    ranking = {**RANKING, "tier": "P2", "vulnerable": 9, "ahead_minutes": 30.0, "ahead_at_most": 30.0}
    said = decision([ASKED], {}, ranking)
    assert "Đã chờ lâu nên được xếp cùng nhóm P2." in said["vi"]
    assert said["en"].endswith(
        "It has waited long and is matched with P2. "
        "It goes 30 minutes ahead (at most 30), because the person to be helped is vulnerable."
    )
