"""The story of a call to the hotline: it rings in vain, is returned, and what is typed while talking becomes a request."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from services.story import Call, Line, Story

HOA: Final = Call(
    "hotline",
    "operator",
    "Cô Hoa",
    "system_outage",
    "Điểm hỗ trợ ở nhà văn hóa không vào được hệ thống, các cụ đang đợi xác nhận lương hưu",
    21.0345,
    105.8142,
)
BEFORE: Final = "(a call)"  # stands where the code will: there is no request yet


class HotlineStory(Story):
    """The telephone system and the operator; then the helpers, as in every story."""

    calls = (HOA,)

    async def _begin(self) -> AsyncIterator[Line]:
        phone = f"0900{secrets.randbelow(900_000) + 100_000:06d}"  # the demonstration's range
        call = secrets.token_hex(8)
        await self._tells(call, "ringing", phone)
        shown = await self._asks("GET", "/v1/callers")
        yield self._line(BEFORE, "caller", f"{HOA.who} rings the hotline; {len(shown['calls'])} wait(s) or talk(s)")
        await self._tells(call, "missed", phone)
        task = await self._callback(phone)
        yield self._line(
            BEFORE, "system", f"nobody took it: to be called back by {task['due_at'][11:16]} UTC, owner {task['owner']}"
        )
        await asyncio.sleep(self._pace)
        taken = await self._asks("POST", f"/v1/callbacks/{task['id']}/take")
        yield self._line(BEFORE, "caller", f"an operator takes it, sees the number …{taken['phone'][-4:]}, and calls")
        async for line in self._types(phone):
            yield line
        await self._asks("POST", f"/v1/callbacks/{task['id']}/done", json={"outcome": "reached"})
        yield self._line(BEFORE, "system", "the callback is over: reached")

    async def _types(self, phone: str) -> AsyncIterator[Line]:
        """Half a form at first; what is missing is named; whole, it becomes a request."""
        draft = f"/v1/drafts/{secrets.token_hex(8)}"
        half = {"requester": {"phone": phone}, "description": f"{HOA.words}. Có cụ đọc mã OTP 482913"}
        kept = await self._asks("PUT", draft, json={"form": half})
        yield self._line(
            BEFORE, "caller", "the operator types; the code that was read out is not kept", kept["form"]["description"]
        )
        whole = {
            "requester": {"name": HOA.who, "phone": phone},
            "category": HOA.category,
            "description": HOA.words,
            "location": {"lat": HOA.lat, "lon": HOA.lon},
            "visit_consent": True,
            "someone_present": True,
        }
        await self._asks("PUT", draft, json={"version": kept["version"], "form": whole})
        await asyncio.sleep(self._pace)
        yield self._accepted(HOA, await self._asks("POST", f"{draft}/file"))

    async def _tells(self, call: str, event: str, phone: str) -> None:
        """As a telephone system does."""
        headers = {"Authorization": f"Bearer {self._tokens['adapter']}"}
        await self._ask("POST", "/v1/calls", json={"call": call, "event": event, "from": phone}, headers=headers)

    async def _callback(self, phone: str) -> Mapping[str, Any]:
        waiting = await self._asks("GET", "/v1/callbacks")
        found: Mapping[str, Any] = next(one for one in waiting["callbacks"] if one["phone"] == f"{phone[:4]}***{phone[-3:]}")
        return found

    async def _asks(self, method: str, path: str, **options: Any) -> Any:
        """As an operator does."""
        return await self._ask(method, path, headers={"Authorization": f"Bearer {self._tokens['operator']}"}, **options)


STORY: Final = HotlineStory
