"""What the architecture tests look at: our own files, parsed once."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("services", "intake", "dispatch", "notify", "shared")
CODE: Final = (*ROOMS, "tests", "bench", "scripts")
RULES: Final = sorted((ROOT / "ops/prometheus/rules").glob("*.yml"))
RECORDED: Final = re.compile(r"\b(?:techrescue|slo):[\w:]+")  # a series that a rule makes, by the colons of its name


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def imported(path: Path) -> set[str]:
    """Every module named in an import of this file, with its dots."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def calls(path: Path, function: str) -> list[ast.Call]:
    """Calls of `function(...)` or `something.function(...)` in this file; one without the word need not be parsed."""
    found: list[ast.Call] = []
    if function not in text_of(path):
        return found
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if called == function:
                found.append(node)
    return found


def rules(file: Path) -> list[dict[str, Any]]:
    """What Prometheus records and watches by one file of rules."""
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]
