"""Named places where a process may die. Tests let it die there; nothing else ever switches them on.

Every commit, send and acknowledgement stands between two points, `<site>.before` and `<site>.after`. A site that is not
listed here is refused at once, and a test fails when a listed site is used nowhere.
"""

import os
import signal
from typing import Final

SITES: Final = frozenset(
    {
        # a commit: the site is the name given to `transaction()`
        "intake.file",
        "intake.change",
        "intake.consume",
        "intake.timer",
        "dispatch.consume",
        "dispatch.match",
        "dispatch.answer",
        "dispatch.roster",
        "dispatch.timer",
        "notify.consume",
        "notify.claim",
        "notify.broadcast",
        "notify.record",
        "notify.inbound",
        "notify.call",
        "notify.timer",
        "notify.count",
        "carrier.deliver",
        "relay.mark",
        "log.append",
        "log.checkpoint",
        "dead_letter.park",
        "dead_letter.replay",
        "retention.prune",
        "vault.change",
        # a send: something leaves the process
        "relay.publish",
        "notify.send",
        # an acknowledgement: a consumer says how far it came
        "consumer.ack",
    }
)


class _Fuse:
    """TECHRESCUE_CRASH_AT=`site.side[:n]`: which point kills this process, and at which passage."""

    def __init__(self, text: str) -> None:
        self.point, _, count = text.partition(":")
        self._left = int(count or 1)

    def burn(self) -> bool:
        self._left -= 1
        return self._left <= 0


_FUSE: Final = _Fuse(os.environ.get("TECHRESCUE_CRASH_AT", ""))


def crash_point(site: str, side: str) -> None:
    """Die here with SIGKILL when the fuse says so; a site that is not listed is refused, armed or not."""
    if site not in SITES:
        raise ValueError(f"crash site {site!r} is not listed in shared/crash.py")
    if _FUSE.point and _FUSE.point == f"{site}.{side}" and _FUSE.burn():
        os.kill(os.getpid(), signal.SIGKILL)


def all_points() -> list[str]:
    return [f"{site}.{side}" for site in sorted(SITES) for side in ("before", "after")]
