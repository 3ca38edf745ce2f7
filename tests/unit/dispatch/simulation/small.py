"""A small city that a test can run through in a second."""

from dispatch.simulation.city import Size, make_city
from dispatch.simulation.demand import Day, make_demand
from dispatch.simulation.scenario import Scenario
from dispatch.simulation.terrain import Terrain
from shared.geo.communes import COMMUNES

SMALL = Size(people=800, teams=120, students=20, engineers=24)


def small_scenario(seed: int = 1, *, day: Day = Day.STRESS, requests: int = 200, days: int = 1) -> Scenario:
    """Twelve communes side by side."""
    terrain = Terrain.of(tuple(COMMUNES)[:12])
    return Scenario(seed, make_city(seed, terrain, SMALL), make_demand(seed, terrain, day, days=days, requests=requests))
