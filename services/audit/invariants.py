"""What must always be true, as plain functions over plain rows. Each is one sentence a city can hold us to. No I/O."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.audit.world import Job, Violation, World

# A request somebody must be working on.
IN_WORK: Final = frozenset({"filed", "waiting", "assigned", "on_the_way", "in_progress", "frozen"})
OVER: Final = frozenset({"closed", "cancelled", "handed_off"})
LIVE: Final = IN_WORK | {"needs_location"}
UNOWNED: Final = frozenset({"pending", "offered", "frozen"})
OWNED: Final = frozenset({"accepted", "en_route", "on_scene"})
RESENT: Final = 1  # law 10: an unknown attempt is sent once more


def nothing_is_lost(world: World) -> Iterator[Violation]:
    """A request with a place has exactly one live job; a job belongs to a request; what was said has been published."""
    jobs = defaultdict(list)
    for job in world.jobs:
        jobs[job.request_id].append(job)
    for request in world.requests:
        mine = jobs.pop(request.id, [])
        live = [job for job in mine if job.closed_at is None]
        moving = not world.settled(request.updated_at) or any(not world.settled(job.updated_at) for job in mine)
        if moving or request.commune_code is None:
            continue
        if request.status in IN_WORK and len(live) != 1:
            yield Violation("no_loss", request.code, f"{request.status} with {len(live)} live jobs")
        if request.status in OVER and live:
            yield Violation("no_loss", request.code, f"{request.status}, but a job is still live")
    for orphans in jobs.values():
        yield from (Violation("no_loss", str(job.id), "a job without a request") for job in orphans)
    for event in world.unpublished:
        if world.settled(event.created_at):
            yield Violation("no_loss", str(event.event_id), f"{event.context}: {event.type} was never published")


def nowhere_is_somebodys_task(world: World) -> Iterator[Violation]:
    """A request that needs a location has an owner and a timer."""
    watched = {timer.subject for timer in world.timers if timer.context == "intake"}
    for request in world.requests:
        if request.status == "needs_location" and world.settled(request.updated_at):
            if not request.owner:
                yield Violation("no_loss", request.code, "needs a location and has no owner")
            if request.id not in watched:
                yield Violation("timers", request.code, "needs a location and has no timer")


def operators_see_what_is_open(world: World) -> Iterator[Violation]:
    """Whatever somebody must be working on stands on the board of the desk."""
    for request in world.requests:
        if request.status in LIVE and not request.on_board and world.settled(request.updated_at):
            yield Violation("no_loss", request.code, f"{request.status}, and not on the board")


def nobody_is_lost_by_a_merging(world: World) -> Iterator[Violation]:
    """Merged into a request that ended without help, somebody else is looked for help again."""
    for request in world.unfreed:
        if world.settled(request.ended_at):
            yield Violation("no_loss", str(request.id), "merged into another request, which has ended and helped nobody")


def the_erased_are_let_go(world: World) -> Iterator[Violation]:
    """Once a person is forgotten, all of theirs is, and nobody works for them any more: who calls again is somebody new."""
    forgotten = {request.contact_point_id for request in world.requests if request.forgotten}
    for request in world.requests:
        if request.contact_point_id not in forgotten:
            continue
        if not request.forgotten:
            yield Violation("erased", request.code, "of an erased person, and still has its boxes")
        if request.status in LIVE:
            yield Violation("erased", request.code, f"of an erased person, and {request.status}")


def a_job_has_one_owner(world: World) -> Iterator[Violation]:
    """An accepted job has exactly one accepted offer, its own or its group's, of the same responder; any other has none."""
    winners = defaultdict(list)
    for offer in world.offers:
        if offer.kind == "visit" and offer.status == "accepted":
            winners[offer.target].append(offer.responder_id)
    for job in world.jobs:
        found = winners.get(job.target, [])
        wanted = [job.responder_id] if job.status in OWNED else []
        if found != wanted:
            yield Violation("one_owner", str(job.id), f"{job.status} with {len(found)} accepted offers")
    for target in winners.keys() - {job.target for job in world.jobs}:
        yield Violation("one_owner", str(target), "an accepted offer of a job that is not there")


def nobody_rides_with_nobody(world: World) -> Iterator[Violation]:
    """Of a group that waits exactly one job is offered; the others are taken with it."""
    offered = Counter(job.group_id for job in world.jobs if job.status in UNOWNED and not job.rides)
    for job in world.jobs:
        if job.rides and job.status in UNOWNED and offered[job.group_id] != 1:
            yield Violation("one_owner", str(job.id), f"rides along, and {offered[job.group_id]} of its group are offered")


