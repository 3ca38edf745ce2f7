"""How often the public doors may be used: fixed windows per phone and per address, as rows that all processes share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final
from uuid import UUID

import asyncpg

from intake import store
from intake.queries import QUERIES
from intake.settings import IntakeSettings, Limit
from intake.store import AuditNote
from shared.http.limits import TooMany
from shared.postgres.transaction import app_now, transaction
from shared.telemetry.metrics import INTAKE_REFUSED

IPV6_PREFIX: Final = 64  # what one household gets
# What is counted at a door, and refused when it is too often.
COUNTED: Final = (
    *("filing", "wrong_code", "phrase", "survey", "wish", "phrase_again", "number"),
    *("guidance", "chat", "open311", "search", "reveal", "callback"),
)
LOOK_AGAIN: Final = {
    "advice": "Mã chưa đúng. Xem lại mã trong tin nhắn của TechRescue, hoặc gọi 1022.",
    "advice_en": "No such code. Look again at the code in the message from TechRescue, or call 1022.",
}
CALL_INSTEAD: Final = {
    "advice": "Yêu cầu này chưa được nhận: số hoặc mạng này vừa gửi nhiều. Yêu cầu đã có mã vẫn đang được giúp. Gấp, gọi 1022.",
    "advice_en": "This request was not taken: many came from this number or network. Those that have a code are being helped."
    " If it cannot wait, call 1022.",
}

SEARCH_LATER: Final = {
    "advice": "Đã hỏi nhiều lần. Đợi một phút rồi hỏi tiếp, hoặc gọi 1022.",
    "advice_en": "Many questions were asked. Wait a minute and go on, or call 1022.",
}

ASK_ANOTHER: Final = {
    "advice": "Đã tra cứu quá nhiều trong một giờ. Nhờ đồng nghiệp tra giúp, hoặc báo quản trị nếu thật sự cần.",
    "advice_en": "Too much was looked up within an hour. Ask a colleague, or tell operations if it is really needed.",
}
CHAT_LATER: Final = {
    "advice": "Nhiều tin quá. Đợi một phút rồi viết tiếp, hoặc gọi 1022.",
    "advice_en": "That was a lot at once. Wait a minute and go on, or call 1022.",
}


class Limits:
    """Raises TooMany. Buckets are keyed hashes: nobody reads numbers or addresses from the table."""

    def __init__(self, pool: asyncpg.Pool, fingerprint: Callable[[str], bytes], settings: IntakeSettings) -> None:
        self._pool = pool
        self._fingerprint = fingerprint
        self._settings = settings

    async def take_filing(self, phone: str, address: str, visited_phone: str | None = None) -> None:
        """One more filing over the web, by this phone and from this address; each may make us write to somebody's phone."""
        phones = [phone] if visited_phone is None else [phone, visited_phone]
        await self._take(
            "filing",
            {
                **{self._fingerprint(f"web phone {one}"): self._settings.web_per_phone for one in phones},
                self._bucket("web address", address): self._settings.web_per_address,
            },
            CALL_INSTEAD,
        )

    async def take_wrong_code(self, address: str, connection: asyncpg.Connection | None = None, *, what: str) -> None:
        """Somebody asked for what is not there: a slip of the tongue, or a guess. A right code never comes here. `what`: they
        wanted; the audit calls whoever guesses by the hash of their address.
        In the caller's transaction where one is at hand: it has to be committed in spite of TooMany."""
        bucket = self._bucket("wrong code", address)
        if connection is None:
            async with transaction(self._pool, "intake.change") as own:
                over = await self._guessed(own, bucket, what)
        else:
            over = await self._guessed(connection, bucket, what)
        _refuse("wrong_code", over, LOOK_AGAIN)

    async def _guessed(self, connection: asyncpg.Connection, bucket: bytes, what: str) -> "Over | None":
        """What is tried beyond the limit is not noted any more, or the audit could be filled from outside."""
        over = await self._counted(connection, {bucket: self._settings.wrong_codes_per_address})
        if over is None or over.first:
            guesser, detail = UUID(bytes=bucket[:16]), {"what": what, "limited": over is not None}
            now = await app_now(connection)
            note = AuditNote(at=now, actor="public", action="guess_missed", subject=guesser, detail=detail)
            await store.note(connection, [note])
        return over

    async def take_search(self, address: str) -> None:
        """One more look into the guidance, from this address."""
        await self._take("guidance", {self._bucket("guidance", address): self._settings.searches_per_address}, SEARCH_LATER)

    async def take_open311(self, address: str) -> None:
        """One more look through the list that anybody may read."""
        await self._take("open311", {self._bucket("open311", address): self._settings.open311_per_address}, {})

    async def take_look_up(self, actor: str) -> None:
        """One more search by this token: an operator looks for somebody, a machine looks for everybody."""
        await self._take("search", {self._fingerprint(f"search {actor}"): self._settings.searches_per_token}, ASK_ANOTHER)

    async def take_reveal(self, actor: str) -> None:
        """One more number and address shown to this token."""
        await self._take("reveal", {self._fingerprint(f"reveal {actor}"): self._settings.reveals_per_token}, ASK_ANOTHER)

    async def take_chat(self, address: str) -> None:
        """One more chat begun on our page, from this address."""
        await self._take("chat", {self._bucket("chat", address): self._settings.chats_per_address}, CHAT_LATER)

    async def take_chat_message(self, chat_id: UUID, address: str) -> None:
        """One more message in this chat, and from this address."""
        buckets = {
            self._fingerprint(f"chat {chat_id}"): self._settings.messages_per_chat,
            self._bucket("chat message", address): self._settings.messages_per_address,
        }
        await self._take("chat", buckets, CHAT_LATER)

    async def take_of_request(self, what: str, request_id: UUID, connection: asyncpg.Connection | None = None) -> None:
        """One more time that somebody with the right code did this to a request. `connection`: as for a wrong code."""
        limit = self._settings.phrases_per_visit if what == "phrase" else self._settings.strangers_per_request
        buckets = {self._fingerprint(f"{what} {request_id}"): limit}
        if connection is None:
            await self._take(what, buckets, {})
        else:
            _refuse(what, await self._counted(connection, buckets))

    async def take_callback(self, account: UUID, phone: str, address: str | None, connection: asyncpg.Connection) -> None:
        """One more number, not known to be theirs, that this account wants called: counted by the number, too, and on our page,
        where every chat is another account, by the address together with filings. `connection`: as for a wrong code."""
        buckets = {
            self._fingerprint(f"callback {account}"): self._settings.called_per_account,
            self._fingerprint(f"called phone {phone}"): self._settings.web_per_phone,
        }
        if address is not None:
            buckets[self._bucket("web address", address)] = self._settings.web_per_address
        _refuse("callback", await self._counted(connection, buckets))

    def _bucket(self, what: str, address: str) -> bytes:
        return self._fingerprint(f"{what} {network_of(address)}")

    async def _take(self, what: str, buckets: dict[bytes, Limit], told: Mapping[str, str]) -> None:
        async with transaction(self._pool, "intake.change") as connection:
            over = await self._counted(connection, buckets)
        _refuse(what, over, told)

    async def _counted(self, connection: asyncpg.Connection, buckets: dict[bytes, Limit]) -> "Over | None":
        """None: it may go on."""
        now = await app_now(connection)
        seconds = [limit.seconds for limit in buckets.values()]
        rows = await connection.fetch(QUERIES["take_allowances"], list(buckets), seconds, now)
        over = [row for row in rows if row["used"] > buckets[row["bucket"]].most]
        if not over:
            return None
        wait = max(row["window_ends_at"] - now for row in over)
        return Over(wait.total_seconds(), first=any(row["used"] == buckets[row["bucket"]].most + 1 for row in over))


@dataclass(frozen=True, slots=True)
class Over:
    """Too often: until when it may not go on, and whether this was the first try beyond the limit."""

    wait_seconds: float
    first: bool


def _refuse(what: str, over: Over | None, told: Mapping[str, str] | None = None) -> None:
    if over is not None:
        INTAKE_REFUSED.labels(what).inc()
        raise TooMany(over.wait_seconds, told, first=over.first)


def network_of(address: str) -> str:
    """One IPv4 address, or the /64 that one household has: an IPv6 caller owns 2^64 addresses."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped.compressed if ip.ipv4_mapped else ip.exploded[: IPV6_PREFIX // 16 * 5 - 1]
    return ip.compressed
