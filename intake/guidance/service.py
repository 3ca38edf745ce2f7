"""The parts of guidance that a process of intake runs. Wiring only."""

from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
from fastapi import APIRouter

from intake.guidance.guide import ShelfGuide
from intake.guidance.rephrasing import Plain
from intake.guidance.routes import guidance_router
from intake.guidance.search import GuidanceSearch
from intake.guidance.shelf import Shelf
from intake.limits import Limits
from intake.settings import IntakeSettings


@dataclass(frozen=True, slots=True)
class GuidanceParts:
    shelf: Shelf
    guide: ShelfGuide


def guidance_parts(
    pool: asyncpg.Pool, plain: Plain, limits: Limits, settings: IntakeSettings, incident: Callable[[str], object | None]
) -> tuple[GuidanceParts, APIRouter]:
    shelf = Shelf(pool)
    search = GuidanceSearch(shelf, plain, limits, settings)
    return GuidanceParts(shelf, ShelfGuide(shelf, incident)), guidance_router(search)
