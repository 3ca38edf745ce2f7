"""Small towns for the matching tests: people and jobs as arrays, with one commune unless told otherwise."""

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from dispatch.matching.pairs import WaitingJob
from dispatch.matching.people import People
from dispatch.shifts.shift import LOCAL
from shared.events.contract import Priority
from shared.ids import uuid7

NOW = 1_784_100_000.0
LONG = NOW + 12 * 3600


def people_at(
    places: Sequence[tuple[float, float]],
    *,
    skills: Sequence[int] | None = None,
    contacts: Sequence[int] | None = None,
    shift_ends_at: Sequence[float] | None = None,
    communes: Sequence[int] | None = None,
    languages: Sequence[int] | None = None,
) -> People:
    count = len(places)
    contact = np.array(contacts if contacts is not None else range(count), dtype=np.int64)
    xy = np.array(places, dtype=float).reshape(count, 2)
    return People(
        row=np.arange(count) + 100,
        lat=np.full(count, 21.0),
        lon=np.full(count, 105.8),
        x_m=xy[:, 0],
        y_m=xy[:, 1],
        commune=np.array(communes if communes is not None else [0] * count, dtype=np.int64),
        skills=np.array(skills if skills is not None else [0] * count, dtype=np.uint64),
        languages=np.array(languages if languages is not None else [1] * count, dtype=np.uint64),
        shift_ends_at=np.array(shift_ends_at if shift_ends_at is not None else [LONG] * count, dtype=float),
        contact=contact,
        today_minutes=np.zeros(count),
        later_minutes=np.zeros(count),
        silence_minutes=np.zeros(count),
        complaint_minutes=np.zeros(count),
        free=np.ones(count, dtype=bool),
        shares_phones=len(set(contact.tolist())) < count,
        spill_over=np.array([[0.0, 3.0, 8.0], [3.0, 0.0, 8.0], [8.0, 8.0, 8.0]]),
    )


def job_at(
    x_m: float,
    y_m: float,
    *,
    priority: Priority = Priority.P3,
    skills: int = 0,
    wave_size: int = 1,
    dearer_by: float = math.inf,
    urgency: float = 0.0,
    excluded: Sequence[int] = (),
    commune: int = 0,
    tongue: int = 0,
    known: Sequence[int] = (),
) -> WaitingJob:
    return WaitingJob(
        id=uuid7(),
        version=1,
        priority=priority,
        skills=skills,
        commune=commune,
        x_m=x_m,
        y_m=y_m,
        lat=21.0,
        lon=105.8,
        visit=0,
        wave=0,
        wave_size=wave_size,
        dearer_by=dearer_by,
        urgency=urgency,
        excluded=frozenset(excluded),
        tongue=tongue,
        known=frozenset(known),
    )


def at_local(moment: str) -> float:
    """Epoch seconds of a local date and time."""
    return datetime.fromisoformat(moment).replace(tzinfo=LOCAL).timestamp()
