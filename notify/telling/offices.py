"""The offices that can do what no helper can, as data: how a person reads them. The word stands in `categories.json`."""

from collections.abc import Mapping
from typing import Final

from shared.categories import CATEGORIES
from shared.geo.communes import COMMUNES

# By `final_owner`: Vietnamese, English. {commune} is the name of the ward or commune.
OFFICES: Final[Mapping[str, tuple[str, str]]] = {
    "commune_police": ("Công an {commune}", "the police of {commune}"),
    "commune": ("UBND {commune}", "the office of {commune}"),
    "city": ("trung tâm thành phố", "the city desk"),
    "city_branch": ("chi nhánh Trung tâm Phục vụ hành chính công", "the public service centre"),
    "bank": ("ngân hàng", "the bank"),
    "provider": ("nhà cung cấp chữ ký số", "the provider of the signature"),
    "sector": ("trường hoặc bệnh viện", "the school or hospital"),
    "telecom": ("nhà mạng", "the telephone company"),
    "community_team": ("tổ công nghệ số {commune}", "the digital team of {commune}"),
}


def office_of(category: str, commune_code: str, language: str) -> str | None:
    """None for a category that nobody knows any more."""
    known, commune = CATEGORIES.get(category), COMMUNES.by_code(commune_code)
    if known is None:
        return None
    return OFFICES[known.final_owner][language == "en"].format(commune=commune.name if commune else commune_code)
