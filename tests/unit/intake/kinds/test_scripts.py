"""Every category has its script; none asks for what nobody may be asked for."""

import re

import pytest

from intake.kinds.scripts import SCRIPTS, kinds, script_of
from shared.categories import CATEGORIES
from shared.errors import NotFound
from shared.folding import folded

NEVER_ASKED = re.compile(
    r"otp|mat khau|password|passcode|\bpin\b|\bma\b(?! ho so)|so the|cvv|\bcode\b|card number|account number|so tai khoan"
)


def test_every_category_has_a_script() -> None:
    assert set(SCRIPTS) == set(CATEGORIES)


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_a_script_can_be_read_aloud_and_answered(category: str) -> None:
    asked = script_of(category)
    assert len({question.key for question in asked}) == len(asked)
    assert any(question.before_visit for question in asked)
    for question in asked:
        assert question.vi.endswith("?")
        assert question.en.endswith("?")
        assert question.answer in {"text", "yes_no", "choice", "number", "date"}
        assert bool(question.choices) is (question.answer == "choice")


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_no_question_asks_for_a_code_a_password_or_a_card(category: str) -> None:
    for question in script_of(category):
        assert not NEVER_ASKED.search(folded(question.vi)), question.vi
        assert not NEVER_ASKED.search(question.en.lower()), question.en


def test_nobody_knows_the_script_of_what_is_no_category() -> None:
    with pytest.raises(NotFound):
        script_of("weather")


def test_the_list_for_everybody_says_key_labels_and_group() -> None:
    listed = {one["key"]: one for one in kinds()}
    assert set(listed) == set(CATEGORIES)
    assert listed["fraud"] == {
        "key": "fraud",
        "label": {"vi": "Nghi lừa đảo, ứng dụng giả mạo", "en": "Fraud, fake app"},
        "group": "safety",
    }
