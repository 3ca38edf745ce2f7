"""How the hotline has kept its promise: answered within 20 s, and how many gave up. Nothing about fewer than five. Pure."""

from collections.abc import Mapping
from typing import Final

PARTS: Final = ("in_time", "late", "untimed", "abandoned", "missed")
FEWEST: Final = 5  # as in reports (decision 0031)
PROMISE: Final = 0.8


def hidden(counts: Mapping[str, int]) -> set[str]:
    """Cells of one to four; and, as the total is shown, as many more, the smallest first, as it takes that none follows."""
    found = {name for name, n in counts.items() if 0 < n < FEWEST}
    while found and (len(found) == 1 or sum(counts[name] for name in found) < FEWEST):
        rest = [name for name in counts if name not in found and counts[name]]
        if not rest:
            return set(counts)
        found.add(min(rest, key=lambda name: (counts[name], name)))
    return found


def figures(counts: Mapping[str, int]) -> dict[str, object]:
    """`counts` by PARTS. None: not said, because it is about too few; the total of fewer than five is not said either."""
    total = sum(counts[name] for name in PARTS)
    unsaid = set(PARTS) if 0 < total < FEWEST else hidden({name: counts[name] for name in PARTS})
    shown: dict[str, object] = {name: None if name in unsaid else counts[name] for name in PARTS}
    answered = counts["in_time"] + counts["late"]
    lost = counts["abandoned"] + counts["missed"]
    shares_follow = unsaid.isdisjoint({"in_time", "late"})
    shown["calls"] = None if 0 < total < FEWEST else total
    shown["share_within_20_s"] = round(counts["in_time"] / answered, 4) if answered and shares_follow else None
    shown["share_lost"] = round(lost / total, 4) if total and unsaid.isdisjoint({"abandoned", "missed"}) else None
    shown["promised"] = PROMISE
    return shown
