"""Two operators, two communes: whichever route one of them may call, a test shows that it keeps to their commune."""

import re

from shared.http.access import ACCESS, OPERATOR, WARD_LEAD
from tests.integration.dispatch.test_wards import BODIES, OF_EVERY_WARD
from tests.support.sight import ANYBODYS, AT_POINTS, ELSEWHERE, IN_WARDS, OF_REQUESTS

OF_NOBODY = {"entry_id", "format"}  # of guidance; of Open311's lists


def test_no_route_for_tokens_of_one_commune_is_forgotten() -> None:
    for_communes = {
        route
        for route, rule in ACCESS.items()
        if rule.is_for_communes() and not rule.public and rule.roles & {OPERATOR, WARD_LEAD}
    }
    shown = [set(one) for one in (OF_REQUESTS, AT_POINTS, IN_WARDS, BODIES, OF_EVERY_WARD, ELSEWHERE)]
    assert set().union(*shown) == for_communes
    assert sum(map(len, shown)) == len(for_communes), "each once"


def test_of_no_route_that_anybody_may_call_it_is_forgotten_what_another_communes_token_makes_of_it() -> None:
    about_somebody = {
        route
        for route, rule in ACCESS.items()
        if rule.public and not rule.callback and set(re.findall(r"{(\w+)}", route[1])) - OF_NOBODY
    }
    assert about_somebody - {("GET", "/open311/v2/services/{code}.{format}")} == set(ANYBODYS)
