"""A request as the board shows it: words for people, clocks with the seconds that are left, no phone number. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from intake.desk.clocks import Clock, promises
from intake.location import PlaceNote
from intake.request import LABELS_VI, PAUSED_VI, PAUSES_VI
from shared.categories import CATEGORIES
from shared.events.contract import Priority
from shared.events.requests import RequestStatus
from shared.geo.communes import COMMUNES

LOCATE: Final = "locate"
PLAIN: Final = ("code", "status", "category", "priority", "commune_code", "owner", "filed_at", "reopened", "job_id", "merged")

PLACE_NOTES_VI: Final[Mapping[str, str]] = {
    PlaceNote.COORDINATES_WON: "Vị trí trên bản đồ không thuộc xã, phường đã nêu: đã lấy theo vị trí",
    PlaceNote.FROM_ADDRESS: "Xã, phường do máy đọc từ địa chỉ",
    PlaceNote.ADDRESS_ELSEWHERE: "Địa chỉ ghi xã, phường khác với vị trí: cần hỏi lại",
}

OpenName = Callable[[Mapping[str, Any] | None], str | None]  # a sealed name; None: erased, or not for this caller


def item(row: Mapping[str, Any], open_name: OpenName, duplicates: Sequence[str] = ()) -> dict[str, Any]:
    """`row` as `board_items` gives it."""
    status, now = RequestStatus(row["status"]), row["now"]
    category = CATEGORIES.get(row["category"])
    commune = COMMUNES.by_code(row["commune_code"]) if row["commune_code"] else None
    return {
        "id": row["id"],
        **{name: row[name] for name in PLAIN},
        "label": LABELS_VI[status],
        "category_label": None if category is None else category.label_vi,
        "commune": None if commune is None else commune.name,
        "place_note": _place_note(row["place_note"]),
        "expected": row["expected_at"],
        "danger_at": row["danger_at"],
        "seconds_left": _left(row["danger_at"], now),
        "clocks": [
            {"what": clock.what, "ends_at": clock.ends_at, "seconds_left": _left(clock.ends_at, now)} for clock in clocks(row)
        ],
        "who": _who(row, open_name),
        "offers_out": row["offers_out"] or 0,
        "escalated_to": row["escalated_to"],
        "breached": row["breached"],
        "group_id": row["group_id"],
        "paused": _paused(row),
        "heard": None if row["heard_at"] is None else {"at": row["heard_at"], "what": row["heard"], "channel": row["heard_by"]},
        "calls": [{**call, "take": f"/v1/calls/{call['id']}/take"} for call in row["calls"]],
        "wishes": list(row["wishes"]),  # from elsewhere: the registered number is being asked
        "decision": None if row["job_id"] is None else f"/v1/jobs/{row['job_id']}/decision",
        "life": f"/v1/requests/{row['code']}/life",
        "duplicates": list(duplicates),
    }


def clocks(row: Mapping[str, Any]) -> list[Clock]:
    """All that run, the one that ends first in front."""
    status = RequestStatus(row["status"])
    found = promises(status, Priority(row["priority"]), row["filed_at"], row["held_seconds"])
    if status is RequestStatus.NEEDS_LOCATION and row["clock_at"] is not None:
        found.append(Clock(LOCATE, row["clock_at"]))
    for what, at in (("pause", row["paused_until"]), ("offer", row["offers_end_at"]), ("session", row["session_at"])):
        if at is not None:
            found.append(Clock(what, at))
    found += [Clock("call", datetime.fromisoformat(call["due_at"])) for call in row["calls"]]
    return sorted(found, key=lambda clock: clock.ends_at)


def _left(at: datetime | None, now: datetime) -> int | None:
    """Whole seconds; below zero: it is over by so many."""
    return None if at is None else round((at - now).total_seconds())


def _who(row: Mapping[str, Any], open_name: OpenName) -> dict[str, Any] | None:
    if row["helper_kind"] is None:
        return None
    named = {"name": open_name(row["name"]), "member": open_name(row["member"])}
    return {"kind": row["helper_kind"], **named, "unnamed": row["unnamed"], "by_phone": row["by_phone"]}


def _place_note(what: str | None) -> dict[str, Any] | None:
    return None if what is None else {"what": what, "label": PLACE_NOTES_VI.get(what, what)}


def _paused(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["pause"] is None:
        return None
    return {"reason": row["pause"], "label": PAUSES_VI.get(row["pause"], PAUSED_VI), "until": row["paused_until"]}
