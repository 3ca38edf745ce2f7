"""What the registered number says of a wish from elsewhere: a yes does it, a no leaves all as it is. Once, while it is open."""

from dataclasses import replace
from typing import Any

from intake.aftercare.acting import Act
from intake.aftercare.moving import moved_by, opened
from intake.aftercare.rows import SOURCE, inquiry_of, move_in, note_answer, open_inquiry
from intake.changes import PersonErased
from intake.consents import ask_of
from intake.places.placing import Placing
from intake.queries import QUERIES
from intake.request import Command, moved
from intake.stored import StoredRequest, event_of
from shared.errors import Refused
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.events.requests import Inquired
from shared.security.vault import Vault
from shared.transport.outbox import append


class WishOver(Refused):
    def __init__(self) -> None:
        super().__init__("wish_over", "the question is over, and nothing was changed; call 1022 from the registered number")


class Wished:
    def __init__(self, vault: Vault, placing: Placing) -> None:
        self._vault = vault
        self._placing = placing

    async def say(self, act: Act, request: StoredRequest, about: Inquired, *, agreed: bool) -> StoredRequest:
        """As an operator has heard it who called the number. Raises Refused."""
        row = await open_inquiry(act.connection, request, about)
        if row is None:
            raise WishOver
        return await self._done(act, request, row, about, agreed=agreed)

    async def answer(self, act: Act, request: StoredRequest, row: Any, answer: Answer) -> StoredRequest:
        """Raises Refused."""
        if row["answered_at"] is not None or row["open_until"] < act.now:
            raise WishOver
        about = Inquired.CANCEL if answer in {Answer.CALLS_OFF, Answer.KEEPS_ON} else Inquired.MOVE
        return await self._done(act, request, row, about, agreed=answer in {Answer.CALLS_OFF, Answer.MOVES})

    async def _done(self, act: Act, request: StoredRequest, row: Any, about: Inquired, *, agreed: bool) -> StoredRequest:
        if not agreed:
            return await self._denied(act, request, about)
        if about is Inquired.CANCEL:
            return await self._cancelled(act, request)
        return await self._moved(act, request, row)

    async def _denied(self, act: Act, request: StoredRequest, about: Inquired) -> StoredRequest:
        await note_answer(act.connection, request, about, _NO[about], act.now)
        inquiry = await inquiry_of(act.connection, request, about)
        event = event_of(EventType.REQUEST_INQUIRY_OVER, request, act.now, inquiry=inquiry)
        await append(act.connection, [event], source=SOURCE)
        await act.note(request, f"{about}_wish_denied")
        await act.connection.execute(QUERIES["tell_listeners"], [request.id])
        return request

    async def _cancelled(self, act: Act, request: StoredRequest) -> StoredRequest:
        after = replace(request, status=moved(request.status, Command.CANCEL), owner=None)
        await note_answer(act.connection, request, Inquired.CANCEL, Answer.CALLS_OFF, act.now)
        kind, about, ask = EventType.REQUEST_CANCELLED, Inquired.CANCEL, await ask_of(act.connection, request.id)
        return await act.publish(request, after, kind, Command.CANCEL, about, tell_resident=True, reason="cancelled", consent=ask)

    async def _moved(self, act: Act, request: StoredRequest, row: Any) -> StoredRequest:
        """What has become impossible meanwhile is refused, and the question is over all the same."""
        box = move_in(row)
        key = (await self._vault.keys(act.connection, [request.key_id])).get(request.key_id)
        if key is None:
            raise PersonErased
        if box is None or box.key_id != key.id:
            raise WishOver
        after, at, reason = moved_by(opened(box, key), request, key, self._placing)
        await note_answer(act.connection, request, Inquired.MOVE, Answer.MOVES, act.now)
        kind, about = EventType.REQUEST_AMENDED, Inquired.MOVE
        return await act.publish(request, after, kind, Command.AMEND, about, tell_resident=True, reason=reason, wanted_at=at)


_NO = {Inquired.CANCEL: Answer.KEEPS_ON, Inquired.MOVE: Answer.STAYS}
