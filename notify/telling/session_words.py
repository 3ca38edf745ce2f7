"""How a group visit is called in place of a category: by its hour. Pure; the hour travels in the category of the question."""

from datetime import datetime
from typing import Final

from notify.templates.words import HANOI

_PREFIX: Final = "session@"


def session_category(at: datetime) -> str:
    return f"{_PREFIX}{at.isoformat()}"


def session_label(category: str, language: str) -> str:
    """ "Buổi hỗ trợ nhóm 14:00 27/11"; any other word as it is."""
    if not category.startswith(_PREFIX):
        return category
    local = datetime.fromisoformat(category.removeprefix(_PREFIX)).astimezone(HANOI)
    name = "Group session" if language == "en" else "Buổi hỗ trợ nhóm"
    return f"{name} {local:%H:%M} {local.day}/{local.month}"
