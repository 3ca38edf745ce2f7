"""How the desk is put together: its routes and its loops. Wiring only; called by `intake/service.py`."""

from collections.abc import Callable

import asyncpg

from intake.desk.board import DeskBoard
from intake.desk.doorway import Doorway
from intake.desk.duplicates import Duplicates
from intake.desk.freeing import MergeWatch
from intake.desk.life import Lives
from intake.desk.merging import Merges
from intake.desk.reveal import Reveals
from intake.desk.routes import Desk, desk_router
from intake.desk.search import Search
from intake.desk.stream import BoardStream
from intake.limits import Limits
from intake.settings import IntakeSettings
from shared.lifecycle import Parts
from shared.security.tokens import Tokens
from shared.security.vault import Vault


def desk_parts(
    pool: asyncpg.Pool, vault: Vault, *, tokens: Tokens, limits: Limits, settings: IntakeSettings, wake: Callable[[], None]
) -> Parts:
    board = DeskBoard(pool, vault, _duplicates(settings))
    stream = BoardStream(pool, board)
    desk = Desk(
        city=settings.city,
        tokens=tokens,
        board=board,
        stream=stream,
        search=Search(pool, vault, board, limits),
        lives=Lives(pool, board),
        reveals=Reveals(pool, vault, limits),
        merges=Merges(pool, wake),
    )
    return Parts(routers=[desk_router(desk)], loops=[stream, MergeWatch(pool, wake)])


def doorway(pool: asyncpg.Pool, settings: IntakeSettings) -> Doorway:
    return Doorway(pool, settings.city, _duplicates(settings))


def _duplicates(settings: IntakeSettings) -> Duplicates:
    return Duplicates(radius_m=settings.duplicate_radius_m, window_seconds=settings.duplicate_seconds)
