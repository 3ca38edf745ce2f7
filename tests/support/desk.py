"""Operators at the desk of a running intake: of the whole city, or of one commune each, and what they see."""

from datetime import timedelta
from typing import Any

import asyncpg

from shared.geo.communes import COMMUNES
from shared.security.tokens import Role, issue

WEST, EAST = "00004", "00082"  # two communes
PLACES = {code: {"lat": commune.lat, "lon": commune.lon} for code in (WEST, EAST) if (commune := COMMUNES.by_code(code))}


async def operator_of(desk: Any, commune_code: str, role: Role = Role.OPERATOR) -> str:
    """The name under which `desk.send(…, role=…)` finds the token."""
    name = f"{role.value} of {commune_code}"
    login = await asyncpg.connect(desk.dsn)
    try:
        desk.tokens[name] = await issue(login, name, role, timedelta(hours=1), commune_code=commune_code)
    finally:
        await login.close()
    return name


async def board(desk: Any, query: str = "", role: str = "operator") -> dict[str, Any]:
    answer = await desk.send("GET", f"/v1/board{query}", role=role)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def codes(desk: Any, query: str = "", role: str = "operator") -> list[str]:
    return [item["code"] for item in (await board(desk, query, role))["requests"]]


async def item_of(desk: Any, code: str) -> dict[str, Any]:
    """As the board shows it now."""
    (found,) = [item for item in (await board(desk, "?limit=200"))["requests"] if item["code"] == code]
    assert isinstance(found, dict)
    return found
