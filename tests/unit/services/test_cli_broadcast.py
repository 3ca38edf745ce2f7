"""What `techrescue broadcast` says to whoever is about to tell many people something."""

import pytest
from typer.testing import CliRunner

from services.cli_broadcast import _lasts, app


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.0, "dưới 1 phút"), (0.9, "dưới 1 phút"), (1.0, "khoảng 1 phút"), (1.4, "khoảng 1 phút"), (80.0, "khoảng 80 phút")],
)
def test_how_long_it_takes_is_said_as_a_person_says_it(minutes: float, said: str) -> None:
    assert _lasts(minutes) == said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--template", "outage_over", "--field", "service=VNeID", "--vi", "Xin chào."], "does not go together"),
        (["--template", "outage_over", "--field", "service=VNeID", "--en", "Hello."], "does not go together"),
        (["--vi", "Xin chào.", "--en", "Hello.", "--field", "service=VNeID"], "belongs to a --template"),
    ],
)
def test_words_that_do_not_go_together_are_refused_and_none_is_passed_over(options: list[str], said: str) -> None:
    refused = CliRunner().invoke(app, ["--dry-run", *options], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    assert refused.exit_code == 2
    assert said in refused.output
