"""What tests of routes share: residents who are told something, and a second provider of the same channel."""

from shared.events.contract import Role
from shared.events.registry import EventType
from tests.support.carrier import RecordingCarrier
from tests.support.notifying import Bureau


async def told(bureau: Bureau, count: int = 1) -> None:
    for number in range(count):
        resident = await bureau.person(f"Bà {number}", f"+84913{number:06}")
        request = await bureau.request(resident)
        await bureau.hear(bureau.about_request(EventType.REQUEST_FILED, request, resident.as_(Role.RESIDENT)))


def second(bureau: Bureau, **knobs: object) -> RecordingCarrier:
    carrier = RecordingCarrier(name="second", **knobs)  # type: ignore[arg-type]
    bureau.others.append(carrier)
    return carrier
