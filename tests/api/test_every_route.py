"""Whatever is sent to whichever route: no answer of ours is a 5xx, and every answer is one that /openapi.json tells of."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from math import ceil
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance, unsupported_method

from shared.http.access import ACCESS, RULES, shape
from tests.support.databases import a_home
from tests.support.town import Town

REQUESTS: Final = int(os.environ.get("API_REQUESTS", "20000"))  # in all, at least
ROLES: Final = ("operator", "ops", "adapter", "ward_lead")  # the first of these that may call does
LEFT_OUT: Final = frozenset({
    ("POST", "/dev/clock"),  # for stories: a date that nobody has would only make everything too late
    ("GET", "/v1/board/events"),  # a stream of events has no end to wait for
    ("GET", "/v1/chat/{chat_id}/events"),
    ("GET", "/"),  # pages for people, and the document itself, which does not tell of them
    ("GET", "/chat"),
    ("GET", "/openapi.json"),
})  # fmt: skip
# What the document cannot say: that a phone is not one of ours, a place lies elsewhere, a code is unknown.
NOT_ASKED: Final = [positive_data_acceptance, unsupported_method]
# Of a parameter that an address holds twice the last counts: no model sees that there were two.
NOT_ASKED_OF_ADDRESSES: Final = [*NOT_ASKED, negative_data_rejection]
MORE: Final = 1.05  # some routes have nothing new to send before their share is over
ROUTES: Final = sorted(ACCESS.keys() - LEFT_OUT, key=lambda route: route[::-1])

pytestmark = pytest.mark.api

sent_requests: list[int] = []  # the status of each answer


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    town = Town(a_home()).start()
    yield town
    town.close()


@pytest.fixture(scope="module")
def told(town: Town) -> dict[Any, Any]:
    """What the document tells of, by its shape: the names in braces are each router's own."""
    found = schemathesis.openapi.from_url(f"{town.http.base_url}/openapi.json").get_all_operations()
    return {shape(route.method.upper(), route.path): route for route in (result.ok() for result in found)}


@pytest.fixture(scope="module")
def plan(told: dict[Any, Any]) -> settings:
    """How often a route is asked: one without any input once, the others as often as makes REQUESTS."""
    asked = sum(1 for route in ROUTES if shape(*route) in told and _has_input(told[shape(*route)]))
    return settings(
        max_examples=ceil(REQUESTS * MORE / asked),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_input_breaks_a_route(told: dict[Any, Any], plan: settings, town: Town, method: str, path: str) -> None:
    rule, route = RULES[shape(method, path)], told.get(shape(method, path))
    if route is None and rule.callback:
        pytest.skip("comes with a provider that the demonstration has not")  # and cannot: it would call somebody outside
    assert route is not None, "answers, and openapi.json does not tell of it"
    role = next((role for role in ROLES if role in rule.roles), None)
    lenient = NOT_ASKED_OF_ADDRESSES if method == "GET" else NOT_ASKED
    headers = {} if role is None else town.token(role)

    @plan
    @given(_inputs(route))
    def sent(case: Any) -> None:
        response = case.call(headers=headers, timeout=20)
        sent_requests.append(response.status_code)
        too_long = response.status_code == 413  # a refusal that the check does not know as one
        case.validate_response(response, excluded_checks=NOT_ASKED_OF_ADDRESSES if too_long else lenient)

    sent()


def test_that_were_as_many_as_we_say() -> None:
    """The last of this file: what makes the requests up may give up early, and says nothing then."""
    sys.stdout.write(f"{len(sent_requests)} requests, answers: {sorted(Counter(sent_requests).items())}\n")
    assert len(sent_requests) >= REQUESTS
    assert max(sent_requests) < 500


def _inputs(route: Any) -> st.SearchStrategy[Any]:
    """As the document says they are, and in every second case one thing that is not."""
    well = route.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not _has_input(route):
        return well  # type: ignore[no-any-return]
    return st.one_of(well, route.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def _has_input(route: Any) -> bool:
    return bool(route.body or list(route.iter_parameters()))
