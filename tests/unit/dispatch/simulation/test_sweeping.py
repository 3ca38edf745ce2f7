"""Fairness turned up: the work is shared more evenly, people travel further, and one point of the curve is ours."""

from dispatch.matching.policy import Policy
from dispatch.simulation.sweeping import WEIGHTS, sweep
from tests.unit.dispatch.simulation.small import small_scenario


def test_more_fairness_costs_travel_and_one_point_is_the_default() -> None:
    names: list[str] = []

    def told(name: str) -> object:
        names.append(name)
        return lambda _: None

    points = list(sweep(small_scenario(requests=250), told))  # type: ignore[arg-type]
    assert [point.minutes for point in points] == [round(weight * Policy().today_minutes, 3) for weight in WEIGHTS]
    assert [point.minutes for point in points if point.is_default] == [Policy().today_minutes]
    assert points[-1].gini < points[0].gini
    assert points[-1].travel > points[0].travel
    assert names[0] == "nearest"
    assert len(names) == len(points) + 1
