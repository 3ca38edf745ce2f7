"""A request as anybody may see it over Open311: coarse, without a word that a person has said or written. Pure."""

from datetime import datetime
from typing import Any, Final

from intake.request import LABELS_VI, LIVE
from shared.calendar import OFFICE_HOURS
from shared.categories import CATEGORIES
from shared.events.requests import RequestStatus
from shared.geo.communes import COMMUNES

DECIMALS: Final = 2  # of a degree, about a kilometre: a list of who needs help where leads to nobody's door
AGENCY: Final = "TechRescue, 1022"


def shown(row: Any) -> dict[str, Any]:
    """`row` as read_open311 gives it. That a visit was stopped for somebody's safety is nobody else's business."""
    category = CATEGORIES.get(row["category"])
    commune = COMMUNES.by_code(row["commune_code"]) if row["commune_code"] else None
    return {
        "service_request_id": str(row["id"]),
        "status": "open" if row["status"] in LIVE else "closed",
        "status_notes": LABELS_VI[
            RequestStatus.WAITING if row["status"] == RequestStatus.FROZEN else RequestStatus(row["status"])
        ],
        "service_name": row["category"] if category is None else category.label_vi,
        "service_code": row["category"],
        "description": None,
        "agency_responsible": AGENCY,
        "service_notice": None,
        "requested_datetime": moment(row["filed_at"]),
        "updated_datetime": moment(row["updated_at"]),
        "expected_datetime": moment(row["expected_at"]),
        "address": None if commune is None else commune.name,
        "address_id": row["commune_code"],
        "zipcode": None,
        "lat": None if row["lat"] is None else round(row["lat"], DECIMALS),
        "long": None if row["lon"] is None else round(row["lon"], DECIMALS),
        "media_url": None,
    }


def moment(at: datetime | None) -> str | None:
    """W3C, with its offset."""
    return None if at is None else at.astimezone(OFFICE_HOURS.timezone).isoformat(timespec="seconds")
