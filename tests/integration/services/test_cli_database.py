"""Commands at a database that is not there, or not ours yet: one line of what to do."""

import pytest

from tests.support.commands import Terminal


@pytest.mark.parametrize("command", ["report --phase pilot", "drill --dry-run", "cost", "check", "token list"])
def test_a_database_without_our_tables_is_to_be_migrated(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, empty_dsn: str, command: str
) -> None:
    monkeypatch.setenv("TECHRESCUE_POSTGRES_DSN", empty_dsn)
    assert "run `techrescue migrate`" in terminal.is_told(*command.split())


def test_a_database_that_does_not_exist_is_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setenv("TECHRESCUE_POSTGRES_DSN", dsn.replace("@/t_", "@/nowhere_"))
    assert 'TECHRESCUE_POSTGRES_DSN: database "nowhere_' in terminal.is_told("cost")
