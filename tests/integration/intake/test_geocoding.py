"""A deployment's own Nominatim: asked about what our names leave open, once, and never in the way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from intake.changes import Changes
from intake.deadlines import SWEEP, Deadlines
from intake.places.asking import Places
from intake.places.gazetteer import read_gazetteer
from intake.places.geocoding import Geocoding, NominatimGeocoder
from intake.places.placing import Placing
from intake.places.resolver import load_resolver
from intake.reception import find_priority
from intake.settings import IntakeSettings
from shared.errors import DependencyDown
from shared.ids import uuid7
from shared.postgres.transaction import transaction
from shared.timers import Timer
from tests.integration.intake.conftest import Desk
from tests.support.provider import HTML, Provider, a_provider, never_answers, nobody, says

SPLIT = "phường Thành Công, quận Ba Đình"
GIANG_VO, O_CHO_DUA, CUA_NAM = "00025", "00190", "00082"


def found(lat: float, lon: float) -> list[dict[str, Any]]:
    """One place, as Nominatim's `/search?format=json` tells it."""
    box = [str(lat - 0.001), str(lat + 0.001), str(lon - 0.001), str(lon + 0.001)]
    return [
        {
            "place_id": 229_817_431,
            "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
            "osm_type": "way",
            "osm_id": 9_656_730,
            "lat": str(lat),
            "lon": str(lon),
            "class": "highway",
            "type": "residential",
            "importance": 0.0533,
            "display_name": "Phố Thành Công, Hà Nội, Việt Nam",
            "boundingbox": box,
        }
    ]


@pytest.fixture
async def nominatim() -> AsyncIterator[Provider]:
    async with a_provider(says(found(21.0243, 105.826))) as provider:
        yield provider


def geocoding(desk: Desk, url: str) -> Geocoding:
    resolver = load_resolver()
    changes = Changes(desk.pool, desk.vault, placing=Placing(resolver), sort=find_priority, wake=lambda: None)
    return Geocoding(desk.pool, desk.vault, resolver, NominatimGeocoder(url, 0.5), changes)


async def requests(desk: Desk) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await desk.rows("select status, commune_code from requests order by id")]


async def test_a_point_in_one_of_the_communes_that_may_be_meant_locates(desk: Desk, nominatim: Provider) -> None:
    await desk.filed(location=None, address=SPLIT)
    await geocoding(desk, nominatim.url).look()
    assert await requests(desk) == [("filed", O_CHO_DUA)]
    (event,) = await desk.events("request.located")
    assert event["request"]["place"] == {"lat": 21.024, "lon": 105.826}
    (note,) = await desk.rows("select actor from audit where action = 'locate'")
    assert note["actor"] == "geocoder"
    (asked,) = nominatim.asked
    query = parse_qs(urlsplit(asked.path).query)
    assert urlsplit(asked.path).path == "/search"
    assert (query["q"], query["bounded"], query["countrycodes"]) == ([SPLIT], ["1"], ["vn"])


async def test_a_point_elsewhere_is_only_a_hint_to_whoever_asks(desk: Desk, nominatim: Provider) -> None:
    nominatim.will(says(found(21.0207, 105.8501)))
    await desk.filed(location=None, address=SPLIT)
    watch = geocoding(desk, nominatim.url)
    await watch.look()
    await watch.look()
    assert await requests(desk) == [("needs_location", None)]
    (waiting,) = (await desk.send("GET", "/v1/places/waiting")).json()["requests"]
    assert waiting["place"]["hint"] == CUA_NAM
    assert len(nominatim.asked) == 1


