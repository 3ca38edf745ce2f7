"""Who may call what: the one table of all routes. A route that is not here does not start (deny by default)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.security.tokens import Role

OPERATOR, ADAPTER, WARD_LEAD, OPS = Role.OPERATOR.value, Role.ADAPTER.value, Role.WARD_LEAD.value, Role.OPS.value


@dataclass(frozen=True, slots=True)
class Rule:
    """`roles` may call with a token; `public` also without one; `link` also with `?t=`, which the context checks itself."""

    roles: frozenset[str] = frozenset()
    public: bool = False
    link: bool = False
    callback: bool = False  # a provider calls; the context checks a secret of its own; the body is not JSON
    file_bytes: int = 0  # takes a file of at most so many bytes, in a format of its own that the context checks; 0: JSON
    loopback: bool = False  # only from this machine, and only where the embedded profile mounts it
    in_sight: bool = False  # knows whose commune a token is: an operator of one commune may call, too

    def is_for_communes(self) -> bool:
        """What anybody may call, and what a ward lead may, is no secret of the city, or looks at the ward itself."""
        return self.in_sight or self.public or WARD_LEAD in self.roles


def only(*roles: str) -> Rule:
    return Rule(roles=frozenset(roles))


def in_sight(*roles: str) -> Rule:
    return Rule(roles=frozenset(roles), in_sight=True)


def link_or(*roles: str) -> Rule:
    return Rule(roles=frozenset(roles), link=True)


ANYBODY: Final = Rule(roles=frozenset(Role), public=True)  # a token is read when there is one, and must then be good


def takes_file(most_bytes: int, *roles: str) -> Rule:
    return Rule(roles=frozenset(roles), file_bytes=most_bytes)


CALLBACK: Final = Rule(public=True, callback=True)
LOOPBACK: Final = Rule(roles=frozenset(Role), public=True, loopback=True)

# What stands in braces is free: {code} here and {request_code} in a router are the same route.
ACCESS: Final[Mapping[tuple[str, str], Rule]] = {
    # every process
    ("GET", "/"): ANYBODY,
    ("GET", "/livez"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,
    ("GET", "/openapi.json"): ANYBODY,
    # intake: the web files without a token; intake/doors.py asks for one when the body says hotline or chat
    ("POST", "/v1/requests"): ANYBODY,
    ("GET", "/v1/requests/{code}"): ANYBODY,
    ("PATCH", "/v1/requests/{code}"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/requests/{code}/cancel"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/requests/{code}/reopen"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/requests/{code}/visit-consent"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/requests/{code}/complaint"): in_sight(OPERATOR, ADAPTER),
    # after the help: the phone answers by text; an operator what they have heard, anybody with the code on the web
    ("POST", "/v1/requests/{code}/fixed"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/requests/{code}/survey"): ANYBODY,
    ("POST", "/v1/requests/{code}/confirm-number"): ANYBODY,
    # people's own data: operators who know who asks; whoever fills a form reads what they agree to
    ("GET", "/v1/privacy/consent-text"): ANYBODY,
    ("GET", "/v1/privacy/requests"): only(OPERATOR, OPS),
    ("POST", "/v1/privacy/requests"): only(OPERATOR, OPS),
    ("POST", "/v1/privacy/requests/{id}/correct"): only(OPERATOR, OPS),
    ("POST", "/v1/privacy/requests/{id}/refuse"): only(OPERATOR, OPS),
    # the registered number decides, and alone hears the phrase
    ("POST", "/v1/requests/{code}/cancel-wish"): ANYBODY,
    ("POST", "/v1/requests/{code}/move-wish"): ANYBODY,
    ("POST", "/v1/requests/{code}/wish-answer"): only(OPERATOR),
    ("POST", "/v1/requests/{code}/phrase"): only(OPERATOR),
    # whoever stands behind the door has no token; the code, three tries a visit and the address are what bounds them
    ("POST", "/v1/requests/{code}/meeting"): ANYBODY,
    ("POST", "/v1/requests/{code}/visit-check"): ANYBODY,
    ("PUT", "/v1/requests/{code}/location"): in_sight(OPERATOR),
    ("GET", "/v1/categories"): ANYBODY,
    ("GET", "/v1/categories/{key}/questions"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/suggestions"): in_sight(OPERATOR, ADAPTER),
    ("GET", "/v1/places"): in_sight(OPERATOR, ADAPTER),
    ("GET", "/v1/places/waiting"): in_sight(OPERATOR),
    # the desk: a token of one commune sees that commune's requests only (intake/desk/sight.py)
    ("GET", "/v1/board"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/board/events"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/search"): in_sight(OPERATOR),
    ("GET", "/v1/requests/{code}/life"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/requests/{code}/reveal"): in_sight(OPERATOR),
    ("POST", "/v1/requests/{code}/merge"): in_sight(OPERATOR),
    ("POST", "/v1/requests/{code}/unmerge"): in_sight(OPERATOR),
    ("GET", "/v1/messages"): in_sight(OPERATOR),
    ("GET", "/v1/guidance"): ANYBODY,
    ("GET", "/v1/guidance/{entry_id}"): ANYBODY,
    ("POST", "/v1/messages/{id}/read"): in_sight(OPERATOR),
    # the hotline: its telephone system tells of calls (what it answers over GET /v1/calls, calls to make, is notify's)
    ("POST", "/v1/calls"): only(ADAPTER),
    ("GET", "/v1/calls/figures"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/callers"): in_sight(OPERATOR),
    ("GET", "/v1/callers/{id}"): in_sight(OPERATOR),
    ("GET", "/v1/callbacks"): in_sight(OPERATOR),
    ("POST", "/v1/callbacks"): only(OPERATOR, ADAPTER),
    ("POST", "/v1/callbacks/{id}/take"): in_sight(OPERATOR),
    ("POST", "/v1/callbacks/{id}/done"): in_sight(OPERATOR),
    ("GET", "/v1/drafts"): in_sight(OPERATOR),
    ("GET", "/v1/drafts/{key}"): in_sight(OPERATOR),
    ("PUT", "/v1/drafts/{key}"): in_sight(OPERATOR),
    ("DELETE", "/v1/drafts/{key}"): in_sight(OPERATOR),
    ("POST", "/v1/drafts/{key}/file"): in_sight(OPERATOR),
    ("GET", "/v1/conversations/{id}"): in_sight(OPERATOR),
    ("POST", "/v1/conversations/{id}/say"): in_sight(OPERATOR),
    ("POST", "/v1/conversations/{id}/end"): in_sight(OPERATOR),
    # intake, the walk-in queues: a kiosk or a robot is an adapter; who has the id of a ticket holds it; an officer whose token is
    # of one commune is at its points only (intake/counter/sight.py)
    ("GET", "/v1/points"): ANYBODY,
    ("POST", "/v1/points/import"): takes_file(2_000_000, OPS),
    ("POST", "/v1/points/{id}/tickets"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/points/{id}/next"): in_sight(OPERATOR, ADAPTER),
    ("GET", "/v1/points/{id}/queue"): in_sight(OPERATOR, ADAPTER, OPS),
    ("GET", "/v1/tickets/{id}"): ANYBODY,
    ("POST", "/v1/tickets/{id}/cancel"): ANYBODY,
    ("POST", "/v1/tickets/{id}/no-show"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/tickets/{id}/done"): in_sight(OPERATOR, ADAPTER),
    ("POST", "/v1/tickets/{id}/file"): in_sight(OPERATOR, ADAPTER),
    # intake, files of requests
    ("POST", "/v1/imports"): takes_file(5_000_000, OPERATOR, OPS),
    ("GET", "/v1/imports"): only(OPERATOR, OPS),
    ("GET", "/v1/imports/{id}"): only(OPERATOR, OPS),
    ("GET", "/v1/imports/{id}/report.csv"): only(OPERATOR, OPS),
    ("GET", "/v1/imports/{id}/report.xlsx"): only(OPERATOR, OPS),
    # intake, Open311: reading is public and counted; who files sends a token of role adapter as api_key, in a form
    ("GET", "/open311/v2/discovery.{format}"): ANYBODY,
    ("GET", "/open311/v2/services.{format}"): ANYBODY,
    ("GET", "/open311/v2/services/{code}.{format}"): ANYBODY,
    ("GET", "/open311/v2/requests.{format}"): ANYBODY,
    ("POST", "/open311/v2/requests.{format}"): CALLBACK,
    ("GET", "/open311/v2/requests/{id}.{format}"): ANYBODY,
    ("GET", "/open311/v2/tokens/{id}.{format}"): ANYBODY,
    # dispatch
    ("PUT", "/v1/responders/{id}"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/responders/{id}"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/complaints"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/roster/quality"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/roster/import"): takes_file(20_000_000, OPERATOR, OPS),
    ("POST", "/v1/responders/{id}/duty"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/shifts"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/missed-shifts"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/shifts"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/openings/{id}/take"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/openings/{id}/close"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/shifts/{id}/confirm"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/shifts/{id}/decline"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/shifts/{id}/swap"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/swaps/{id}/agree"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/swaps/{id}/refuse"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/responders/{id}/members"): only(OPERATOR, WARD_LEAD, OPS),
    ("PUT", "/v1/members/{id}/presence"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/members/{id}/record"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/offers/{id}"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/offers/{id}/accept"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/offers/{id}/decline"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/member"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/en-route"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/on-scene"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/done"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/release"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/lift"): only(OPERATOR),
    ("POST", "/v1/assignments/{id}/slot"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/sos"): link_or(OPERATOR, WARD_LEAD),
    ("POST", "/v1/assignments/{id}/calm"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/offers/{id}/link"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/coverage"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/remote-results"): only(OPERATOR, WARD_LEAD, OPS),
    ("GET", "/v1/jobs/{id}/decision"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/jobs/{id}/assign"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/jobs/{id}/exclusions"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/jobs/{id}/pause"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/jobs/{id}/resume"): only(OPERATOR, WARD_LEAD),
    ("DELETE", "/v1/jobs/{id}/exclusions/{responder}"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/groups"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/groups/{id}/confirm"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/groups/{id}/split"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/groups/{id}/dismiss"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/incidents"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/incidents"): only(OPERATOR, OPS),
    ("POST", "/v1/incidents/{id}/confirm"): only(OPERATOR, OPS),
    ("POST", "/v1/incidents/{id}/dismiss"): only(OPERATOR, OPS),
    ("POST", "/v1/incidents/{id}/end"): only(OPERATOR, OPS),
    ("POST", "/v1/jobs/{id}/works"): only(OPERATOR),
    ("POST", "/v1/sessions"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/jobs/{id}/comes"): only(OPERATOR, WARD_LEAD),
    ("GET", "/v1/escalations"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/contact-points/{id}/confirm"): only(OPERATOR, WARD_LEAD),
    ("POST", "/v1/contact-points/{id}/drill"): only(OPERATOR, WARD_LEAD, OPS),
    ("PUT", "/v1/leads/{commune_code}"): only(OPERATOR, OPS),
    # notify
    ("GET", "/v1/calls"): in_sight(OPERATOR),
    ("GET", "/v1/outages"): only(OPERATOR, WARD_LEAD, OPS),
    ("POST", "/v1/calls/{id}/take"): in_sight(OPERATOR),
    ("POST", "/v1/calls/{id}/done"): in_sight(OPERATOR),
    ("POST", "/v1/accounts"): only(OPERATOR, ADAPTER),
    ("GET", "/v1/broadcasts"): only(OPERATOR, OPS),
    ("POST", "/v1/broadcasts"): only(OPERATOR, OPS),
    ("GET", "/v1/broadcasts/{id}"): only(OPERATOR, OPS),
    ("POST", "/v1/broadcasts/{id}/start"): only(OPERATOR, OPS),
    ("POST", "/v1/broadcasts/{id}/pause"): only(OPERATOR, OPS),
    ("POST", "/v1/broadcasts/{id}/resume"): only(OPERATOR, OPS),
    ("POST", "/v1/broadcasts/{id}/stop"): only(OPERATOR, OPS),
    ("POST", "/v1/missed-calls"): only(ADAPTER),
    # reports: a ward lead sees their own commune and the city's total; an edition is about all communes
    ("GET", "/v1/reports"): only(WARD_LEAD, OPS),
    ("GET", "/v1/editions"): only(OPS),
    ("POST", "/v1/editions"): only(OPS),
    ("GET", "/v1/editions/{id}"): only(OPS),
    ("GET", "/callbacks/kannel/{secret}/dlr"): CALLBACK,
    ("GET", "/callbacks/kannel/{secret}/mo"): CALLBACK,
    ("POST", "/callbacks/telegram"): CALLBACK,
    ("POST", "/callbacks/zalo"): CALLBACK,
    ("GET", "/callbacks/esms/{secret}/report"): CALLBACK,
    ("POST", "/callbacks/speedsms/{secret}"): CALLBACK,
    ("POST", "/callbacks/twilio/status"): CALLBACK,  # signed, each
    ("POST", "/callbacks/twilio/sms"): CALLBACK,
    # our page: whoever talks there has the token of that chat and no other; counted by chat and by address
    ("GET", "/chat"): ANYBODY,
    ("POST", "/v1/chat"): ANYBODY,
    ("POST", "/v1/chat/{chat_id}/messages"): ANYBODY,
    ("GET", "/v1/chat/{chat_id}/events"): ANYBODY,
    # the embedded profile
    ("GET", "/dev/messages"): LOOPBACK,
    ("POST", "/dev/replies"): LOOPBACK,
    ("POST", "/dev/missed-calls"): LOOPBACK,
    ("POST", "/dev/clock"): LOOPBACK,
}


def shape(method: str, path: str) -> tuple[str, str]:
    """The route without the names of its parameters."""
    return method, re.sub(r"\{[^}]*\}", "{}", path)


RULES: Final[Mapping[tuple[str, str], Rule]] = {shape(*route): rule for route, rule in ACCESS.items()}
