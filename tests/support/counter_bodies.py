"""Good bodies for the routes of walk-in queues, and a ticket that exists."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.support.town import Town

COUNTER_BODIES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/points/{id}/tickets"): {
        "category": "printer",
        "need": "Máy in hỏng",
        "priority": "elderly",
        "phone": "0900712345",
        "language": "vi",
    },
    ("POST", "/v1/points/{id}/next"): {"desk": "2A"},
    ("POST", "/v1/tickets/{id}/file"): {
        "requester": {"name": "Cô Hoa", "phone": "0900712345"},
        "description": "Máy in hỏng",
        "category": "equipment",
        "location": {"lat": 21.035, "lon": 105.814},
    },
}


def draw_ticket(town: Town, point: str = "00004", **form: Any) -> str:
    """Its id."""
    headers = {**town.token("adapter"), "Idempotency-Key": uuid4().hex}
    answer = town.http.post(f"/v1/points/{point}/tickets", json=form, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
