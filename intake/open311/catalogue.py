"""The kinds of help as Open311 services, and what may be said of each beside the description. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from intake.forms import Vulnerable
from intake.privacy.consent_text import CURRENT, TEXTS
from shared.categories import CATEGORIES, Category
from shared.errors import NotFound

VULNERABLE, SOMEONE_PRESENT, VISIT_CONSENT = "VULNERABLE", "SOMEONE_PRESENT", "VISIT_CONSENT"
ON_BEHALF_OF, VISITED_PHONE, DATA_CONSENT = "ON_BEHALF_OF", "VISITED_PHONE", "DATA_CONSENT"
YES_OR_NO: Final = ("yes", "no")
_CONSENT_TEXT: Final = f"{TEXTS[CURRENT].vi} / {TEXTS[CURRENT].en}"
_YES_NO_NAMES: Final = ("Có / yes", "Không / no")
_GOES_FIRST: Final[Mapping[Vulnerable, str]] = {
    Vulnerable.ELDERLY: "Người cao tuổi / elderly",
    Vulnerable.DISABLED: "Người khuyết tật / disabled",
    Vulnerable.ILL: "Người ốm / ill",
    Vulnerable.PREGNANT: "Phụ nữ mang thai / pregnant",
    Vulnerable.SMALL_CHILD: "Có con nhỏ / with a small child",
    Vulnerable.LIVES_ALONE: "Sống một mình / lives alone",
    Vulnerable.NO_SMARTPHONE: "Không có điện thoại thông minh / no smartphone",
    Vulnerable.CANNOT_READ: "Không đọc được chữ / cannot read",
    Vulnerable.MINORITY_LANGUAGE: "Nói tiếng dân tộc / speaks a minority language",
    Vulnerable.POOR_HOUSEHOLD: "Hộ nghèo / poor household",
    Vulnerable.MERITORIOUS: "Người có công / person of merit",
}


def services() -> list[dict[str, Any]]:
    return [_service(category) for category in CATEGORIES.values()]


def definition(code: str) -> dict[str, Any]:
    """Raises NotFound."""
    if code not in CATEGORIES:
        raise NotFound("service_code")
    yes_no = list(zip(YES_OR_NO, _YES_NO_NAMES, strict=True))
    goes_first = [(word.value, _GOES_FIRST[word]) for word in Vulnerable]
    return {
        "service_code": code,
        "attributes": [
            _attribute(VULNERABLE, "multivaluelist", 1, "Ai cần được ưu tiên? / Who goes first?", goes_first),
            _attribute(
                SOMEONE_PRESENT, "singlevaluelist", 2, "Có người nhà ở cùng khi đến giúp? / Will a relative be there?", yes_no
            ),
            _attribute(VISIT_CONSENT, "singlevaluelist", 3, "Đồng ý cho người đến nhà? / May somebody come?", yes_no),
            _attribute(ON_BEHALF_OF, "string", 4, "Giúp cho ai, nếu là người khác? / Who is helped, if not you?", ()),
            _attribute(VISITED_PHONE, "string", 5, "Số điện thoại của người đó? / Their telephone number?", ()),
            _attribute(DATA_CONSENT, "singlevaluelist", 6, "Dữ liệu cá nhân / Personal data", [(CURRENT, _CONSENT_TEXT)]),
        ],
    }


def _service(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.key,
        "service_name": category.label_vi,
        "description": category.label_en,
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(dict.fromkeys((category.group, category.key))),
        "group": category.group,
    }


def _attribute(code: str, kind: str, order: int, description: str, values: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": description,
        "values": [{"key": key, "name": name} for key, name in values],
    }
