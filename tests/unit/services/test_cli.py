"""What somebody is told who types a command wrongly: one line of what is wrong and where to look, never a traceback."""

import socket
from pathlib import Path

import pytest

from tests.support.commands import Terminal


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("reprot", "No such command 'reprot'. Did you mean 'report'? (see `techrescue --help`)"),
        ("report frob", "No such command 'frob' (see `techrescue report --help`)"),
        ("drill --dry-rum", "No such option: --dry-rum (see `techrescue drill --help`)"),
        ("drill", "say --dry-run, or start, status or stop"),
        ("drill --days 99", "'--days': Input should be less than or equal to 20"),
        ("report --format pdf", "'--format': 'pdf' is not one of 'table', 'json', 'csv', 'xlsx', 'html'"),
        ("report show", "Missing argument 'edition_id' (see `techrescue report show --help`)"),
        ("report --phase", "Option '--phase' requires an argument"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(terminal: Terminal, words: str, told: str) -> None:
    assert told in terminal.is_told(*words.split())


def test_nothing_typed_shows_what_there_is(terminal: Terminal) -> None:
    status, shown = terminal.types()
    assert status == 0
    for command in ("story", "report", "check"):
        assert command in shown


@pytest.mark.parametrize("channel", [(), ("--channel", "zalo")], ids=["three calls", "zalo"])
def test_a_story_that_finds_nobody_says_how_another_port_is_named(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: tuple[str, ...]
) -> None:
    (tmp_path / "tokens.json").write_text('{"operator": "x", "adapter": "x"}')
    monkeypatch.setenv("TECHRESCUE_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("TECHRESCUE_PORT", str(port))
    status, told = terminal.types("story", *channel)
    assert status == 2
    assert f"http://localhost:{port} does not answer" in told
    assert "TECHRESCUE_PORT" in told
