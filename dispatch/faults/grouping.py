"""Which open requests look like one fault: the same kind of trouble, close to each other, within a while. Pure.

Looking alike changes nothing: a group is proposed, and a person decides. So it may err, but not for ever: what a person has taken
out is not proposed again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from scipy.spatial import cKDTree

from shared.errors import Misconfigured
from shared.geo.plane import to_metres


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """What a deployment may choose. `radius_m` is measured between coarse places (about 110 m)."""

    radius_m: float = 250.0
    window_seconds: float = 3600.0  # between one call and the next about the same
    least: int = 2  # calls that make a group
    most: int = 40  # calls of one group: its visit is one transaction
    look_at: int = 500  # newest open requests of one look
    at_once: int = 20  # proposals of one look, the largest first: more nobody can judge, and in a storm it would hold up others

    def __post_init__(self) -> None:
        if self.radius_m < 0 or self.window_seconds <= 0 or not 2 <= self.least <= self.most:  # noqa: PLR2004 - one is no group
            raise Misconfigured("groups need a radius, a window, and at least two calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An open job of which nobody has said yet whether it belongs to a group."""

    job_id: UUID
    fault: str
    lat: float
    lon: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A group that is proposed or confirmed. Its place is the first caller's, so that it cannot wander through the city."""

    group_id: UUID
    fault: str
    lat: float
    lon: float
    last_called_at: datetime
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`group_id` None: a new group around the first of `calls`."""

    group_id: UUID | None
    calls: tuple[Call, ...]

    @property
    def last_called_at(self) -> datetime:
        return max(call.at for call in self.calls)


def proposals(calls: Sequence[Call], known: Sequence[Known], rules: GroupRules) -> list[Proposal]:
    """Each call belongs to one group at most: to the nearest that is known, or else to a new one around the first caller.

    At most `at_once`, those with most calls; what is left is found by the next look.
    """
    by_fault: dict[str, list[Call]] = {}
    for call in sorted(calls, key=lambda one: (one.at, one.job_id)):
        by_fault.setdefault(call.fault, []).append(call)
    found = []
    for fault, mine in by_fault.items():
        joined, left = _joining(mine, [group for group in known if group.fault == fault], rules)
        found += [Proposal(group_id=group_id, calls=tuple(more)) for group_id, more in joined.items()]
        found += [Proposal(group_id=None, calls=tuple(together)) for together in _new(left, rules)]
    return sorted(found, key=lambda one: -len(one.calls))[: rules.at_once]


def _joining(calls: Sequence[Call], known: Sequence[Known], rules: GroupRules) -> tuple[Mapping[UUID, list[Call]], list[Call]]:
    """Calls of one fault, the oldest first: those of known groups, and the others."""
    if not known:
        return {}, list(calls)
    places = _metres([(group.lat, group.lon) for group in known])
    room = {group.group_id: rules.most - group.size for group in known}
    last = {group.group_id: group.last_called_at for group in known}
    joined: dict[UUID, list[Call]] = {}
    left = []
    for call, place in zip(calls, _metres([(call.lat, call.lon) for call in calls]), strict=True):
        away = np.hypot(*(places - place).T)
        near = [known[int(index)].group_id for index in np.argsort(away) if away[index] <= rules.radius_m]
        home = next((one for one in near if room[one] > 0 and call.at - last[one] <= _window(rules)), None)
        if home is None:
            left.append(call)
            continue
        room[home] -= 1
        last[home] = max(last[home], call.at)
        joined.setdefault(home, []).append(call)
    return joined, left


def _new(calls: Sequence[Call], rules: GroupRules) -> list[list[Call]]:
    """Around the first caller everybody near who called in time; calls are of one fault, the oldest first."""
    if len(calls) < rules.least:
        return []
    places = _metres([(call.lat, call.lon) for call in calls])
    tree = cKDTree(places)
    taken = np.zeros(len(calls), dtype=bool)
    found = []
    for first, call in enumerate(calls):
        if taken[first]:
            continue
        around = tree.query_ball_point(places[first], rules.radius_m)
        near = sorted(index for index in around if index >= first and not taken[index])
        together = [index for index in near if calls[index].at - call.at <= _window(rules)][: rules.most]
        if len(together) >= rules.least:
            taken[together] = True
            found.append([calls[index] for index in together])
    return found


def _window(rules: GroupRules) -> timedelta:
    return timedelta(seconds=rules.window_seconds)


def _metres(places: Sequence[tuple[float, float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    degrees = np.array(places, dtype=np.float64)
    x_m, y_m = to_metres(degrees[:, 0], degrees[:, 1])
    return np.column_stack([x_m, y_m])
