"""No clear name, number, address or text of a person stands anywhere in intake's tables, its outbox or its logs (law 12)."""

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.events.contract import Sealed
from tests.integration.intake.conftest import Desk, form

NAMES = [f"Kanarienvogel{n}" for n in range(20)]


def told(n: int) -> dict[str, Any]:
    """Every field that can hold something personal holds a canary."""
    return form(
        requester={"name": f"{NAMES[n]} An", "phone": f"09123{n:05}"},
        description=f"{NAMES[n]} không vào được, thẻ 4111 1111 1111 1111, cccd 0012030045{n:02}, mã OTP 77{n:02}99",
        address=f"Số 5 {NAMES[n]}, gọi 09123{n:05}",
        on_behalf_of=f"Mẹ {NAMES[n]}",
        **({"location": None} if n % 4 == 0 else {}),
    )


async def everything(dsn: str) -> str:
    """All rows of all tables of intake and of the log, as text."""
    login = await asyncpg.connect(dsn)
    tables = await login.fetch("select schemaname, tablename from pg_tables where schemaname in ('intake', 'transport')")
    parts = []
    for table in tables:
        name = f"{table['schemaname']}.{table['tablename']}"
        columns = await login.fetch(
            "select column_name, data_type from information_schema.columns where table_schema || '.' || table_name = $1", name
        )
        clear = [
            f"convert_from({c['column_name']}, 'UTF8')" if c["column_name"] == "body" else f"{c['column_name']}::text"
            for c in columns
        ]
        rows = await login.fetch(f"select concat_ws('|', {', '.join(clear)}) as line from {name}")
        parts += [row["line"] for row in rows]
    await login.close()
    return "\n".join(parts)


async def test_nothing_personal_is_stored_or_published_in_clear(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    responses = await asyncio.gather(*(desk.file(told(n), key=f"{NAMES[n]}-09123{n:05}") for n in range(20)))
    assert {response.status_code for response in responses} == {202}
    for n, response in enumerate(responses):
        code = response.json()["code"]
        await desk.send(
            "PATCH",
            f"/v1/requests/{code}",
            {"description": f"{NAMES[n]} nhắn thêm", "address": f"{NAMES[n]}", "commune_code": "00004"},
        )
    await desk.post("/v1/requests", form(category=NAMES[0], description=NAMES[1]), headers={"idempotency-key": "k"})
    stored = await everything(desk.dsn)
    assert "request.filed" in stored
    assert "request.amended" in stored
    shown = capsys.readouterr()
    for text in (stored, shown.out, shown.err):
        assert "Kanarienvogel" not in text
        assert not [n for n in range(20) if f"9123{n:05}" in text or f"0012030045{n:02}" in text]


async def test_what_the_hotline_hears_and_types_stands_nowhere_in_clear(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(6):
        phone, call = f"09123{n:05}", f"{n}-09123{n:05}"
        for event in ("ringing", "missed"):
            await desk.post("/v1/calls", {"call": call, "event": event, "from": phone}, role="adapter")
        await desk.post("/v1/callbacks", {"phone": phone}, role="adapter")
        typed = {name: value for name, value in told(n).items() if name != "channel"}
        for key, body in [(f"{NAMES[n]}.1", {"form": typed}), (f"{NAMES[n]}.2", {"form": {"requester": typed["requester"]}})]:
            assert (await desk.send("PUT", f"/v1/drafts/{key}", body)).status_code == 200
        assert (await desk.post(f"/v1/drafts/{NAMES[n]}.1/file")).status_code == 202
    for task in (await desk.send("GET", "/v1/callbacks")).json()["callbacks"]:
        await desk.post(f"/v1/callbacks/{task['id']}/take")
        await desk.post(f"/v1/callbacks/{task['id']}/done", {"outcome": "reached"})
    stored, shown = await everything(desk.dsn), capsys.readouterr()
    assert "callback.said" in stored
    assert "draft.filed" in stored
    for text in (stored, shown.out, shown.err):
        assert "Kanarienvogel" not in text
        assert not [n for n in range(6) if f"9123{n:05}" in text or f"0012030045{n:02}" in text]


async def test_card_and_id_numbers_are_not_even_in_the_boxes(desk: Desk) -> None:
    for n in range(5):
        await desk.file(told(n))
    async with desk.pool.acquire() as connection:
        rows = await connection.fetch("select key_id, details_box from requests")
        keys = await desk.vault.keys(connection, [row["key_id"] for row in rows])
    for row in rows:
        opened = keys[row["key_id"]].open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details").decode()
        assert "4111" not in opened
        assert "0012030045" not in opened
        assert "99" not in opened.split("OTP")[1][:20]
        assert "gọi 09123" in opened  # phone numbers stay readable for whoever may open the box
