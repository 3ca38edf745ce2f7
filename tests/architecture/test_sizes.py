"""Small files, small functions: the tail is where nobody dares to change anything."""

import ast
from pathlib import Path

from tests.architecture.repository import CODE, ROOT, name_of, python_files, tree_of

LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_are_short() -> None:
    assert not {name_of(path): lines(path) for path in python_files(*CODE) if lines(path) > LONGEST_FILE}


def test_a_files_first_line_says_what_belongs_there() -> None:
    assert not [name_of(path) for path in python_files(*CODE) if lines(path) and not ast.get_docstring(tree_of(path))]


def test_functions_are_short() -> None:
    long = {
        f"{name_of(path)}:{node.name}": length
        for path in python_files(*CODE)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long


def test_files_of_queries_and_scripts_are_short() -> None:
    """Migrations and schema.sql are one table after the other: splitting those would hide how they hang together."""
    found = [path for suffix in ("*.sql", "*.sh") for folder in CODE for path in (ROOT / folder).rglob(suffix)]
    queries = [path for path in found if path.name != "schema.sql" and "migrations" not in path.parts]
    assert not {name_of(path): lines(path) for path in queries if lines(path) > LONGEST_FILE}
