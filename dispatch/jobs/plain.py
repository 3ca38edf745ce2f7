"""Event bodies as plain values that orjson writes once, for what happens a thousand times a second: jobs opened, offers made.

Validating such a body through its model again would cost five times as much. A test holds each against the models of
`shared.events.assignments`, and against what the careful way (case.py) says of the same job.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from shared.events.assignments import JobStatus, OfferKind, OfferStatus
from shared.events.contract import Role
from shared.events.registry import EventType, Topic

Plain = dict[str, Any]
# (event id, key, type, subject, version, body): what an outbox row of ours needs beside its time.
Said = tuple[UUID, str, EventType, UUID, int, bytes]

TOPIC: Final = Topic.ASSIGNMENTS.value


def written(state: Plain, *, offer: Plain | None = None, recipients: object = (), **more: object) -> bytes:
    """The body of an `AssignmentChanged`. `more`: reason, until."""
    return orjson.dumps({"job": state, "offer": offer, "recipients": recipients, **more})


def state_of(row: Mapping[str, Any]) -> Plain:
    """A `JobState`, of a job that nobody has; from a row of `lock_waiting_jobs`, whose sealed parts are JSON already."""
    return {
        "job_id": str(row["id"]),
        "request_id": str(row["request_id"]),
        "city": row["city"],
        "code": row["code"],
        "version": row["version"],
        "status": row["status"],
        "priority": row["priority"],
        "category": row["category"],
        "commune_code": row["commune_code"],
        "place": {"lat": row["lat"], "lon": row["lon"]},
        "round": row["round"],
        "visit": row["visit"],
        "details": orjson.Fragment(row["details"]),
        "resident": orjson.Fragment(row["resident"]),
        "visit_consent": row["visit_consent"],
        "company": row["company"],
        "by_call": row["by_call"],
        "escalated_to": row["escalated_to"],
        "held_seconds": row["held_seconds"],
        "responder": None,
        "outcome": row["outcome"],
        "group_id": None if row["group_id"] is None else str(row["group_id"]),
        "shared_by": row["shared_by"],
        "session_at": row["session_at"],
        "filed_at": row["filed_at"],
        "opened_at": row["opened_at"],
    }


def at_version(state: Plain, version: int, status: JobStatus) -> Plain:
    """A `JobState` a little later."""
    return {**state, "version": version, "status": status}


def pending_offer(
    *,
    offer_id: UUID,
    wave: int,
    responder_id: UUID,
    contact_point_id: UUID,
    lease_seconds: float,
    not_after: datetime,
    distance_m: int | None,
    by_phone: bool = False,
) -> Plain:
    """An `OfferState`. Ids of asyncpg are a subclass of UUID, which orjson does not know."""
    phoned: Plain = {"by_phone": True, "distance_m": None} if by_phone else {}
    return {
        "offer_id": offer_id,
        "kind": OfferKind.VISIT,
        "status": OfferStatus.PENDING,
        "wave": wave,
        "responder_id": str(responder_id),
        "contact_point_id": str(contact_point_id),
        "lease_seconds": lease_seconds,
        "not_after": not_after,
        "distance_m": distance_m,
        **phoned,
    }


def asked(row: Mapping[str, Any]) -> list[Plain]:
    """The `Recipient` of an offer, from a row of `meet_filings` or `lock_free_responders`; its sealed parts are JSON already."""
    return [
        {
            "role": Role.RESPONDER,
            "contact_point_id": str(row["contact_point_id"]),
            "address": orjson.Fragment(row["address"]),
            "name": None if row["name"] is None else orjson.Fragment(row["name"]),
            "language": row["language"],
            "channels": row["channels"],
        }
    ]
