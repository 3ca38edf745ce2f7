"""How urgent, which skills, by when: category decides, from data. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.errors import Invalid
from shared.events.contract import Priority
from shared.service_levels import Stage, deadline, starts_at


class CategoryLike(Protocol):
    """As much of a category as triage needs; `shared.categories.CATEGORIES` holds them by key."""

    @property
    def priority(self) -> Priority: ...
    @property
    def skills(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Triage:
    priority: Priority
    skills: tuple[str, ...]


Sort = Callable[[str], Triage]


def triage(category: str, categories: Mapping[str, CategoryLike]) -> Triage:
    """Raises Invalid when nobody knows the category."""
    known = categories.get(category)
    if known is None:
        raise Invalid("category", "is not one of the known kinds of trouble; digital_skill fits when nothing else does")
    return Triage(Priority(known.priority), tuple(known.skills))


class Promises:
    """Until when a resident may expect a helper. A busy second asks once per tier: the calendar walk is dear."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._promised: dict[Priority, datetime | None] = {}

    def expected_at(self, priority: Priority, now: datetime) -> datetime | None:
        """Counted from the start of the minute in which it is promised: nobody is told seconds."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._promised = minute, {}
        if priority not in self._promised:
            self._promised[priority] = deadline(priority, Stage.ARRIVAL, starts_at(priority, minute))
        return self._promised[priority]