async def test_a_hint_is_forgotten_once_the_place_is_known(desk: Desk, nominatim: Provider) -> None:
    nominatim.will(says(found(21.0207, 105.8501)))
    known, open_ = [(await desk.filed(location=None, address=SPLIT))["code"] for _ in range(2)]
    await geocoding(desk, nominatim.url).look()
    await desk.send("PUT", f"/v1/requests/{known}/location", {"commune_code": GIANG_VO})
    sweep = Timer(kind=SWEEP, subject=uuid7(), due_at=datetime.now(UTC))
    async with transaction(desk.pool, "intake.timer") as connection:
        await Deadlines(IntakeSettings(), desk.vault).sweep(connection, sweep)
    rows = await desk.rows("select code from place_hints join requests on requests.id = request_id")
    assert [row["code"] for row in rows] == [open_]


async def test_what_it_does_not_know_is_not_asked_again(desk: Desk, nominatim: Provider) -> None:
    nominatim.will(says([]))
    await desk.filed(location=None, address=SPLIT)
    watch = geocoding(desk, nominatim.url)
    await watch.look()
    await watch.look()
    assert len(nominatim.asked) == 1
    assert await requests(desk) == [("needs_location", None)]


@pytest.mark.parametrize("act", [never_answers, says({"error": "x"}, 500), says(HTML), says([{"lat": "north"}])])
async def test_one_that_is_ill_is_asked_again_and_stops_nobody(desk: Desk, nominatim: Provider, act: Any) -> None:
    nominatim.will(act)
    await desk.filed(location=None, address=SPLIT)
    watch = geocoding(desk, nominatim.url)
    with pytest.raises(DependencyDown):
        await watch.look()
    assert await requests(desk) == [("needs_location", None)]
    nominatim.will(says(found(21.0243, 105.826)))
    await watch.look()
    assert await requests(desk) == [("filed", O_CHO_DUA)]


async def test_one_address_on_which_it_hangs_waits_for_the_others_and_is_asked_again(desk: Desk, nominatim: Provider) -> None:
    nominatim.will(never_answers, says(found(21.0243, 105.826)))
    for _ in range(3):
        await desk.filed(location=None, address=SPLIT)
    watch = geocoding(desk, nominatim.url)
    await watch.look()
    assert await requests(desk) == [("needs_location", None), ("filed", O_CHO_DUA), ("filed", O_CHO_DUA)]
    await watch.look()
    assert await requests(desk) == [("filed", O_CHO_DUA)] * 3


async def test_two_at_the_front_of_the_queue_do_not_stop_the_others_for_good(desk: Desk, nominatim: Provider) -> None:
    nominatim.will(never_answers, never_answers, says(found(21.0243, 105.826)), never_answers)
    for _ in range(3):
        await desk.filed(location=None, address=SPLIT)
    watch = geocoding(desk, nominatim.url)
    for _ in range(2):
        with pytest.raises(DependencyDown):
            await watch.look()
    waits = ("needs_location", None)
    assert await requests(desk) == [waits, waits, ("filed", O_CHO_DUA)], "the third was asked first"


async def test_who_looks_an_address_up_has_the_point_or_else_the_question(nominatim: Provider) -> None:
    asks = Places(load_resolver(), read_gazetteer(), NominatimGeocoder(nominatim.url, 0.5))
    decided = await asks.resolve(SPLIT)
    assert (decided.commune_code, decided.point) == (O_CHO_DUA, (21.0243, 105.826))
    nominatim.will(says(found(21.0207, 105.8501)))
    beside = await asks.resolve(SPLIT)
    assert beside.commune_code is None
    assert {candidate.commune_code for candidate in beside.candidates} == {GIANG_VO, O_CHO_DUA, CUA_NAM}
    alone = Places(load_resolver(), read_gazetteer(), NominatimGeocoder(nobody(), 0.5))
    assert await alone.resolve(SPLIT) == load_resolver().resolve(SPLIT)


async def test_an_address_that_is_clear_goes_to_nobody(nominatim: Provider) -> None:
    asks = Places(load_resolver(), read_gazetteer(), NominatimGeocoder(nominatim.url, 0.5))
    assert (await asks.resolve("phường Cửa Nam, Hà Nội")).commune_code == CUA_NAM
    assert nominatim.asked == []
