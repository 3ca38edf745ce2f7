"""A city and its requests from one seed: the same for every policy that is tried on them."""

from collections.abc import Callable
from dataclasses import dataclass

from dispatch.simulation.asking import Asking
from dispatch.simulation.city import City, Size, make_city
from dispatch.simulation.demand import Day, Demand, make_demand
from dispatch.simulation.luck import Luck
from dispatch.simulation.run import Run
from dispatch.simulation.tally import Tally
from dispatch.simulation.terrain import Terrain


@dataclass(frozen=True, slots=True)
class Scenario:
    seed: int
    city: City
    demand: Demand

    @classmethod
    def of(cls, seed: int, day: Day, *, days: int = 1) -> "Scenario":
        """The whole city."""
        terrain = Terrain.of_city()
        return cls(seed, make_city(seed, terrain, Size()), make_demand(seed, terrain, day, days=days))

    def under(self, asking: Asking, told: Callable[[float], None] = lambda _: None) -> Tally:
        run = Run(self.city, self.demand, Luck(self.seed), asking)
        run.play(told)
        return Tally(run, self.city)
