"""An incident that a person has opened: whoever asks for that kind of help hears what is known. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from shared.categories import CATEGORIES
from shared.events.incidents import Symptom

WORDS: Final[Mapping[Symptom | None, tuple[str, str]]] = MappingProxyType(
    {
        None: ("đang có sự cố chung", "there is a fault everywhere"),
        Symptom.NO_LOGIN: ("cả thành phố không đăng nhập được", "nobody in the city can sign in"),
        Symptom.NO_CODE: ("mã gửi qua tin nhắn không đến", "codes by text do not arrive"),
        Symptom.NO_ANSWER: ("hệ thống không trả lời", "the system does not answer"),
        Symptom.SLOW: ("hệ thống rất chậm", "the system is very slow"),
        Symptom.WRONG_DATA: ("dữ liệu hiển thị sai hoặc thiếu", "data are shown wrongly, or not at all"),
        Symptom.MAINTENANCE: ("hệ thống đang bảo trì", "the system is being maintained"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIncident:
    incident_id: UUID
    category: str
    symptom: Symptom | None
    opened_at: datetime

    def view(self) -> dict[str, Any]:
        """What the caller is told: true whatever happens next, and no hour that nobody knows."""
        vi, en = WORDS[self.symptom]
        category = CATEGORIES.get(self.category)
        label_vi, label_en = (category.label_vi, category.label_en) if category else (self.category, self.category)
        return {
            "incident": True,
            "since": self.opened_at,
            "sentence": {
                "vi": f"{label_vi}: {vi}, đã biết. Yêu cầu được giữ lại, khi hết sự cố sẽ nhắn hỏi ông/bà.",
                "en": f"{label_en}: {en}, we know. The request is kept; when it is over we ask whether it works again.",
            },
        }


def known_incident(row: Mapping[str, Any]) -> KnownIncident:
    symptom = row["symptom"]
    return KnownIncident(
        incident_id=row["incident_id"],
        category=row["category"],
        symptom=Symptom(symptom) if symptom in set(Symptom) else None,
        opened_at=row["opened_at"],
    )
