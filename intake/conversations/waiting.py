"""What happens when a conversation has rested long enough. The handler runs in the transaction that takes the timer away."""

from collections.abc import Callable

import asyncpg

from intake.conversations.conversation import Stage
from intake.conversations.rows import TIMER, Ledger, loaded
from intake.conversations.silence import silent
from intake.conversations.sitting import ACTOR, settle
from intake.queries import QUERIES
from intake.store import AuditNote
from shared.postgres.transaction import app_now
from shared.security.vault import Vault
from shared.timers import Timer


class Waiting:
    """`handlers` goes to the TimerLoop."""

    def __init__(self, vault: Vault, wake: Callable[[], None]) -> None:
        self._vault = vault
        self._wake = wake
        self.handlers = {TIMER: self.due}

    async def due(self, connection: asyncpg.Connection, timer: Timer) -> None:
        """Whoever has written meanwhile made another version."""
        row = await connection.fetchrow(QUERIES["lock_talk"], timer.subject)
        if row is None or row["version"] != timer.guard or row["wake_at"] is None:
            return
        key = (await self._vault.keys(connection, [row["key_id"]])).get(row["key_id"])
        if key is None:
            return  # erased
        now, ledger, talk = await app_now(connection), Ledger(), loaded(row, key)
        await settle(connection, ledger, talk, silent(talk.state, now), now)
        if talk.state.stage is Stage.WITH_PERSON:
            detail = {"reminder": talk.state.reminders + 1}
            ledger.notes.append(
                AuditNote(at=now, actor=ACTOR, action="still_waits_for_a_person", subject=talk.state.id, detail=detail)
            )
        await ledger.save(connection)
        self._wake()