def nobody_has_more_than_they_can(world: World) -> Iterator[Violation]:
    """A responder's load is the number of visits they have, and never above their capacity."""
    helped = {(job.responder_id, job.target) for job in world.jobs if job.status in OWNED}
    visits = Counter(responder_id for responder_id, _ in helped)
    for responder in world.responders:
        if responder.load > responder.capacity:
            yield Violation("capacity", str(responder.id), f"load {responder.load} above capacity {responder.capacity}")
        if responder.load != visits[responder.id]:
            yield Violation("capacity", str(responder.id), f"load {responder.load}, but {visits[responder.id]} visits")


def messages_come_to_an_end(world: World) -> Iterator[Violation]:
    """No message hangs between two states, and none outlives its worth."""
    for message in world.messages:
        if message.status in {"sending", "unknown"} and (world.drained or _past(world, message.lease_until)):
            yield Violation("messages_closed", str(message.id), f"{message.status}, and nobody took care of it")
        if _past(world, message.climb_at):
            yield Violation(
                "messages_closed", str(message.id), "its time on this channel is over, and the next one has not had it"
            )
        if message.status in {"held", "queued"} and world.overdue(message.not_after):
            yield Violation("messages_closed", str(message.id), f"{message.status} past its not_after")
        if message.status == "queued" and world.drained and message.not_before <= world.app_now <= message.not_after:
            yield Violation("messages_closed", str(message.id), "could be sent now, and is not")


def questions_are_put_and_closed(world: World) -> Iterator[Violation]:
    """Every pending offer was put to somebody, no question is open past its time, and every call has somebody to make it."""
    for question in world.questions:
        if world.overdue(question.expires_at):
            yield Violation("messages_closed", str(question.id), "a question is open past its time")
    for offer in world.offers:
        if offer.status == "pending" and offer.id not in world.asked_offers and world.settled(offer.updated_at):
            yield Violation("messages_closed", str(offer.id), "a pending offer that nobody was asked about")
    for task in world.call_tasks:
        if not task.owner:
            yield Violation("messages_closed", str(task.id), "a call task without an owner")
        elif _past(world, task.due_at):
            yield Violation("messages_closed", str(task.id), "a call task past its time, and it did not fall back to the desk")


def callers_are_called_back(world: World) -> Iterator[Violation]:
    """Whoever rang in vain has somebody who calls back, and in time: past its time it is somebody else's."""
    for task in world.callbacks:
        if not task.owner:
            yield Violation("no_loss", str(task.id), "a callback without an owner")
        elif world.overdue(task.due_at):
            yield Violation("timers", str(task.id), "a callback past its time, and it did not go up to the desk")
    for call in world.unreturned:
        if world.overdue(call.heard_at):
            yield Violation("no_loss", str(call.id), "a call that nobody took, and nobody is to return it")


def rights_have_their_clock(world: World) -> Iterator[Violation]:
    """Who asks about their own data has somebody who does it, and goes up before the law's two working days are over."""
    for right in world.rights:
        if not right.owner:
            yield Violation("no_loss", str(right.id), "a right over somebody's own data without an owner")
        elif world.overdue(right.due_at) and not (right.raised and right.watched):
            yield Violation("timers", str(right.id), "a right past its legal clock, and it did not go up")


def silence_ends_what_was_asked(world: World) -> Iterator[Violation]:
    """A question to a registered number that is past its time has a timer that ends what it was about, or leaves it."""
    for inquiry in world.inquiries:
        if world.overdue(inquiry.open_until) and not inquiry.watched:
            yield Violation("timers", str(inquiry.id), f"nobody has answered ({inquiry.about}), and nothing ends it")


def conversations_go_on(world: World) -> Iterator[Violation]:
    """Each has a timer that ends it, a clerk who comes, or an operator in whose list it stands unread."""
    for talk in world.talks:
        if not world.overdue(talk.heard_at):
            continue
        if talk.stage in {"filing", "cancelling"}:
            yield Violation("no_loss", str(talk.id), f"a conversation waits for a clerk ({talk.stage}), and none has come")
        elif not talk.watched:
            yield Violation("timers", str(talk.id), f"a conversation is {talk.stage}, and has no timer")
        if talk.stage == "with_person" and not talk.listed:
            yield Violation("no_loss", str(talk.id), "a conversation was given to a person, and stands in nobody's list")


