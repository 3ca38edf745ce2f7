"""What messages may cost a day, in all and for each commune, and whether more may be spent. Pure: what was spent is handed in.

Money stops what is sent after a first try (another channel, or a text sent once more), never a first try, nor what is vital
(matters.py): that goes on beyond the budget, and counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from notify.message import Message, SendingRules
from notify.sending.ladder import next_rung
from notify.sending.throttle import LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Đồng of one local day; 0: none. `alarm_share`: of a budget, from which on its end is near."""

    day_vnd: int = 0
    commune_day_vnd: int = 0
    alarm_share: float = 0.8


@dataclass(slots=True)
class Purse:
    """What is known to be spent today: as old as the last look, and empty before the first."""

    budgets: Budgets = field(default_factory=Budgets)
    spent: int = 0
    by_commune: Mapping[str, int] = field(default_factory=dict)

    def allows(self, commune_code: str | None) -> bool:
        of_all, of_commune = self.budgets.day_vnd, self.budgets.commune_day_vnd
        if of_all and self.spent >= of_all:
            return False
        return not of_commune or commune_code is None or self.by_commune.get(commune_code, 0) < of_commune

    def has_to_spare(self) -> bool:
        """For what nobody waits for: not once the end of the day's budget is near."""
        return not self.budgets.day_vnd or self.spent < self.budgets.alarm_share * self.budgets.day_vnd

    def used(self) -> tuple[float, float]:
        """The share of the day's budget that is spent, and of the commune that has spent most of its own."""
        most = max(self.by_commune.values(), default=0)
        return _share(self.spent, self.budgets.day_vnd), _share(most, self.budgets.commune_day_vnd)


def is_further_try(message: Message, rules: SendingRules) -> bool:
    """It may have reached this person before, on another channel or as it is now: this one money may stop. A channel that was
    away or had refused them has not begun anything: the next one is still the first."""
    first = next_rung(message.channels, -1, rules.served) or 0
    return message.resends > 0 or (message.rung > first and message.submitted_at is not None)


def day_begins(now: datetime) -> datetime:
    """The midnight in Hanoi before `now`."""
    local = now.astimezone(LOCAL)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def _share(spent: int, budget: int) -> float:
    return spent / budget if budget else 0.0
