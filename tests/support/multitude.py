"""Many people who wait for a text: an offer to answer, or news of their request; each a phone of their own, all made up."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from services.audit.invariants import judge, messages_come_to_an_end, questions_are_put_and_closed
from services.audit.reading import read_world
from services.audit.world import Violation
from shared.events.contract import Role
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.postgres.transaction import transaction
from tests.support.notifying import Bureau, Person

BATCH = 50  # a transaction has 10 s, also on a busy machine
HOURS = timedelta(hours=6)


async def people(bureau: Bureau, prefix: str, count: int) -> list[Person]:
    """`prefix`: the first digits of their numbers."""
    found: list[Person] = []
    for begin in range(0, count, BATCH):
        numbers = [f"{prefix}{number:0{12 - len(prefix)}}" for number in range(begin, min(begin + BATCH, count))]
        async with transaction(bureau.pool, "notify.consume") as connection:
            known = await bureau.vault.contact_points(connection, numbers)
        found += [Person(number, number, one.contact_point_id, one.key) for number, one in zip(numbers, known, strict=True)]
    return found


async def ask_and_tell(bureau: Bureau, asked: Sequence[Person], told: Sequence[Person], *, lease_seconds: float = 180.0) -> None:
    """An offer for each of the first, whose own `not_after` is far away; the others hear that their request has come in."""
    (lan,) = await people(bureau, "+84911", 1)
    job, pattern = (
        await bureau.job(lan),
        await bureau.offer(lan, lease_seconds=lease_seconds, not_after=await bureau.now() + HOURS),
    )
    request = bureau.requests[job.request_id]
    events: list[Event] = []
    for one in asked:
        own = job.model_copy(update={"job_id": uuid4(), "request_id": uuid4()})
        bureau.jobs[own.job_id] = own
        offer = pattern.model_copy(update={"offer_id": uuid4(), "responder_id": uuid4(), "contact_point_id": one.id})
        events.append(bureau.about_job(EventType.OFFER_MADE, own, one.as_(Role.RESPONDER), offer=offer))
    for one in told:
        own_request = request.model_copy(update={"request_id": uuid4(), "code": f"TR-{uuid4().hex[:8].upper()}"})
        bureau.requests[own_request.request_id] = own_request
        events.append(bureau.about_request(EventType.REQUEST_FILED, own_request, one.as_(Role.RESIDENT)))
    for begin in range(0, len(events), BATCH):
        await bureau.hear(*events[begin : begin + BATCH])


async def neglected(bureau: Bureau) -> list[Violation]:
    """What the judge finds of texts, questions and calls, when nothing may be under way any more."""
    world = await read_world(bureau.dsn, grace=timedelta(0))
    return judge(world, [messages_come_to_an_end, questions_are_put_and_closed])
