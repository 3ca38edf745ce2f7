"""The members of teams that answer: read under their team's lock, opened only when somebody said a name. No rules here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import asyncpg

from dispatch.docket import QUERIES, Docket
from dispatch.jobs.going import Naming, Teammate, told_apart, which_two, who_goes
from dispatch.rows import sealed_of
from shared.events.contract import Sealed
from shared.security.sealing import DataKey
from shared.security.vault import Vault

PURPOSE: Final = "name"
UNREADABLE: Final = "?"  # fits nobody

# What somebody said of who goes: sealed, as it came by message; plain, as an operator or a link sent it; None: nothing.
Said = Sealed | str | None


async def namings(docket: Docket, vault: Vault | None, said: Mapping[UUID, tuple[UUID, Said]]) -> dict[UUID, Naming]:
    """Whatever id → what it says of the offer beside it: who goes. Of teams with members; of others there is nothing to say.

    `vault` None: no name can be read, so that nobody is named by one.
    """
    teams = {id_: (team, name) for id_, (offer_id, name) in said.items() if (team := _team_of(docket, offer_id)) is not None}
    if not teams:
        return {}
    rows = await docket.connection.fetch(QUERIES["teammates"], sorted({team for team, _ in teams.values()}))
    keys = await _keys(docket.connection, vault, rows, [name for _, name in teams.values()])
    people: dict[UUID, list[Teammate]] = {}
    for row in rows:
        people.setdefault(row["responder_id"], []).append(_teammate(row, keys))
    two = {id_ for id_ in teams if _two_go(docket, said[id_][0])}
    return {id_: _naming(_opened(name, keys), people.get(team, []), keys, two=id_ in two) for id_, (team, name) in teams.items()}


def _two_go(docket: Docket, offer_id: UUID) -> bool:
    known = docket.find_offer(offer_id)
    return known is not None and known[0].needs_two


async def roll(
    connection: asyncpg.Connection, vault: Vault, teams: Sequence[UUID], said: Sealed
) -> tuple[str, list[Teammate], Mapping[UUID, DataKey]]:
    """What was said, everybody of these teams by name, and the keys. The teams are locked by the caller."""
    rows = await connection.fetch(QUERIES["teammates"], list(teams))
    keys = await _keys(connection, vault, rows, [said])
    return _opened(said, keys) or UNREADABLE, [_teammate(row, keys) for row in rows], keys


def _team_of(docket: Docket, offer_id: UUID) -> UUID | None:
    known = docket.find_offer(offer_id)
    responder = docket.parties.responders.get(known[1].responder_id) if known and known[1].responder_id else None
    return responder.id if responder is not None and responder.present_members is not None else None


def _naming(name: str | None, people: Sequence[Teammate], keys: Mapping[UUID, DataKey], *, two: bool) -> Naming:
    found = (which_two if two else who_goes)(name, people)
    labels = zip(found.several, told_apart(found.several), strict=True)
    choices = tuple(keys[one.box.key_id].seal(label.encode(), purpose=PURPOSE) for one, label in labels)
    return Naming(found.person, found.want, choices, found.partner)


async def _keys(
    connection: asyncpg.Connection, vault: Vault | None, rows: Sequence[Any], said: Sequence[Said]
) -> dict[UUID, DataKey]:
    """None are asked for when nobody said a name: who is alone needs no comparing."""
    spoken = [one for one in said if one is not None]
    if vault is None or not spoken:
        return {}
    boxes = [one for one in spoken if isinstance(one, Sealed)] + [Sealed.model_validate(row["name"]) for row in rows]
    return await vault.keys(connection, {box.key_id for box in boxes})


def _opened(said: Said, keys: Mapping[UUID, DataKey]) -> str | None:
    if not isinstance(said, Sealed):
        return said
    key = keys.get(said.key_id)
    return UNREADABLE if key is None else key.open(said, purpose=PURPOSE).decode()


def _teammate(row: Any, keys: Mapping[UUID, DataKey]) -> Teammate:
    box = sealed_of(row["name"])
    assert box is not None  # noqa: S101 - the column is not null
    key = keys.get(box.key_id)
    one = Teammate(
        id=row["id"],
        team_id=row["responder_id"],
        external_id=row["external_id"],
        box=box,
        vetted=row["vetted"],
        present=row["present"],
    )
    return one if key is None else replace(one, name=key.open(box, purpose=PURPOSE).decode())
