"""What somebody wants who texts "DOI 27 LAN" or "GIAO CA": which shift, which colleague, and what stands against it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, SOURCE
from dispatch.jobs.going import VOCATIVES
from dispatch.jobs.naming import Known, NotFoundByName, whom
from dispatch.rows import sealed_of
from dispatch.shifts.shift import DAY, HORIZON_DAYS, LOCAL, moment_of
from dispatch.shifts.shift_answers import shift_of
from dispatch.shifts.shift_news import swap_news
from dispatch.shifts.swapping import CannotSwap, Rule
from dispatch.shifts.swaps import Wish, want
from shared.errors import NotFound
from shared.events.contract import Sealed
from shared.events.envelope import Event
from shared.events.shifts import SwapSaid, SwapStage
from shared.postgres.transaction import app_now
from shared.security.vault import Vault
from shared.transport.outbox import append

NEXT: Final = HORIZON_DAYS * DAY  # so far ahead "the next one" is looked for


async def take_swap_wish(connection: asyncpg.Connection, event: Event, vault: Vault) -> None:
    """By message. What cannot be is told, with the rule; from a phone that belongs to nobody of ours it changes nothing."""
    assert isinstance(event.body, SwapSaid)  # noqa: S101 - the registry says so
    said = event.body
    rows = await connection.fetch(QUERIES["responders_of_phone"], said.contact_point_id)
    people = [row["id"] for row in rows]
    if not people:
        return
    giver_id = people[0]
    try:
        shift = await _shift(connection, said, people)
        giver_id = shift["responder_id"]
        wish = await _wish(connection, said, shift, vault)
        await want(connection, wish)
    except CannotSwap as refusal:
        await _tell_why_not(connection, giver_id, said, refusal.rule)
    except NotFound:  # a list took it away meanwhile
        await _tell_why_not(connection, giver_id, said, Rule.NO_SHIFT)


async def _wish(connection: asyncpg.Connection, said: SwapSaid, shift: Any, vault: Vault) -> Wish:
    """Raises CannotSwap."""
    named = await _colleague(connection, said.name, shift["responder_id"], vault) if said.name else None
    back = None
    if said.return_day is not None:
        ahead = await _on(connection, [named], said.return_day) if named else []
        if len(ahead) != 1:
            raise CannotSwap(Rule.NO_RETURN if not ahead else Rule.SEVERAL_SHIFTS)
        back = ahead[0]["id"]
    return Wish(shift["id"], named, back, releases=said.releases)


async def _shift(connection: asyncpg.Connection, said: SwapSaid, people: Sequence[UUID]) -> Any:
    """Of what this phone may speak of. Raises CannotSwap."""
    now = await app_now(connection)
    if said.ask_id is not None:
        ask = await connection.fetchrow(QUERIES["shift_ask"], said.ask_id, said.contact_point_id)
        found = [await connection.fetchrow(QUERIES["shift"], await shift_of(connection, ask))] if ask else []
        found = [one for one in found if one is not None]
    elif said.take_over:
        found = _the_first(await connection.fetch(QUERIES["running_shifts_of"], list(people), now))
    elif said.day is not None:
        found = await _on(connection, people, said.day)
    else:
        found = _the_first(await connection.fetch(QUERIES["standing_shifts_of"], list(people), now, now + NEXT))
    if len(found) > 1:
        raise CannotSwap(Rule.SEVERAL_SHIFTS)
    if not found:
        raise CannotSwap(Rule.NO_SHIFT)
    return found[0]


def _the_first(rows: Sequence[Any]) -> list[Any]:
    """Of one person; of several behind one phone nobody knows whose is meant."""
    return list(rows[:1] if len({row["responder_id"] for row in rows}) == 1 else rows)


async def _on(connection: asyncpg.Connection, people: Sequence[UUID], day: date) -> list[Any]:
    """Shifts that begin on this local day."""
    first, last = moment_of(day, time(), LOCAL), moment_of(day + timedelta(days=1), time(), LOCAL)
    return list(await connection.fetch(QUERIES["standing_shifts_of"], list(people), first, last))


async def _colleague(connection: asyncpg.Connection, box: Sealed, giver_id: UUID, vault: Vault) -> UUID:
    """By name or by what the roster calls them. Raises CannotSwap."""
    giver: Any = await connection.fetchrow(QUERIES["commune_of_responder"], giver_id)
    rows = await connection.fetch(QUERIES["names_in_commune"], giver["city"], giver["commune_code"])
    sealed = [sealed_of(row["name"]) for row in rows]
    keys = await vault.keys(connection, {one.key_id for one in (box, *sealed) if one is not None})

    def opened(one: Sealed | None) -> str | None:
        key = keys.get(one.key_id) if one is not None else None
        return None if one is None or key is None else key.open(one, purpose="name").decode()

    typed = opened(box)
    known = [Known(row["id"], row["external_id"], opened(one)) for row, one in zip(rows, sealed, strict=True)]
    if typed is None:
        raise CannotSwap(Rule.UNKNOWN_NAME)
    found = whom(typed, known)
    first, _, rest = typed.partition(" ")
    if found is NotFoundByName.UNKNOWN and rest and first.lower() in VOCATIVES:
        found = whom(rest, known)
    if isinstance(found, NotFoundByName):
        raise CannotSwap(Rule(found))
    return found


async def _tell_why_not(connection: asyncpg.Connection, giver_id: UUID, said: SwapSaid, rule: Rule) -> None:
    giver = await connection.fetchrow(QUERIES["lock_person"], giver_id)
    now: datetime = await app_now(connection)
    news = swap_news(giver, SwapStage.IMPOSSIBLE, now, take_over=said.take_over, reason=rule)
    await append(connection, [news], source=SOURCE)
