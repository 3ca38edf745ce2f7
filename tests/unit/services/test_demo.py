"""The demonstration's people: everywhere, able, on shift, and nobody's real number."""

import re

from dispatch.jobs.escalation import Level
from services.demo import CITY_DESK, responders, seats
from shared.categories import CATEGORIES
from shared.events.assignments import ResponderKind
from shared.geo.communes import COMMUNES
from shared.phones import parse_phone

EVERYBODY = [named for number, commune in enumerate(COMMUNES) for named in responders(number, commune)]
LEADS = [seat for number, commune in enumerate(COMMUNES) for seat in seats(number, commune)]


def test_every_commune_has_a_team_a_volunteer_a_lead_and_a_deputy() -> None:
    assert len(COMMUNES) == 126
    for commune in COMMUNES:
        assert {n.entry.kind for n in EVERYBODY if n.entry.commune_code == commune.code} == {
            ResponderKind.TEAM,
            ResponderKind.VOLUNTEER,
        }
        assert {seat.level for seat in LEADS if seat.commune_code == commune.code} == {Level.WARD_LEAD, Level.DEPUTY}


def test_a_team_can_help_with_everything_and_works_round_the_clock() -> None:
    for named in EVERYBODY:
        assert named.entry.confirmed
        assert named.entry.shifts == "always"
        if named.entry.kind == ResponderKind.TEAM:
            assert all(set(category.skills) <= set(named.entry.skills) for category in CATEGORIES.values())
            assert (named.entry.capacity, named.entry.members) == (3, ()), "three at a time, and nobody to name"


def test_numbers_are_distinct_and_of_the_demonstrations_own_range() -> None:
    numbers = [CITY_DESK, *(named.entry.phone for named in EVERYBODY), *(seat.phone for seat in LEADS)]
    assert len(set(numbers)) == len(numbers) == 126 * 4 + 1
    assert all(re.fullmatch(r"\+849000\d{5}", number) for number in numbers)
    assert all(parse_phone(number).kind == "mobile" for number in numbers)


def test_names_say_what_somebody_does_not_who_they_are() -> None:
    assert EVERYBODY[0].entry.name.startswith("Tổ 1 ")
    assert all(re.match(r"(Tổ 1|Tình nguyện viên) (Phường|Xã) ", named.entry.name) for named in EVERYBODY)
