"""`python -m services.dispatch`: who goes. Several may run: they share the work, and one of them matches."""

from typing import Final

from dispatch.faults.grouping import GroupRules
from dispatch.matching.neighbours_file import read_neighbours
from dispatch.matching.policy import REMOTE_MINUTES, Policy
from dispatch.service import DispatchDeps, parts
from dispatch.settings import DispatchSettings
from services.entry import main
from services.process import Base, Room, production
from shared.lifecycle import Parts


async def build(base: Base) -> Parts:
    """In earnest there is always a city desk; the embedded profile gets one from its roster."""
    desk = base.settings.city_desk_phone if base.ground.embedded else base.settings.desk_phone()
    remote_minutes = REMOTE_MINUTES if base.settings.remote_first else {}
    policy = Policy(wave_size=base.settings.wave_size, remote_minutes=remote_minutes)
    file = base.settings.neighbours_file
    neighbours = None if file is None else read_neighbours(file)
    groups = GroupRules(radius_m=base.settings.group_radius_m, window_seconds=base.settings.group_window_minutes * 60)
    settings = DispatchSettings(
        city=base.settings.city,
        city_desk_phone=desk,
        policy=policy,
        neighbours=neighbours,
        groups=groups,
        meeting_url=base.settings.meeting_url,
        keep_details_days=base.settings.keep_details_days,
    )
    return parts(DispatchDeps(pool=base.pool, vault=base.vault, tokens=base.tokens, transport=base.transport, settings=settings))


ROOM: Final = Room("dispatch", build)

if __name__ == "__main__":
    main(production([ROOM]))
