"""The one table of routes and roles."""

from shared.http.access import ACCESS, RULES, shape
from shared.security.tokens import Role


def test_two_entries_are_never_the_same_route() -> None:
    assert len(RULES) == len(ACCESS)


def test_only_known_roles_are_named() -> None:
    for route, rule in ACCESS.items():
        assert rule.roles <= set(Role), route
        assert rule.roles or rule.public, f"{route} could be called by nobody"


def test_what_changes_something_is_public_only_where_it_is_meant_to_be() -> None:
    public = {route for route, rule in ACCESS.items() if rule.public and route[0] != "GET"}
    assert public == {
        ("POST", "/v1/requests"),
        ("POST", "/v1/requests/{code}/visit-check"),
        ("POST", "/v1/requests/{code}/meeting"),
        ("POST", "/v1/requests/{code}/confirm-number"),  # whoever got the number's code
        ("POST", "/v1/requests/{code}/survey"),
        ("POST", "/v1/requests/{code}/cancel-wish"),  # done only after a yes from the registered number
        ("POST", "/v1/requests/{code}/move-wish"),  # same
        ("POST", "/v1/chat"),
        ("POST", "/v1/chat/{chat_id}/messages"),  # checks the chat's own token
        ("POST", "/v1/tickets/{id}/cancel"),  # by whoever holds it
        ("POST", "/open311/v2/requests.{format}"),  # checks the api_key in the form
        ("POST", "/callbacks/speedsms/{secret}"),
        ("POST", "/callbacks/twilio/status"),
        ("POST", "/callbacks/twilio/sms"),
        ("POST", "/callbacks/telegram"),  # each checks a proof of its own
        ("POST", "/callbacks/zalo"),
        ("POST", "/dev/replies"),
        ("POST", "/dev/missed-calls"),
        ("POST", "/dev/clock"),
    }


def test_dev_routes_are_for_this_machine_only() -> None:
    assert {route for route, rule in ACCESS.items() if rule.loopback} == {
        route for route in ACCESS if route[1].startswith("/dev/")
    }


def test_a_tapped_link_may_only_look_and_answer() -> None:
    assert {path.split("/")[2] for (_, path), rule in ACCESS.items() if rule.link} == {"offers", "assignments"}


def test_the_names_of_parameters_do_not_matter() -> None:
    assert shape("GET", "/v1/requests/{code}") == shape("GET", "/v1/requests/{request_code}") != shape("GET", "/v1/requests")
