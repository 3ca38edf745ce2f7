"""When nobody is found: ward lead, deputy, city desk, on the clocks of production. What they do then is not modelled."""

from functools import partial
from typing import Final
from uuid import UUID

from dispatch.jobs.escalation import Lead, Level, first_due, next_due, next_level
from dispatch.jobs.job import OPEN
from dispatch.roster.responder import Contact
from dispatch.simulation.agenda import Agenda
from dispatch.simulation.clocks import moment_of
from dispatch.simulation.crowd import Crowd
from dispatch.simulation.errand import Errand
from shared.service_levels import SERVICE_LEVELS

SEATS: Final = tuple(
    Lead(id=UUID(int=place), city="", commune_code=None, level=level, contact=Contact(id=UUID(int=place), address=None))
    for place, level in enumerate(Level)
)


class Escalations:
    def __init__(self, agenda: Agenda, crowd: Crowd) -> None:
        self._agenda = agenda
        self._crowd = crowd

    def begin(self, errand: Errand, now: float) -> None:
        """The clock of the tier runs from now on."""
        self._agenda.put(first_due(errand.priority, moment_of(now)).timestamp(), partial(self._on_clock, errand))

    def after_wave(self, errand: Errand, now: float) -> None:
        limit = SERVICE_LEVELS[errand.priority].empty_waves
        if limit and errand.waves_empty >= limit and errand.level is None:
            self.up(errand, now)

    def up(self, errand: Errand, now: float) -> None:
        """The next level is asked."""
        errand.level, _ = next_level(errand.level, SEATS)
        errand.escalated_at = now
        self._crowd.texts += 1
        self._agenda.put(next_due(errand.priority, moment_of(now)).timestamp(), partial(self._on_clock, errand))

    def _on_clock(self, errand: Errand, now: float) -> None:
        if errand.status not in OPEN or errand.not_before > now:
            return
        if errand.escalated_at is None:
            due = first_due(errand.priority, moment_of(errand.waiting_since))
        else:
            due = next_due(errand.priority, moment_of(errand.escalated_at))
        if due <= moment_of(now):
            self.up(errand, now)
