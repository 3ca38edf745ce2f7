"""Holds a request against what the Bot API says of its method (telegram_api.json, written by scripts/telegram_api.py)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

SAID: Final = json.loads(Path(__file__).with_name("telegram_api.json").read_text(encoding="utf-8"))
PLAIN: Final = {"integer": int, "string": str, "boolean": bool, "number": float}
Fields = Mapping[str, Mapping[str, Any]]


def problems(method: str, body: Mapping[str, Any]) -> list[str]:
    """What Telegram would refuse, or do otherwise than we think. A method that it does not know raises."""
    return list(_of_fields(SAID["methods"][method], body, method))


def _of_fields(fields: Fields, given: Mapping[str, Any], where: str) -> Iterator[str]:
    for name in given.keys() - fields.keys():
        yield f"{where}.{name}: no such field"
    for name, about in fields.items():
        if name in given:
            yield from _of_value(about, given[name], f"{where}.{name}")
        elif about["required"] or ("required_without" in about and given.keys().isdisjoint(about["required_without"])):
            yield f"{where}.{name}: missing"


def _of_value(about: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    if about.get("deprecated"):
        yield f"{where}: deprecated"
    if isinstance(value, str) and "longest" in about:
        length = len(value.encode()) if about["counted_in"] == "bytes" else len(value)
        if not about["shortest"] <= length <= about["longest"]:
            yield f"{where}: {length} {about['counted_in']}"
    found = [list(_of_type(kind, value, where)) for kind in about["types"]]
    yield from min(found, key=len)


def _of_type(kind: str, value: Any, where: str) -> Iterator[str]:
    if kind in PLAIN:
        if type(value) is not PLAIN[kind]:
            yield f"{where}: no {kind}"
    elif kind.startswith("list["):
        if not isinstance(value, list):
            yield f"{where}: no list"
        else:
            for one in value:
                yield from _of_type(kind.removeprefix("list[").removesuffix("]"), one, where)
    elif kind not in SAID["types"] or not isinstance(value, dict):
        yield f"{where}: no {kind}"
    else:
        yield from _of_fields(SAID["types"][kind], value, where)
