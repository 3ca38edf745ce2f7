"""The phases of the campaign and what each is to reach: a deployment's data file, checked when a process starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.errors import Misconfigured
from shared.moments import Day


class PhaseName(StrEnum):
    PILOT = "pilot"
    EXPANSION = "expansion"
    EVALUATION = "evaluation"


class Measure(StrEnum):
    """What the campaign is judged by: a share each."""

    RESOLUTION = "resolution"  # done within the limit of the tier; from our own log
    SATISFACTION = "satisfaction"  # satisfied, of all who were asked; imported
    ONLINE_SERVICE_USE = "online_service_use"  # handed in online, of all that was handed in; imported
    HOTLINE_ANSWER = "hotline_answer"  # calls picked up within 20 s, of all calls; imported from the exchange


IMPORTED: Final = tuple(measure for measure in Measure if measure is not Measure.RESOLUTION)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Phase(_Strict):
    name: PhaseName
    since: Day
    until: Day  # included
    targets_percent: dict[Measure, float] = Field(default_factory=dict)  # where this phase is to reach another share


class _File(_Strict):
    phases: list[_Phase]
    targets_percent: dict[Measure, float]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len({phase.name for phase in self.phases}) != len(self.phases):
            raise ValueError("a phase is there twice")
        if any(phase.until < phase.since for phase in self.phases):
            raise ValueError("a phase ends before it begins")
        if any(later.since <= earlier.until for earlier, later in pairwise(self.phases)):
            raise ValueError("the phases must follow each other, without a day in two of them")
        everywhere = [self.targets_percent, *(phase.targets_percent for phase in self.phases)]
        shares = [share for targets in everywhere for share in targets.values()]
        if any(not 0 <= share <= 100 for share in shares):  # noqa: PLR2004 - percent
            raise ValueError("a target is a share of 0 to 100 percent")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    name: str
    since: date
    until: date  # included
    targets: Mapping[str, float]  # percent, by Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    phases: tuple[Phase, ...]
    targets: Mapping[str, float]  # outside of every phase, and where a phase says nothing

    def phase(self, name: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)

    def phase_of(self, day: date) -> Phase | None:
        return next((phase for phase in self.phases if phase.since <= day <= phase.until), None)

    def target(self, measure: str, phase: str | None) -> float | None:
        """Percent. None: nothing was set."""
        found = self.phase(phase) if phase else None
        return (found.targets if found else self.targets).get(measure)


def read_campaign(file: Path | None) -> Campaign:
    """None: the one that comes with the code. Raises Misconfigured: a report over wrong days is worse than no start."""
    try:
        text = files("notify.reports").joinpath("campaign.json").read_text("utf-8") if file is None else file.read_text("utf-8")
        found = _File.model_validate_json(text)
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"the campaign cannot be read: {type(error).__name__}") from None
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'the file'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)[:5]
        )
        raise Misconfigured(f"the campaign does not fit: {told}") from None
    phases = tuple(
        Phase(
            name=phase.name.value,
            since=phase.since,
            until=phase.until,
            targets=_plain(found.targets_percent) | _plain(phase.targets_percent),
        )
        for phase in found.phases
    )
    return Campaign(phases=phases, targets=_plain(found.targets_percent))


def _plain(targets: Mapping[Measure, float]) -> dict[str, float]:
    return {measure.value: share for measure, share in targets.items()}
