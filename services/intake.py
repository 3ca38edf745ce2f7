"""`python -m services.intake`: a call for help comes in."""

from typing import Final

from intake.service import IntakeDeps, parts
from intake.settings import IntakeSettings
from services.entry import main
from services.process import Base, Room, production
from shared.lifecycle import Parts


async def build(base: Base) -> Parts:
    settings = IntakeSettings(city=base.settings.city, meeting_url=base.settings.meeting_url)
    return parts(IntakeDeps(pool=base.pool, vault=base.vault, tokens=base.tokens, transport=base.transport, settings=settings))


ROOM: Final = Room("intake", build)

if __name__ == "__main__":
    main(production([ROOM]))
