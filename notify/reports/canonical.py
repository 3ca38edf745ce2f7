"""One form of a document, its SHA-256, and which code has made it. Pure, but for reading its own source once."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

# Whatever decides about a figure. `holidays` knows when nobody works.
_SOURCES: Final = {
    "notify": ("sla/rounds.py", "sla/line.py", "sql/reports.sql"),
    "notify.reports": (
        *("clocks.py", "endings.py", "facts.py", "figures.py", "kpi.py", "report.py"),
        *("rows.py", "secrecy.py", "suppression.py"),
    ),
    "shared": ("calendar.py", "calendar.json", "pauses.py", "service_levels.py"),
}


def canonical(document: Mapping[str, Any]) -> bytes:
    """UTF-8, keys sorted, no spaces, numbers as Python writes them: the same document is the same bytes, on every machine."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@cache
def code_version() -> str:
    """Changes with any file that figures are made by: whoever has the same one gets the same figures from the same log."""
    digest = hashlib.sha256()
    for package, names in _SOURCES.items():
        for name in names:
            digest.update(name.encode() + b"\0" + files(package).joinpath(name).read_bytes() + b"\0")
    return f"{digest.hexdigest()[:16]}, holidays {version('holidays')}"
