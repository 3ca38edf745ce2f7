"""The made-up city has the published numbers, and its days the published requests."""

from datetime import date

import numpy as np
import pytest

from dispatch.simulation.city import ROUND_THE_CLOCK, STUDENT_HOURS, Size, make_city
from dispatch.simulation.crowd import TEXT_LIMITS
from dispatch.simulation.demand import HOURS, KINDS, STORM_SECONDS, Day, make_demand
from dispatch.simulation.terrain import Terrain
from notify.sending.throttle import Limits
from shared.categories import CATEGORIES, SKILLS
from shared.events.assignments import ResponderKind
from shared.geo.communes import COMMUNES


def test_the_city_has_the_published_size() -> None:
    city = make_city(1, Terrain.of_city(), Size())
    assert len(city.terrain) == 126
    assert len(city.of_kind(ResponderKind.TEAM)) == 5_000
    assert Size().people == 30_000
    assert set(SKILLS) == {skill for skills in city.skills for skill in skills}


def test_every_commune_has_somebody_awake_for_visits_and_for_outages() -> None:
    city = make_city(1, Terrain.of_city(), Size())
    always = [person for person, hours in enumerate(city.hours) if hours is ROUND_THE_CLOCK]
    for kind in (ResponderKind.TEAM, ResponderKind.ENGINEER):
        assert {int(city.commune[person]) for person in always if city.kinds[person] is kind} == set(range(126))


def test_people_live_in_the_commune_they_belong_to_or_next_to_it() -> None:
    city = make_city(1, Terrain.of_city(), Size())
    nearest = [COMMUNES.nearest(lat, lon).code for lat, lon in zip(city.lat[:500], city.lon[:500], strict=True)]
    own = [city.terrain.codes[place] for place in city.commune[:500]]
    assert sum(one == other for one, other in zip(nearest, own, strict=True)) > 350


@pytest.mark.parametrize(("day", "count"), [(Day.BASE, 379), (Day.STRESS, 14_700), (Day.STORM, 30_000)])
def test_a_day_has_the_published_requests(day: Day, count: int) -> None:
    demand = make_demand(1, Terrain.of_city(), day)
    assert len(demand) == count
    assert demand.filed_at.min() >= demand.starts_at
    assert demand.filed_at.max() < demand.ends_at
    assert (np.diff(demand.filed_at) >= 0).all()


def test_a_storm_is_ten_minutes_in_one_commune() -> None:
    storm = make_demand(1, Terrain.of_city(), Day.STORM)
    assert len(set(storm.commune.tolist())) == 1
    assert np.ptp(storm.filed_at) <= STORM_SECONDS


def test_a_week_has_seven_such_days() -> None:
    week = make_demand(1, Terrain.of_city(), Day.BASE, days=7)
    days = ((week.filed_at - week.starts_at) // 86_400).astype(int)
    assert np.bincount(days).tolist() == [379] * 7


def test_more_people_leave_the_requests_as_they_were() -> None:
    terrain = Terrain.of_city()
    before = make_demand(3, terrain, Day.BASE)
    make_city(3, terrain, Size(teams=10, students=1, engineers=2, people=60))
    assert (make_demand(3, terrain, Day.BASE).filed_at == before.filed_at).all()


def test_every_kind_of_trouble_can_come() -> None:
    assert set(KINDS) == set(CATEGORIES)
    assert len(HOURS) == 24


def test_students_change_between_morning_and_afternoon_from_week_to_week() -> None:
    for _, hours in STUDENT_HOURS:
        day = next(date(2026, 3, number) for number in range(2, 8) if hours.on(date(2026, 3, number)))
        first, second = hours.on(day), hours.on(date.fromordinal(day.toordinal() + 7))
        assert first != second
        assert hours.on(date.fromordinal(day.toordinal() + 14)) == first


def test_phones_are_left_alone_as_notify_leaves_them_alone() -> None:
    assert tuple((count, window.total_seconds()) for count, window in Limits().windows) == TEXT_LIMITS
