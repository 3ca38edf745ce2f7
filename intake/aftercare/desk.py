"""Is it fixed, and how was it? As an operator has heard it, or reads it from paper, or as somebody with the code types it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from intake import store
from intake.aftercare.acting import Act
from intake.aftercare.forms import SurveyForm, WishAnswer
from intake.aftercare.hearing import Aftercare
from intake.aftercare.rows import Mark
from intake.changes import PersonErased
from intake.limits import Limits
from intake.stored import StoredRequest
from intake.tries import Tries
from shared.events.requests import Inquired
from shared.masking import mask_message
from shared.postgres.transaction import app_now, transaction
from shared.security.codes import normalise_code
from shared.security.tokens import PUBLIC, Caller
from shared.security.vault import Vault


class AftercareDesk:
    """One per process; `wake` tells the relay that there is something to publish."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        aftercare: Aftercare,
        limits: Limits,
        wake: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._tries = Tries(pool, limits)
        self._wake = wake
        self._aftercare = aftercare

    async def fixed(self, code: str, *, fixed: bool, who: Caller) -> StoredRequest:
        """Raises NotFound, Refused."""
        async with self._opened(normalise_code(code), who) as (act, request):
            done = await (self._aftercare.confirm if fixed else self._aftercare.reopen)(act, request)
        self._wake()
        return done

    async def wish(self, code: str, form: WishAnswer, who: Caller) -> StoredRequest:
        """What the registered number says of a wish from elsewhere. Raises NotFound, Refused."""
        async with self._opened(normalise_code(code), who) as (act, request):
            done = await self._aftercare.wished.say(act, request, Inquired(form.about), agreed=form.agreed)
        self._wake()
        return done

    async def survey(self, code: str, form: SurveyForm, who: Caller, address: str | None) -> dict[str, Any]:
        """`address` None: somebody we know. Raises NotFound, TooMany, Refused."""
        async with self._tries.of("survey", code, who.name, address) as known, self._opened(known, who) as (act, request):
            await self._rate(act, request, form, "web" if who == PUBLIC else "paper")
        self._wake()
        return {"code": known, "score": form.score}

    async def _rate(self, act: Act, request: StoredRequest, form: SurveyForm, door: str) -> None:
        key = (await self._vault.keys(act.connection, [request.key_id])).get(request.key_id)
        if key is None:
            raise PersonErased
        why = None if form.why is None else key.box(mask_message(form.why).encode(), purpose="text")
        mark = Mark(score=form.score, why_box=why, key_id=request.key_id, door=door, said_at=act.now)
        await self._aftercare.rate(act, request, mark)

    @asynccontextmanager
    async def _opened(self, code: str, who: Caller) -> AsyncIterator[tuple[Act, StoredRequest]]:
        async with transaction(self._pool, "intake.change") as connection:
            request = await store.lock(connection, code)
            if not request.details_box:
                raise PersonErased
            yield Act(connection=connection, actor=who.name, now=await app_now(connection)), request
