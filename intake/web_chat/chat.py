"""The use cases of the web chat: begin one, say something. What is answered the conversation machine decides."""

from collections.abc import Callable
from typing import Any, Final, Protocol
from uuid import UUID

from intake.limits import Limits
from intake.web_chat.forms import ChatMessage
from intake.web_chat.sessions import Session, Sessions
from shared.errors import NotFound
from shared.events.conversations import TalkChannel
from shared.telemetry.metrics_intake import CHAT_MESSAGES, CHAT_SESSIONS

A_PLACE: Final = "Vị trí / location"  # what they are shown to have said
WARNING: Final = {
    "vi": "Chúng tôi không bao giờ hỏi mã OTP, mật khẩu hay tiền. Cần gấp: gọi 1022.",
    "en": "We never ask for an OTP, a password or money. In a hurry: call 1022.",
}
LATER: Final = {  # a person has it, or nothing is to be said
    "vi": "Đã nhận tin. Nếu có trả lời, tin sẽ hiện trong cuộc trò chuyện này.",
    "en": "Heard. Whatever is answered comes with the events of this chat.",
}


class Talks(Protocol):
    """intake/conversations, as this door uses it."""

    async def hear(
        self,
        key: str,
        channel: TalkChannel,
        text: str,
        message_id: str,
        *,
        point: tuple[float, float] | None = None,
        address: str | None = None,
    ) -> list[str]: ...


class WebChat:
    """`heard` is called when there is something new to read."""

    def __init__(self, sessions: Sessions, talks: Talks, limits: Limits, heard: Callable[[], None]) -> None:
        self._sessions = sessions
        self._talks = talks
        self._limits = limits
        self._heard = heard

    async def start(self, address: str) -> dict[str, Any]:
        """Raises TooMany, DependencyDown. The token is said here and never again."""
        await self._limits.take_chat(address)
        opened = await self._sessions.open()
        CHAT_SESSIONS.inc()
        session = opened.session
        return {"id": session.id, "token": opened.token, "expires_at": session.expires_at, "warning": WARNING}

    async def enter(self, session_id: UUID, token: str, address: str) -> Session:
        """Raises NotFound, ChatExpired, TooMany: who tries tokens is counted."""
        try:
            return await self._sessions.find(session_id, token)
        except NotFound:
            await self._limits.take_wrong_code(address, what="chat")
            raise

    async def hear(self, session_id: UUID, token: str, message: ChatMessage, address: str) -> list[str]:
        """What is said to it. The same message again changes nothing and has the same answer."""
        session = await self.enter(session_id, token, address)
        await self._limits.take_chat_message(session.id, address)
        point = None if message.location is None else (message.location.lat, message.location.lon)
        text = A_PLACE if message.text is None else message.text
        said = await self._talks.hear(str(session.id), TalkChannel.WEB, text, message.id, point=point, address=address)
        await self._sessions.prolong(session.id)
        CHAT_MESSAGES.inc()
        self._heard()
        return said
