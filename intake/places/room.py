"""The room of places, put together: what reads addresses, its routes and its loop. Wiring only."""

from dataclasses import dataclass

import asyncpg
from fastapi import APIRouter

from intake.changes import Changes
from intake.location import CommuneMap
from intake.places.areas import AreaCommunes, read_areas
from intake.places.asking import Places
from intake.places.gazetteer import read_gazetteer
from intake.places.geocoding import Geocoding, NominatimGeocoder
from intake.places.placing import Placing
from intake.places.resolver import Resolver, load_resolver
from intake.places.routes import places_router
from intake.places.settings import PlaceSettings
from intake.places.waiting import Waiting
from shared.geo.communes import COMMUNES
from shared.lifecycle import Loop
from shared.security.vault import Vault


@dataclass(frozen=True, slots=True)
class PlacesRoom:
    resolver: Resolver
    placing: Placing
    settings: PlaceSettings

    def router(self, pool: asyncpg.Pool, vault: Vault) -> APIRouter:
        places = Places(self.resolver, read_gazetteer(), self._geocoder())
        return places_router(places, Waiting(pool, vault, self.resolver))

    def loops(self, pool: asyncpg.Pool, vault: Vault, changes: Changes) -> list[Loop]:
        geocoder = self._geocoder()
        return [] if geocoder is None else [Geocoding(pool, vault, self.resolver, geocoder, changes)]

    def _geocoder(self) -> NominatimGeocoder | None:
        url = self.settings.nominatim_url
        return None if url is None else NominatimGeocoder(url, self.settings.nominatim_seconds)


def open_places(settings: PlaceSettings) -> PlacesRoom:
    """Raises Misconfigured for a deployment's file that does not fit."""
    resolver = load_resolver(settings.file, settings.areas_file)
    communes: CommuneMap = COMMUNES
    if settings.areas_file is not None:
        communes = AreaCommunes(COMMUNES, read_areas(settings.areas_file, COMMUNES))
    return PlacesRoom(resolver, Placing(resolver, communes), settings)
