"""The door for accounts that cannot write to us: a browser that wants pushes, a mailbox. HTTP and one use case.

The proof is the same as in a chat: the code that "LIEN KET" has brought to the number. Whoever calls has a token: the front of
a page, or an operator.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import asyncpg
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from notify.accounts.binding import hear
from notify.accounts.rows import look
from notify.channels.port import Carrier, Choosy, InboundText
from notify.channels.push_address import Subscription
from shared.errors import Invalid, Refused
from shared.events.contract import ChannelKind
from shared.http.body import JsonBody
from shared.postgres.transaction import transaction
from shared.security.vault import Vault

NAME: Final = "door"  # the provider of a text that came in here
MOST_WRONG: Final = 50  # codes an hour and process: behind one token stand all visitors of a page, and each has new addresses
HOUR_SECONDS: Final = 3600.0


class AccountForm(BaseModel):
    """One of the two, as a browser or a person gives it."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[0-9]{6}$")
    web_push: Subscription | None = None
    email: str | None = Field(None, max_length=254)

    def account(self) -> tuple[ChannelKind, str]:
        """Always written the same way: it is found again by its letters."""
        if (self.web_push is None) == (self.email is None):
            raise Invalid("web_push", "either this or email")
        if self.web_push is not None:
            return ChannelKind.WEB_PUSH, self.web_push.written()
        name, _, domain = (self.email or "").rpartition("@")
        return ChannelKind.EMAIL, f"{name}@{domain.lower()}"


FORM: Final = JsonBody(AccountForm)


class AccountDoor:
    def __init__(
        self, pool: asyncpg.Pool, vault: Vault, city: str, carriers: Sequence[Carrier], *, wake: Callable[[], None]
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._city = city
        self._carriers = carriers
        self._wake = wake
        self._wrong: deque[float] = deque()

    async def bind(self, code: str, channel: ChannelKind, address: str) -> None:
        """The same again is the same. Raises Refused, Invalid: nobody would ever write to this address."""
        self._check_address(channel, address)
        if self._wrong_lately() >= MOST_WRONG:
            raise Refused("too_many_codes", "try again in an hour, or link the account by SMS and chat")
        known = self._vault.blind_index(f"account door:{code}:{channel}:{address}").hex()
        text = InboundText(carrier=NAME, id=known, sender=address, text=code, channel=channel)
        wrong, tried_at = False, time.monotonic()
        self._wrong.append(tried_at)  # before anything is waited for: else as many as come at once have all been let in
        try:
            async with transaction(self._pool, "notify.inbound") as connection:
                heard = await hear(connection, self._vault, text, self._city, await look(connection, self._vault, text))
            wrong = not heard.bound
        finally:
            if not wrong:
                self._wrong.remove(tried_at)
        if wrong:
            raise Refused("wrong_code", "text LIEN KET by SMS for a new code")
        if not heard.repeated:
            self._wake()

    def _check_address(self, channel: ChannelKind, address: str) -> None:
        serving = [carrier for carrier in self._carriers if carrier.abilities.channel is channel]
        if not serving:
            raise Refused("no_such_channel", "this deployment has no provider for it")
        if not any(isinstance(carrier, Choosy) and carrier.takes(address) for carrier in serving):
            raise Invalid(channel.value, "must be an address that we may write to")

    def _wrong_lately(self) -> int:
        while self._wrong and self._wrong[0] < time.monotonic() - HOUR_SECONDS:
            self._wrong.popleft()
        return len(self._wrong)


def accounts_router(door: AccountDoor) -> APIRouter:
    routes = APIRouter(tags=["accounts"])

    @routes.post("/v1/accounts", openapi_extra=FORM.schema())
    async def link_account(request: Request) -> dict[str, Any]:
        """Whose code it was is told over the number and the account, and not here."""
        form = FORM.parse(request)
        channel, address = form.account()
        await door.bind(form.code, channel, address)
        return {"channel": channel, "linked": True}

    return routes
