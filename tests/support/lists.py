"""Lists of requests as offices keep them, good and evil, and where they are handed in."""

import io
import unicodedata
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import orjson
from openpyxl import Workbook

from intake.imports.importing import Importing
from intake.imports.routes import CSV_TYPE, imports_router
from intake.imports.watching import IMPORT_TIMERS
from intake.reception import Reception
from shared.events.contract import Sealed
from shared.http.app import build_app
from shared.security.tokens import Tokens
from shared.timers import TimerLoop
from tests.integration.intake.conftest import Desk, open_desk

HEADER = "Họ và tên,Số điện thoại,Loại việc,Nội dung,Địa chỉ,Phường/xã,Đối tượng,Ngày"
ROWS = (
    "Nguyễn Thị Bình,912345678,vneid_login,Không vào được VNeID,Số 5 ngõ 2,Phường Hoàn Kiếm,người cao tuổi|khuyết tật,02/03/2026",
    "Trần Văn An,0987 654 321,Không đăng nhập được VNeID,Quên mật khẩu,,00004,,2026-03-01",
    'Lê Thị Cúc,="0912000111",equipment,"Máy in hỏng,\nkhông in được",,hoàn kiếm,,',
)
GOOD = "\n".join((HEADER, *ROWS)) + "\n"


@dataclass
class Post:
    """Where files are handed in."""

    desk: Desk
    client: httpx.AsyncClient
    timers: TimerLoop

    async def send(self, data: bytes | str, kind: str = CSV_TYPE, *, role: str = "ops", check: bool = False) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.desk.tokens[role]}", "content-type": kind}
        content = data.encode() if isinstance(data, str) else data
        return await self.client.post("/v1/imports", content=content, headers=headers, params={"check": "true"} if check else {})

    async def loaded(self, data: bytes | str, kind: str = CSV_TYPE) -> dict[str, Any]:
        answer = await self.send(data, kind)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(f"/v1/imports{path}", headers={"authorization": f"Bearer {self.desk.tokens['operator']}"})

    async def details(self) -> list[dict[str, Any]]:
        """What was said, opened, in the order of the rows."""
        rows = await self.desk.rows("select key_id, details_box from requests order by id")
        async with self.desk.pool.acquire() as connection:
            keys = await self.desk.vault.keys(connection, [row["key_id"] for row in rows])
        opened = [keys[row["key_id"]].open(sealed(row), purpose="details") for row in rows]
        return [orjson.loads(one) for one in opened]


def sealed(row: Any) -> Sealed:
    return Sealed(key_id=row["key_id"], box=row["details_box"])


@asynccontextmanager
async def open_post(dsn: str) -> AsyncIterator[Post]:
    async with open_desk(dsn) as desk:
        doing = Importing(desk.pool, desk.vault, Reception(desk.vault.fingerprint), desk.filer)
        app = build_app([imports_router(doing)], tokens=Tokens(desk.pool))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            await desk.pool.execute("delete from timers where kind = 'sweep'")
            yield Post(desk, client, TimerLoop(desk.pool, "intake.timer", IMPORT_TIMERS))


def book(rows: Iterable[Iterable[Any]]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def stuffed(parts: int, each: int, letters: bytes) -> bytes:
    """A good book with so many more parts, each of so many bytes of these letters over and over."""
    data = io.BytesIO(book([["name", "phone", "category", "description"], ["An", "0912345678", "equipment", "x"]]))
    with ZipFile(data, "a", ZIP_DEFLATED) as archive:
        for number in range(parts):
            archive.writestr(f"xl/media/{number}.bin", (letters * (each // len(letters) + 1))[:each])
    return data.getvalue()


def bomb(name: str = "xl/worksheets/sheet1.xml") -> bytes:
    data = io.BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, b"<a/>" * 20_000_000)
    return data.getvalue()


def declaring() -> bytes:
    good = io.BytesIO(book([["name", "phone", "category", "description"]]))
    made = io.BytesIO()
    with ZipFile(good) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]>' + body
            new.writestr(name, body)
    return made.getvalue()


def far_away() -> bytes:
    """One row that says it is the last there could be."""
    good = io.BytesIO(book([["name", "phone", "category", "description"], ["An", "0912345678", "equipment", "x"]]))
    made = io.BytesIO()
    with ZipFile(good) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body.replace(b'<row r="2"', b'<row r="999999999"').replace(b'r="A2"', b'r="A999999999"'))
    return made.getvalue()


TONES = "\u0300\u0301\u0303\u0309\u0323"


def as_1258(letter: str) -> str:
    """As Windows-1258 has it: the letter with its shape, then its tone, unless both are one of its own letters."""
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = next(part for part in parts if part in TONES)
        return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone
    return letter
