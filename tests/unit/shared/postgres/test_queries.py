"""The loader of named SQL: strict, so that a wrong file stops the start."""

from pathlib import Path

import pytest

from shared.errors import Misconfigured
from shared.postgres.queries import load_queries


def test_statements_are_found_by_name_without_their_comments(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "-- A file of two.\n\n-- name: one\n-- Why it is so.\nselect 1\n  from t;\n\n-- name: two\nselect 2\n"
    )
    (tmp_path / "b.sql").write_text("-- name: three\nselect '-- no comment'\n")
    assert dict(load_queries(tmp_path)) == {"one": "select 1\n  from t", "two": "select 2", "three": "select '-- no comment'"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("select 1\n", "without a"),
        ("-- name: one\n-- name: two\nselect 1\n", "'one' is empty"),
        ("-- name: one\nselect 1\n-- name: one\nselect 2\n", "twice"),
        ("-- name: one\nselect 1\n-- name: two\n-- only words\n", "'two' is empty"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.sql").write_text(text)
    with pytest.raises(Misconfigured, match=complaint):
        load_queries(tmp_path)


def test_the_same_name_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.sql", "b.sql"):
        (tmp_path / name).write_text("-- name: one\nselect 1\n")
    with pytest.raises(Misconfigured, match="twice"):
        load_queries(tmp_path)


def test_a_folder_without_sql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"no \.sql file"):
        load_queries(tmp_path)
