"""The story of a service point: numbers, priority, a call by text, and a ticket that becomes a request."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from services.stories.stage import StoryFailed
from services.story import POLL_SECONDS, Call, Line, Story

HANH: Final = Call(
    "kiosk", "adapter", "Bà Hạnh", "system_outage", "Máy ở nhà văn hóa không vào được mạng, các cụ đang đợi", 21.0285, 105.8542
)
POINT: Final = "00070"  # of the demonstration: its commune's
KIOSK: Final = "(a number)"  # stands where the code will: there is no request yet


class KioskStory(Story):
    """The kiosk and the desk; then the helpers, as in every story."""

    calls = (HANH,)

    async def _begin(self) -> AsyncIterator[Line]:
        phone = f"+84900{secrets.randbelow(900_000) + 100_000:06d}"  # the demonstration's range
        first = await self._draws({"need": "Hỏi hồ sơ khai sinh"})
        yield self._line(KIOSK, "caller", f"somebody draws number {first['number']}", self._printed(first))
        hers = await self._draws({"need": HANH.words, "priority": "elderly", "phone": phone})
        yield self._line(
            KIOSK, "caller", f"{HANH.who} draws number {hers['number']}, goes first, and sits down", self._printed(hers)
        )
        await asyncio.sleep(self._pace)
        called = await self._until_called(hers["id"])
        yield self._line(KIOSK, "system", "the desk calls the next one: the elderly go first", called["text"]["vi"])
        yield self._line(KIOSK, "system", f"and a text goes to {HANH.who}", await self._text_to(phone))
        answer = await self._desk(f"/v1/tickets/{hers['id']}/file", self._form(phone))
        yield self._accepted(HANH, answer)
        yield self._line(answer["code"], "system", "the desk prints", f"{answer['text']['vi']} / {answer['text']['en']}")
        await self._desk(f"/v1/tickets/{hers['id']}/done")
        await self._desk(f"/v1/tickets/{first['id']}/cancel")

    async def _until_called(self, ticket_id: str) -> Mapping[str, Any]:
        """Whoever an earlier story has left waiting is served before her."""
        desk = f"D{secrets.token_hex(4)}"
        while True:
            self._check_time()
            ticket: Mapping[str, Any] | None = (await self._desk(f"/v1/points/{POINT}/next", {"desk": desk}))["ticket"]
            if ticket is None:
                raise StoryFailed("nobody waits at the service point, though a number was drawn")
            if ticket["id"] == ticket_id:
                return ticket
            await self._desk(f"/v1/tickets/{ticket['id']}/done")

    async def _text_to(self, phone: str) -> str:
        while True:
            self._check_time()
            for message in await self._messages():
                if message["to"] == phone and message["kind"] == "ticket_called":
                    return str(message["text"])
            await asyncio.sleep(POLL_SECONDS)

    async def _draws(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._tokens['adapter']}", "Idempotency-Key": secrets.token_hex(16)}
        drawn: Mapping[str, Any] = await self._ask("POST", f"/v1/points/{POINT}/tickets", json=form, headers=headers)
        return drawn

    async def _desk(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens['operator']}"}
        return await self._ask("POST", path, json=body, headers=headers)

    @staticmethod
    def _form(phone: str) -> dict[str, Any]:
        return {
            "requester": {"name": HANH.who, "phone": phone},
            "category": HANH.category,
            "description": HANH.words,
            "location": {"lat": HANH.lat, "lon": HANH.lon},
            "visit_consent": True,
            "someone_present": True,
        }

    @staticmethod
    def _printed(ticket: Mapping[str, Any]) -> str:
        return f"{ticket['text']['vi']} / {ticket['text']['en']}"


STORY: Final = KioskStory
