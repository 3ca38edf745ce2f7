"""What messages cost: by route, and for each message, request and accepted job. Reads rows, decides nothing."""

from dataclasses import dataclass
from datetime import timedelta

from services.audit.reading import QUERIES, snapshot
from shared.postgres.pool import open_connection


@dataclass(frozen=True, slots=True)
class RouteCost:
    carrier: str
    channel: str
    attempts: int
    vnd: int


@dataclass(frozen=True, slots=True)
class Today:
    """Of the running day in Hanoi; `commune_code`: the one whose messages have cost most. A budget of 0 is none."""

    vnd: int
    budget_vnd: int
    commune_code: str | None
    commune_vnd: int
    commune_budget_vnd: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Of the last `days`. A share is None where there was nothing to share among."""

    days: int
    vnd: int
    messages: int
    requests: int
    accepted_jobs: int
    vnd_per_message: float | None
    vnd_per_request: float | None
    vnd_per_accepted_job: float | None
    routes: list[RouteCost]
    today: Today


async def read_costs(dsn: str, days: int, *, budget_vnd: int = 0, commune_budget_vnd: int = 0) -> Costs:
    async with open_connection(dsn, schema="auditor") as connection, snapshot(connection, "notify"):
        back = timedelta(days=days)
        routes = [RouteCost(**dict(row)) for row in await connection.fetch(QUERIES["costs_of_routes"], back)]
        (shares,) = await connection.fetch(QUERIES["cost_shares"], back)
        (today,) = await connection.fetch(QUERIES["cost_today"])
    vnd = shares["vnd"]
    return Costs(
        days=days,
        vnd=vnd,
        messages=shares["messages"],
        requests=shares["requests"],
        accepted_jobs=shares["accepted"],
        vnd_per_message=_share(vnd, shares["messages"]),
        vnd_per_request=_share(vnd, shares["requests"]),
        vnd_per_accepted_job=_share(vnd, shares["accepted"]),
        routes=routes,
        today=Today(**dict(today), budget_vnd=budget_vnd, commune_budget_vnd=commune_budget_vnd),
    )


def _share(vnd: int, among: int) -> float | None:
    return round(vnd / among, 1) if among else None
