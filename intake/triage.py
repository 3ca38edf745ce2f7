"""How urgent and why, which skills, by when: the category decides, from data; who asks and a deadline may raise it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from intake.kinds.reasons import Reason
from shared.company import AT_A_COUNTER
from shared.errors import Invalid
from shared.events.contract import Priority
from shared.events.requests import RequesterKind
from shared.service_levels import Stage, deadline, starts_at

SERVES_OTHERS: Final = frozenset({RequesterKind.SERVICE_POINT, RequesterKind.OFFICIAL})


class CategoryLike(Protocol):
    """As much of a category as triage needs; `shared.categories.CATEGORIES` holds them by key."""

    @property
    def group(self) -> str: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def skills(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Triage:
    """`reasons`: each a Reason, the one that decided first."""

    priority: Priority
    skills: tuple[str, ...]
    reasons: tuple[str, ...] = ()


class Sort(Protocol):
    """`triage` with the categories of the deployment."""

    def __call__(
        self, category: str, *, sure: bool | None = None, requester_kind: str | None = None, due_today: bool = False
    ) -> Triage: ...


def triage(
    category: str,
    categories: Mapping[str, CategoryLike],
    *,
    sure: bool | None = None,
    requester_kind: str | None = None,
    due_today: bool = False,
) -> Triage:
    """Raises Invalid when nobody knows the category. `sure`: of one that a text has suggested; None: somebody has said it."""
    known = categories.get(category)
    if known is None:
        raise Invalid("category", "is not one of the known kinds of trouble; digital_skill fits when nothing else does")
    # Whose trouble nobody could name yet is no advice that can wait: an ordinary visit, until somebody knows better.
    priority, reason = (Priority.P3, Reason.UNSURE) if sure is False else (Priority(known.priority), Reason.CATEGORY)
    if known.group == AT_A_COUNTER and requester_kind in SERVES_OTHERS:
        priority, reason = Priority.P1, Reason.SERVICE_POINT
    elif due_today and priority > Priority.P2:
        priority, reason = Priority.P2, Reason.DUE_TODAY
    reasons = [reason]
    if due_today:
        reasons.append(Reason.DUE_TODAY)
    if sure is not None:
        reasons.append(Reason.SUGGESTED if sure else Reason.UNSURE)
    return Triage(priority, tuple(known.skills), tuple(dict.fromkeys(reasons)))


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
