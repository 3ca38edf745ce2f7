"""People made up so that whatever is theirs can be found again anywhere: names, numbers, texts, addresses."""

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

import asyncpg

FIRST: Final = 400_000  # their phones: +84 900 4xxxxx, which nobody of the roster has
WORD: Final = "zyxwqvuk"  # no Vietnamese word; five letters of it were met by chance in the base64 of a box, eight will not be
# A number as people write it, and as machines do; letters and digits around it mean that it is something else.
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z+/_.-])(?:\+|00)?(?:84|0)?[ .-]?900[ .-]?4\d{2}[ .-]?\d{3}(?![0-9A-Za-z+/=_-])")
# An account in a chat, which is only a number there: six digits in front that nothing else begins with.
_ACCOUNT: Final = re.compile(r"(?<![0-9A-Za-z+/_.-])735774\d{4}(?![0-9A-Za-z+/=_-])")
_WORD: Final = re.compile(WORD, re.IGNORECASE)

# Where people's data belongs: keys in `vault`; `carrier` plays the phones and the network, and is no part of the system.
NOT_SEARCHED: Final = ("vault", "carrier", "pg_catalog", "information_schema")


def canary(number: int) -> dict[str, Any]:
    """The body of a request in which every field that can hold something personal holds a canary."""
    phone = f"0900{FIRST + number}"
    return {
        "channel": "hotline",
        "requester": {"name": f"Zyxwqvuk Tên{number}", "phone": phone},
        "category": ("system_outage", "equipment")[number % 2],
        "description": f"zyxwqvuk chữ {number}, gọi {phone} hoặc +84 900 4{number:05d}",
        "location": {"lat": 20.95 + number % 30 * 0.005, "lon": 105.75 + number % 17 * 0.01},
        "address": f"Số {number} ngõ Zyxwqvuk",
        "on_behalf_of": f"Mẹ Zyxwqvuk {number}",
        "visit_consent": True,
        "contact": "call" if number % 10 == 9 else "message",
    }


def phone(number: int) -> str:
    return f"+84900{FIRST + number}"


def chat_account(number: int) -> str:
    return f"735774{number:04d}"


def mailbox(number: int) -> str:
    return f"{WORD}.{number}@example.vn"


def push_path(number: int) -> str:
    """Whoever knows the whole endpoint of a subscription may write to that browser."""
    return f"/{WORD}/{number}"


def found_in(text: str) -> list[str]:
    """What of a canary stands in this text, with a little around it, for the report."""
    hits = [*_WORD.finditer(text), *_NUMBER.finditer(text), *_ACCOUNT.finditer(text)]
    return [text[max(0, hit.start() - 60) : hit.end() + 20] for hit in hits[:3]]


async def found_in_tables(dsn: str, *, schemas: Collection[str] = ()) -> list[str]:
    """Every column of every row of every table outside NOT_SEARCHED, or of these schemas."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch(
            "select schemaname, tablename from pg_tables where schemaname = any ($1) or ($1 = '{}' and schemaname <> all ($2))",
            list(schemas),
            list(NOT_SEARCHED),
        )
        found = []
        for schema, table in tables:
            for row in await connection.fetch(f'select * from {schema}."{table}"'):
                for column, value in row.items():
                    found += [f"{schema}.{table}.{column}: {hit}" for text in texts_in(value) for hit in found_in(text)]
        return found
    finally:
        await connection.close()


def texts_in(value: Any) -> Iterator[str]:
    """Bytes as whatever they may be: text, or its hexadecimal form once more inside."""
    if isinstance(value, bytes | memoryview):
        yield bytes(value).decode("utf-8", "replace")
    elif isinstance(value, str):
        yield value
        yield from _escapes(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
    elif value is not None:
        yield str(value)


def _escapes(value: str) -> Iterator[str]:
    if "\\u" in value:  # JSON that was written in ASCII
        yield value.encode("ascii", "backslashreplace").decode("unicode_escape", "replace")
