"""Named SQL: every statement stands in a .sql file under a `-- name: verb_noun` line. No SQL is built here."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from shared.errors import Misconfigured

_NAME = re.compile(r"^--\s*name:\s*(?P<name>[a-z][a-z0-9_]*)\s*$")


def load_queries(folder: Path) -> Mapping[str, str]:
    """All statements of all *.sql files in `folder`, by name. Raises Misconfigured, so that a wrong file stops the start."""
    queries: dict[str, str] = {}
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise Misconfigured(f"no .sql file in {folder.name}")
    for file in files:
        for name, statement in _statements(file):
            if name in queries:
                raise Misconfigured(f"{file.name}: query {name!r} is there twice")
            queries[name] = statement
    return MappingProxyType(queries)


def _statements(file: Path) -> Iterator[tuple[str, str]]:
    """Lines before the first name may only be comments; the text of a query must not be empty."""
    name: str | None = None
    lines: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        found = _NAME.match(line)
        if found:
            if name is not None:
                yield name, _text(file, name, lines)
            name, lines = found["name"], []
        elif not line.lstrip().startswith("--"):
            lines.append(line)
        if name is None and "".join(lines).strip():
            raise Misconfigured(f"{file.name}: a statement without a `-- name:` line")
    if name is not None:
        yield name, _text(file, name, lines)


def _text(file: Path, name: str, lines: list[str]) -> str:
    text = "\n".join(lines).strip().removesuffix(";").rstrip()
    if not text:
        raise Misconfigured(f"{file.name}: query {name!r} is empty")
    return text
