"""A deployment's own Nominatim, through geopy: asked about addresses that our names leave open. Off unless an address is set.

The address leaves this system for it: it has to be the deployment's own server. Filing never waits for it.
"""

import asyncio
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import orjson
from geopy.adapters import AioHTTPAdapter
from geopy.exc import GeocoderQueryError, GeopyError
from geopy.geocoders import Nominatim

from intake.changes import Changes
from intake.forms import PlaceForm, Point
from intake.places.resolution import Resolution
from intake.places.resolver import Resolver
from intake.queries import QUERIES
from shared.errors import DependencyDown, NotFound, Refused
from shared.events.contract import Sealed
from shared.postgres.transaction import app_now, reading, transaction
from shared.rounds import Rounds
from shared.security.vault import Vault
from shared.telemetry.logs import logger

log = logger()

NOMINATIM: Final = "Nominatim"
ACTOR: Final = "geocoder"
LOOK_SECONDS: Final = 5.0
_AT_ONCE: Final = 10
_AWAY: Final = 2
_MOST_REMEMBERED: Final = 1000
_HANOI: Final = ((21.39, 105.28), (20.56, 106.03))  # what lies outside is no answer


class GeocoderAway(DependencyDown):
    """No answer in time, or a bad one; the database's being away is something else."""


class NominatimGeocoder:
    def __init__(self, url: str, seconds: float) -> None:
        self._parts = urlsplit(url)
        self._seconds = seconds

    async def find(self, address: str) -> tuple[float, float] | None:
        """None when it knows nothing. Raises GeocoderAway when it does not answer in time, or answers badly."""
        where = f"{self._parts.netloc}{self._parts.path.rstrip('/')}"
        try:
            async with (
                asyncio.timeout(self._seconds),
                Nominatim(
                    user_agent="techrescue",
                    domain=where,
                    scheme=self._parts.scheme,
                    timeout=self._seconds,
                    adapter_factory=AioHTTPAdapter,
                ) as nominatim,
            ):
                found = await nominatim.geocode(address, country_codes="vn", viewbox=_HANOI, bounded=True)
        except GeocoderQueryError:  # it does not like this address; another time neither
            return None
        except (TimeoutError, GeopyError, ValueError, KeyError, TypeError) as error:
            log.warning("intake.geocoder.failed", error=type(error).__name__)
            raise GeocoderAway(NOMINATIM) from None
        return None if found is None else (found.latitude, found.longitude)


class Geocoding(Rounds):
    """Asks about each request that waits for a place, once; for a day, if there is no answer. A point in one of the communes that
    may be meant is taken as if an operator had found it out."""

    def __init__(
        self, pool: asyncpg.Pool, vault: Vault, resolver: Resolver, geocoder: NominatimGeocoder, changes: Changes
    ) -> None:
        super().__init__(every_seconds=LOOK_SECONDS)
        self._pool = pool
        self._vault = vault
        self._resolver = resolver
        self._geocoder = geocoder
        self._changes = changes
        self._unanswered: set[UUID] = set()  # in this process: asked about after the others

    async def look(self) -> float | None:
        """One that has no answer in time waits for the others; after two in a row it is the geocoder that is away."""
        async with reading(self._pool) as connection:
            rows = await connection.fetch(QUERIES["not_geocoded"], _AT_ONCE, list(self._unanswered))
            keys = await self._vault.keys(connection, {row["key_id"] for row in rows})
        in_a_row, answered = 0, False
        for row in rows:
            key = keys.get(row["key_id"])
            if key is None or self._stopping:
                continue
            details = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details"))
            try:
                await self._ask(row, details["address"])
            except GeocoderAway:
                in_a_row += 1
                self._remember(row["id"])
                if in_a_row == _AWAY or (row is rows[-1] and not answered):
                    raise
            else:
                in_a_row, answered = 0, True
                self._unanswered.discard(row["id"])
        return 0 if len(rows) == _AT_ONCE else None

    def _remember(self, id_: UUID) -> None:
        if len(self._unanswered) >= _MOST_REMEMBERED:
            self._unanswered.clear()
        self._unanswered.add(id_)

    async def _ask(self, row: asyncpg.Record, address: str | None) -> None:
        point = None if address is None else await self._geocoder.find(address)  # out of any transaction (law 1)
        there = Resolution(None, 0.0) if point is None else self._resolver.at(*point)
        async with transaction(self._pool, "intake.change") as connection:
            await connection.execute(QUERIES["keep_hint"], row["id"], there.commune_code, await app_now(connection))
        if address is None or point is None or there.commune_code is None:
            return
        if there.commune_code not in {one.commune_code for one in self._resolver.resolve(address).candidates}:
            return
        try:
            await self._changes.locate(row["code"], PlaceForm(location=Point(lat=point[0], lon=point[1])), ACTOR)
        except (Refused, NotFound):
            log.info("intake.geocoder.late")  # a person was quicker
