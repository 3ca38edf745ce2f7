"""Two operators, two communes: whichever route one of them may call, a test shows that it keeps to their commune."""

from shared.http.access import ACCESS, OPERATOR, WARD_LEAD
from tests.integration.dispatch.test_wards import BODIES, OF_EVERY_WARD
from tests.support.sight import AT_POINTS, ELSEWHERE, IN_WARDS, OF_REQUESTS


def test_no_route_for_tokens_of_one_commune_is_forgotten() -> None:
    for_communes = {
        route
        for route, rule in ACCESS.items()
        if rule.is_for_communes() and not rule.public and rule.roles & {OPERATOR, WARD_LEAD}
    }
    shown = [set(one) for one in (OF_REQUESTS, AT_POINTS, IN_WARDS, BODIES, OF_EVERY_WARD, ELSEWHERE)]
    assert set().union(*shown) == for_communes
    assert sum(map(len, shown)) == len(for_communes), "each once"
