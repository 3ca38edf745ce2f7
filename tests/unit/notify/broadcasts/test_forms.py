"""How long what somebody hands in may be: as the words of a broadcast say, and by the letters that leave."""

import unicodedata

import pytest
from pydantic import ValidationError

from notify.broadcasts.forms import TextForm
from notify.broadcasts.words import LONGEST


def test_a_text_has_one_limit_and_is_told_it() -> None:
    with pytest.raises(ValidationError, match=f"at most {LONGEST} characters"):
        TextForm(vi="x" * (LONGEST + 1), en="Good words.")
    TextForm(vi="x" * LONGEST, en="Good words.")


def test_letters_are_counted_as_they_leave() -> None:
    said = TextForm(vi=unicodedata.normalize("NFD", "ệ" * LONGEST) + "  🙂", en="Good words.")
    assert said.vi == "ệ" * LONGEST
