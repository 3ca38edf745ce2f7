"""Which routes a token of one commune may call, and where a test shows that each keeps to that commune.

`tests/architecture/test_sight.py` holds these lists against the access table: a new route has to be in one of them.
"""

from typing import Any, Final

Route = tuple[str, str]

# Of intake, about a request of another commune or its person, with a body that is good.
OF_REQUESTS: Final[dict[Route, Any]] = {
    ("PATCH", "/v1/requests/{code}"): {"description": "đổi"},
    ("POST", "/v1/requests/{code}/cancel"): None,
    ("POST", "/v1/requests/{code}/reopen"): None,
    ("POST", "/v1/requests/{code}/visit-consent"): {"agreed": True},
    ("POST", "/v1/requests/{code}/complaint"): {"reason": "late"},
    ("POST", "/v1/requests/{code}/fixed"): {"fixed": False},
    ("PUT", "/v1/requests/{code}/location"): {"address": "12 Kim Mã"},
    ("GET", "/v1/places/waiting"): None,
    ("GET", "/v1/board"): None,
    ("GET", "/v1/search"): None,
    ("GET", "/v1/requests/{code}/life"): None,
    ("POST", "/v1/requests/{code}/reveal"): {"reason": "call_back"},
    ("POST", "/v1/requests/{code}/merge"): {"into": "{other}"},
    ("POST", "/v1/requests/{code}/unmerge"): None,
    ("GET", "/v1/messages"): None,
    ("POST", "/v1/messages/{id}/read"): None,
    ("GET", "/v1/callers"): None,
    ("GET", "/v1/callers/{id}"): None,
    ("GET", "/v1/callbacks"): None,
    ("POST", "/v1/callbacks/{id}/take"): None,
    ("POST", "/v1/callbacks/{id}/done"): {"outcome": "reached"},
}
# Of intake, at a service point of another commune.
AT_POINTS: Final[dict[Route, Any]] = {
    ("POST", "/v1/points/{id}/tickets"): {},
    ("POST", "/v1/points/{id}/next"): {"desk": "1"},
    ("GET", "/v1/points/{id}/queue"): None,
    ("POST", "/v1/tickets/{id}/no-show"): None,
    ("POST", "/v1/tickets/{id}/done"): None,
    ("POST", "/v1/tickets/{id}/file"): {"requester": {"name": "An", "phone": "0987 654 321"}, "description": "Không in được"},
}
# What anybody may call who has a code or an id, by what a token of another commune makes of it.
ANYBODYS: Final[dict[Route, str]] = {
    **dict.fromkeys(
        [
            ("GET", "/v1/requests/{code}"),
            ("POST", "/v1/requests/{code}/meeting"),
            ("POST", "/v1/requests/{code}/visit-check"),
            ("POST", "/v1/requests/{code}/cancel-wish"),
            ("POST", "/v1/requests/{code}/move-wish"),
        ],
        "what anybody hears, and it counts as theirs does: tests/integration/intake/test_tries.py, test_desk_sight.py",
    ),
    **dict.fromkeys(
        [("POST", "/v1/requests/{code}/survey"), ("POST", "/v1/requests/{code}/confirm-number")],
        "nothing, as it would count for more than a stranger's: tests/integration/intake/test_two_communes.py",
    ),
    **dict.fromkeys([("GET", "/v1/tickets/{id}"), ("POST", "/v1/tickets/{id}/cancel")], "who has its id holds the ticket"),
    **dict.fromkeys(
        [("POST", "/v1/chat/{chat_id}/messages"), ("GET", "/v1/chat/{chat_id}/events")], "a chat has a token of its own"
    ),
    **dict.fromkeys(
        [("GET", "/open311/v2/requests/{id}.{format}"), ("GET", "/open311/v2/tokens/{id}.{format}")],
        "public facts: tests/integration/intake/test_open311.py",
    ),
}
# Of dispatch, read: what an address asks for beside the id.
IN_WARDS: Final[dict[Route, str]] = {
    ("GET", "/v1/responders/{id}"): "",
    ("GET", "/v1/complaints"): "?commune={commune}",
    ("GET", "/v1/roster/quality"): "?commune={commune}",
    ("GET", "/v1/shifts"): "?commune={commune}&days=3",
    ("GET", "/v1/missed-shifts"): "?commune={commune}",
    ("GET", "/v1/responders/{id}/members"): "",
    ("GET", "/v1/members/{id}/record"): "",
    ("GET", "/v1/offers/{id}"): "",
    ("GET", "/v1/jobs/{id}/decision"): "",
    ("GET", "/v1/groups"): "",
    ("GET", "/v1/escalations"): "",
}
# Written through in dispatch: tests/integration/dispatch/test_wards.py, by a table of its own.
# And what names neither a person nor a request, or has a test of its own.
ELSEWHERE: Final[dict[Route, str]] = {
    ("GET", "/v1/board/events"): "an endless stream: tests/integration/intake/test_desk_events.py",
    ("GET", "/v1/calls/figures"): "counts",
    ("GET", "/v1/coverage"): "counts of who is there, by hour",
    ("GET", "/v1/remote-results"): "counts",
    ("GET", "/v1/incidents"): "of the whole city; no request in it",
    ("GET", "/v1/outages"): "of providers",
    ("GET", "/v1/categories/{key}/questions"): "of kinds of trouble, of nobody",
    ("POST", "/v1/suggestions"): "of a text that is kept nowhere",
    ("GET", "/v1/places"): "of a text that is kept nowhere",
    **dict.fromkeys(
        [
            ("GET", "/v1/drafts"),
            ("GET", "/v1/drafts/{key}"),
            ("PUT", "/v1/drafts/{key}"),
            ("DELETE", "/v1/drafts/{key}"),
            ("POST", "/v1/drafts/{key}/file"),
        ],
        "each operator has their own: tests/integration/intake/test_drafts.py",
    ),
    **dict.fromkeys(
        [("GET", "/v1/conversations/{id}"), ("POST", "/v1/conversations/{id}/say"), ("POST", "/v1/conversations/{id}/end")],
        "tests/integration/intake/test_handed_over.py",
    ),
    **dict.fromkeys(
        [("GET", "/v1/calls"), ("POST", "/v1/calls/{id}/take"), ("POST", "/v1/calls/{id}/done")],
        "tests/integration/notify/test_calls.py",
    ),
    ("GET", "/v1/reports"): "counts; which commune: tests/integration/notify/test_reports_api.py",
}
