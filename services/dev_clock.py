"""`POST /dev/clock`: moves the clock all rooms decide by. Embedded profile, loopback only; in production nobody may."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.queries import QUERIES
from shared.postgres.pool import open_connection

FARTHEST_SECONDS: Final = 366 * 24 * 3600.0
LIMIT_SECONDS: Final = 5.0


class Move(BaseModel):
    """Seconds ahead of (or, below 0, behind) the real time; 0 puts it right again."""

    model_config = ConfigDict(extra="forbid")

    offset_seconds: Annotated[float, Field(ge=-FARTHEST_SECONDS, le=FARTHEST_SECONDS, allow_inf_nan=False)]


def dev_clock(dsn: str) -> APIRouter:
    """`dsn` is the superuser's: set_clock_offset is granted to nobody else."""
    router = APIRouter()

    @router.post("/dev/clock")
    async def move_clock(move: Move) -> dict[str, object]:
        async with open_connection(dsn, limit_seconds=LIMIT_SECONDS) as connection:
            await connection.execute(QUERIES["move_clock"], move.offset_seconds)
            now = await connection.fetchval(QUERIES["app_clock"])
        return {"offset_seconds": move.offset_seconds, "now": now}

    return router
