"""Codes, cards and citizen IDs are masked however they are written or spoken; ordinary sentences stay as they are."""

import pytest

from shared.masking import Mask, mask
from tests.support.secrets import Form, by_hand, kept, made

SPELLED = [pytest.param(form, id=form.text) for form in by_hand()]


def masked_only_there(form: Form) -> bool:
    return mask(form.text) in {f"{form.before}{word}{form.after}" for word in Mask}


@pytest.mark.parametrize("form", SPELLED)
def test_what_somebody_wrote_by_hand_is_masked_and_nothing_around_it(form: Form) -> None:
    assert masked_only_there(form), mask(form.text)


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len({form.text for form in by_hand()}) >= 60
    assert len({form.text for form in (*by_hand(), *made())}) >= 500
    assert len(set(kept())) >= 100


def test_no_form_made_from_the_patterns_is_left() -> None:
    assert [f"{form.text} → {mask(form.text)}" for form in made() if not masked_only_there(form)] == []


@pytest.mark.parametrize("text", kept())
def test_an_ordinary_sentence_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("form", SPELLED)
def test_masking_twice_changes_nothing(form: Form) -> None:
    once = mask(form.text)
    assert mask(once) == once
