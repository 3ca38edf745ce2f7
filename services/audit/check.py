"""`techrescue check`: reads the world, judges it, and says what it counted. What it prints holds no personal data."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.audit.invariants import judge
from services.audit.reading import read_world
from services.audit.world import GRACE, Violation, World


@dataclass(frozen=True, slots=True)
class Verdict:
    counts: dict[str, Any]
    violations: list[Violation]

    @property
    def holds(self) -> bool:
        return not self.violations


async def check(dsn: str, *, drained: bool = False) -> Verdict:
    """A finding counts when a second look a moment later finds it, too: the schemas are read one after the other."""
    grace = timedelta() if drained else GRACE
    world = await read_world(dsn, grace=grace)
    found = judge(world)
    if found:
        await asyncio.sleep(1)
        world = await read_world(dsn, grace=grace)
        before = set(found)
        found = [violation for violation in judge(world) if violation in before]
    return Verdict(_counts(world), found)


def _counts(world: World) -> dict[str, Any]:
    return {
        "requests": dict(sorted(Counter(request.status for request in world.requests).items())),
        "jobs": dict(sorted(Counter(job.status for job in world.jobs).items())),
        "offers": dict(sorted(Counter(offer.status for offer in world.offers).items())),
        "messages": dict(sorted(Counter(message.status for message in world.messages).items())),
        "delivered": sum(delivery.times for delivery in world.deliveries),
        "responders": len(world.responders),
        "timers": len(world.timers),
        "unpublished": len(world.unpublished),
        "dead_letters": len(world.letters),
    }