def effects_happen_once(world: World) -> Iterator[Violation]:
    """Nobody got a message oftener than its attempts allow. The next channel of a ladder is another time."""
    message_of = {attempt.id: (attempt.message_id, attempt.channel) for attempt in world.attempts}
    times: Counter[tuple[UUID, str]] = Counter()
    for delivery in world.deliveries:
        if delivery.attempt_id not in message_of:
            yield Violation("effects_once", str(delivery.attempt_id), "delivered, but no attempt is on record")
        else:
            times[message_of[delivery.attempt_id]] += delivery.times
    most = {message.id: 1 + min(message.resends, RESENT) for message in world.messages}
    for (message_id, _), delivered in times.items():
        if delivered > (allowed := most.get(message_id, delivered)):
            yield Violation("effects_once", str(message_id), f"delivered {delivered} times, allowed {allowed}")


def timers_fire(world: World) -> Iterator[Violation]:
    """No timer is overdue, and a job that nobody has is watched by one, or by a lead."""
    for timer in world.timers:
        if world.overdue(timer.due_at) and world.settled(timer.created_at):
            yield Violation("timers", str(timer.subject), f"{timer.context}: {timer.kind} is overdue")
    watched = {timer.subject for timer in world.timers if timer.context == "dispatch"}
    asked = {offer.job_id for offer in world.offers if offer.status == "pending"}
    for job in world.jobs:
        if _unwatched(job, world) and job.id not in watched | asked:
            yield Violation("timers", str(job.id), f"{job.status}, and neither a timer nor an offer nor a lead watches it")


def nothing_stands_behind_a_dead_letter(world: World) -> Iterator[Violation]:
    """An event that could not be handled is replayed or discarded by somebody: until then whatever it was about stands still."""
    told = set()
    for letter in world.letters:
        about = (letter.context, letter.topic, letter.subject or letter.id)
        if world.settled(letter.at) and about not in told:
            told.add(about)
            advice = "repair the cause, then replay or discard it"
            found = f"{letter.context}: dead letter {letter.id} of {letter.topic} ({letter.reason}); {advice}"
            yield Violation("stuck", letter.subject or "?", found)


def broadcasts_get_on(world: World) -> Iterator[Violation]:
    """Where people wait to be told something, somebody is told; that a storm, money or a provider holds it up is seen, too."""
    for broadcast in world.broadcasts:
        if world.overdue(broadcast.progressed_at):
            yield Violation("stuck", str(broadcast.id), f"a broadcast in which nobody is {broadcast.missing} any more")


def nobody_waits_unseen(world: World) -> Iterator[Violation]:
    """Whoever holds a number has somebody who has to call it, and a clock that ends the day."""
    watched = {timer.subject for timer in world.timers if timer.context == "intake"}
    for ticket in world.tickets:
        if not ticket.owner:
            yield Violation("no_loss", str(ticket.id), f"a ticket that is {ticket.status} has no owner")
        if ticket.id not in watched and world.settled(ticket.taken_at):
            yield Violation("timers", str(ticket.id), f"a ticket that is {ticket.status} has no timer")


Invariant = Callable[[World], Iterator[Violation]]

# Every word of `Violation.rule`.
RULES: Final = ("no_loss", "one_owner", "capacity", "messages_closed", "effects_once", "timers", "erased", "stuck")

INVARIANTS: Final[tuple[Invariant, ...]] = (
    nothing_is_lost,
    nowhere_is_somebodys_task,
    operators_see_what_is_open,
    nobody_is_lost_by_a_merging,
    the_erased_are_let_go,
    a_job_has_one_owner,
    nobody_rides_with_nobody,
    nobody_has_more_than_they_can,
    messages_come_to_an_end,
    questions_are_put_and_closed,
    callers_are_called_back,
    rights_have_their_clock,
    silence_ends_what_was_asked,
    conversations_go_on,
    effects_happen_once,
    timers_fire,
    nothing_stands_behind_a_dead_letter,
    broadcasts_get_on,
    nobody_waits_unseen,
)


def judge(world: World, by: Sequence[Invariant] = INVARIANTS) -> list[Violation]:
    """`by`: of a part of the world only what can be seen in that part."""
    return [violation for invariant in by for violation in invariant(world)]


def _past(world: World, at: datetime | None) -> bool:
    return at is not None and world.overdue(at)


def _unwatched(job: Job, world: World) -> bool:
    return job.status in UNOWNED and job.escalated_to is None and world.settled(job.updated_at)
