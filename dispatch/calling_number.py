"""Another hour is agreed on with whoever holds the registered number. Rings the caller from another one, that number is asked."""

from collections.abc import Callable

import asyncpg

from dispatch.jobs.case import Case
from shared.errors import Refused
from shared.phones import parse_phone
from shared.postgres.transaction import reading
from shared.security.vault import Vault

Act = Callable[[Case], None]


class FromElsewhere(Refused):
    def __init__(self) -> None:
        super().__init__("from_elsewhere", "not the registered number: POST /v1/requests/{code}/move-wish asks it")


async def if_theirs(pool: asyncpg.Pool, vault: Vault, caller_phone: str | None, act: Act) -> Act:
    """`caller_phone` None: nobody rings, or the desk has called the number. Raises Invalid; the act FromElsewhere."""
    if caller_phone is None:
        return act
    phone = parse_phone(caller_phone, "caller_phone")
    async with reading(pool) as connection:
        person = await vault.find_contact_point(connection, phone.e164)

    def checked(case: Case) -> None:
        if case.job.resident.contact_point_id != person:
            raise FromElsewhere
        act(case)

    return checked
