"""Small files, small functions: the tail is where nobody dares to change anything."""

import ast
from pathlib import Path

import pytest

from tests.architecture.repository import CODE, name_of, python_files, tree_of

LONGEST_FILE = 300
LONGEST_FUNCTION = 40


@pytest.mark.parametrize("path", python_files(*CODE), ids=name_of)
def test_a_file_is_short_and_says_what_belongs_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    if text.strip():
        assert ast.get_docstring(tree_of(path)), "the first line says what belongs here"


@pytest.mark.parametrize("path", python_files(*CODE), ids=name_of)
def test_functions_are_short(path: Path) -> None:
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert not long


def test_sql_and_shell_files_are_short() -> None:
    folders = ("intake", "dispatch", "notify", "shared", "scripts")
    files = [path for suffix in ("*.sql", "*.sh") for folder in folders for path in _files(folder, suffix)]
    # A schema is one table after the other; splitting it would hide how they hang together.
    long = [name_of(path) for path in files if path.name != "schema.sql" and "migrations" not in path.parts]
    assert not [name for name in long if len((_root() / name).read_text(encoding="utf-8").splitlines()) > LONGEST_FILE]


def _root() -> Path:
    return Path(__file__).resolve().parents[2]


def _files(folder: str, pattern: str) -> list[Path]:
    return sorted((_root() / folder).rglob(pattern))
