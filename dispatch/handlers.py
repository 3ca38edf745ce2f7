"""What each event asks of us: a table from event type to a decision on a loaded docket. No I/O, no SQL."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final
from uuid import UUID

from dispatch.docket import Docket
from dispatch.faults import session
from dispatch.jobs import opening, together, visiting, watching
from dispatch.jobs.alarming import sos
from dispatch.jobs.answering import lapse, thank
from dispatch.jobs.calling import connected, meeting_opened, not_reached
from dispatch.jobs.case import Case
from dispatch.jobs.escalating import own, pass_on
from dispatch.jobs.going import NameWanted, Naming, Want
from dispatch.jobs.handing_over import hand_over, tell_why_not
from dispatch.jobs.holding import NotAsked, answered, hold
from dispatch.jobs.job import Job
from dispatch.jobs.naming import NotFoundByName
from dispatch.jobs.offer import Offer
from dispatch.jobs.reporting import UNFIT, put_off, turned_down
from shared.errors import Refused
from shared.events.assignments import OfferKind, OfferStatus, Outcome
from shared.events.contract import Sealed
from shared.events.envelope import Event
from shared.events.messages import OF_INTAKE, Answer, CallChanged, FailureReason, MessageChanged, ReplyReceived
from shared.events.registry import EventType
from shared.events.requests import MeetingOpened, RequestChanged, RequestState, RequestStatus, VisitSuspicious
from shared.telemetry.metrics import STALE_EVENTS

Handler = Callable[[Event, Docket], None]
# Of call tasks (notify): the purpose of one that brings a helper and a resident together, and what came of it.
CONNECTS: Final = "remote_call"
REACHED: Final = "told"
UNREACHED: Final = frozenset({"unreached", "wrong_number"})


class NotYours(Refused):
    def __init__(self) -> None:
        super().__init__("not_yours", "somebody else has this assignment, or nobody")


def take_request(event: Event, docket: Docket) -> None:
    """A job is made from whichever state event comes first; an older version than the one we know is dropped."""
    assert isinstance(event.body, RequestChanged)  # noqa: S101 - the registry says so
    request = event.body.request
    case = docket.of_request(request.request_id)
    if case is None:
        _first_sight(event.type, request, docket)
    elif request.version > case.job.request_version:
        _known(event.type, request, case, docket, event.body.reason)
        docket.refusals += put_off(case, event.body.wanted_at)
        case.job = replace(case.job, request_version=request.version)  # also one that is over: what is older is not news to it
    else:
        STALE_EVENTS.labels("dispatch", event.type).inc()


def _first_sight(kind: EventType, request: RequestState, docket: Docket) -> None:
    if request.status is RequestStatus.CANCELLED:
        docket.buried[request.request_id] = max(request.version, docket.buried.get(request.request_id, 0))
    elif docket.buried.get(request.request_id, 0) > request.version and kind is not EventType.REQUEST_REOPENED:
        STALE_EVENTS.labels("dispatch", kind).inc()
    elif opening.wants_a_job(request):
        job = opening.new_job(request, now=docket.now)
        _open(job, docket)


def _open(job: Job, docket: Docket) -> None:
    """What nobody in the city could help with just now waits for the end of the incident."""
    case = docket.add(opening.open_case(job, now=docket.now, parties=docket.parties))
    incident_id = docket.incidents.get(job.category)
    if incident_id is not None:
        hold(case, incident_id)


def _known(kind: EventType, request: RequestState, case: Case, docket: Docket, why: str | None) -> None:
    if case.job.closed_at is not None:
        if kind is EventType.REQUEST_REOPENED:
            _open(opening.reopened_job(case, request, why), docket)
    elif kind is EventType.REQUEST_VISIT_REFUSED:  # before what it leads to: whoever is on the way hears why
        opening.refuse(case, request)
    elif request.status is RequestStatus.CANCELLED:
        visiting.cancel(case)
    elif kind is EventType.REQUEST_VISIT_AGREED:
        opening.agree(case, request)
    else:
        together.amend(case, request, docket.leads)


def take_suspicion(event: Event, docket: Docket) -> None:
    """Somebody at the door was not who they should be. Which visit it was does not matter: whoever goes there now is stopped."""
    assert isinstance(event.body, VisitSuspicious)  # noqa: S101 - same
    case = docket.of_request(event.body.request_id)
    if case is None:
        docket.refusals.append(("suspicion.unknown_request", event.body.request_id, {"reason": event.body.reason}))
    else:
        together.stop(case, event.body.reason)


def take_reply(event: Event, docket: Docket) -> None:
    """An answer by message. A refusal is no error: it is kept in the audit, and a late yes is thanked."""
    assert isinstance(event.body, ReplyReceived)  # noqa: S101 - same
    reply = event.body
    docket.heard.add(reply.contact_point_id)
    if reply.answer in OF_RESIDENTS | OF_INTAKE:
        _resident_answers(reply, docket)
        return
    found = docket.find_offer(reply.offer_id)
    meant = docket.meant_by(reply, *found) if found else None
    if found is None or not _is_theirs(meant or found[0], found[1], reply):
        docket.refusals.append(("answer.unknown_offer", reply.offer_id, {"answer": reply.answer.value}))
        return
    case, offer = meant or found[0], found[1]
    try:
        if meant is None and reply.answer is not Answer.SOS:  # whoever calls for help is heard, whatever the number
            raise NotYours
        if reply.answer is Answer.ASSIGN:
            hand_over(case, offer, docket.named.get(event.id, NotFoundByName.UNKNOWN), docket.cases.values())
        else:
            answer(case, offer, reply, docket, docket.namings.get(event.id))
    except NameWanted as wanted:
        docket.refusals.append(("answer.refused", case.job.id, {"answer": reply.answer.value, "reason": wanted.reason}))
        visiting.ask_who_goes(case, offer, Naming(want=wanted.want))
    except Refused as refusal:
        docket.refusals.append(("answer.refused", case.job.id, {"answer": reply.answer.value, "reason": refusal.reason}))
        if type(refusal) in UNFIT:
            case.tell(UNFIT[type(refusal)], offer=offer, recipients=case.asked(offer), reason=refusal.reason)
        elif reply.answer is Answer.ASSIGN:
            tell_why_not(case, offer, refusal)
        elif reply.answer is Answer.ACCEPT:
            thank(case, offer, refusal, docket.leads, received_at=reply.received_at)


def _resident_answers(reply: ReplyReceived, docket: Docket) -> None:
    """Somebody who was helped, or waits, says how it stands; only from the phone that was asked."""
    if reply.answer in OF_INTAKE:
        return  # what it means for the request, intake says
    case = docket.cases.get(reply.job_id)
    try:
        if case is None or case.job.resident.contact_point_id != reply.contact_point_id:
            raise NotAsked
        if reply.answer in {Answer.COMES, Answer.STAYS_AWAY}:
            session.answer(case, comes=reply.answer is Answer.COMES, ask_id=reply.offer_id)
        else:
            answered(case, works=reply.answer is Answer.WORKS, ask_id=reply.offer_id)
    except Refused as refusal:
        docket.refusals.append(("answer.refused", reply.job_id, {"answer": reply.answer.value, "reason": refusal.reason}))


def _is_theirs(case: Case, offer: Offer, reply: ReplyReceived) -> bool:
    """A word about a visit comes from whoever was asked. Both sides of the door may call for help."""
    called = reply.answer is Answer.SOS and case.job.resident.contact_point_id == reply.contact_point_id
    return called or offer.contact_point_id == reply.contact_point_id


def answer(case: Case, offer: Offer, reply: ReplyReceived, docket: Docket, naming: Naming | None = None) -> None:
    """Raises Refused."""
    if reply.answer is Answer.SOS:
        of_helper = offer.contact_point_id == reply.contact_point_id
        sos(case, docket.leads, case.asked(offer) if of_helper else case.resident())
    elif offer.kind is OfferKind.ESCALATION:
        _lead_answers(case, offer, reply.answer, docket)
    elif reply.answer is Answer.ACCEPT:
        together.accept(case, offer, naming, said_at=reply.received_at)
    elif reply.answer in {Answer.DECLINE, Answer.CITY_DESK}:
        together.refuse(case, offer, docket.leads, reply.reason, said_at=reply.received_at)
    elif offer.status is not OfferStatus.ACCEPTED or case.winning_offer() != offer:  # of a group it may be others that it helps
        raise NotYours
    else:
        _visit(case, offer, reply, naming)


def _visit(case: Case, offer: Offer, reply: ReplyReceived, naming: Naming | None) -> None:
    """ "DI 14", "27 LAN", "DI 14 LAN": the name first, for without one nobody sets out."""
    if naming is None and reply.answer is Answer.NAMED:
        raise NameWanted(Want.NO_TEAM)
    if naming is not None:
        together.name(case, offer, naming)
        if naming.person is None:
            return  # asked for again: that is answer enough
    if reply.whole and reply.answer in OUTCOMES:
        session.of_all(case)
    if reply.answer is not Answer.NAMED:
        act = partial(watching.late, minutes=reply.minutes or 0) if reply.answer is Answer.LATE else VISITS[reply.answer]
        together.do(case, act, whole=reply.whole)


def _lead_answers(case: Case, offer: Offer, said: Answer, docket: Docket) -> None:
    if said is Answer.ACCEPT:
        own(case, offer)
    elif said in {Answer.DECLINE, Answer.CITY_DESK}:
        pass_on(case, offer, docket.leads, to_desk=said is Answer.CITY_DESK)
    elif said in OUTCOMES and said is not Answer.NEEDS_VISIT:
        visiting.done(case, OUTCOMES[said])
    else:
        raise NotYours


def take_meeting(event: Event, docket: Docket) -> None:
    assert isinstance(event.body, MeetingOpened)  # noqa: S101 - same
    case = docket.of_request(event.body.request_id)
    if case is not None and (case.job.id, case.job.visit) == (event.body.job_id, event.body.visit):
        meeting_opened(case)


def take_call(event: Event, docket: Docket) -> None:
    """The hotline has connected a helper and a resident, or could not."""
    assert isinstance(event.body, CallChanged)  # noqa: S101 - same
    case = docket.of_request(event.body.request_id)
    if case is None or case.job.id != event.body.job_id or event.body.purpose != CONNECTS:
        return
    if event.body.outcome == REACHED:
        connected(case)
    elif event.body.outcome in UNREACHED:
        not_reached(case)


def take_failure(event: Event, docket: Docket) -> None:
    """An offer that reached nobody: the next one is asked."""
    assert isinstance(event.body, MessageChanged)  # noqa: S101 - same
    found = docket.find_offer(event.body.offer_id) if event.body.offer_id else None
    if found is not None:
        # Without a time before which nobody is asked there, the same people would be asked again and again while it lasts.
        ours = event.body.reason is FailureReason.OUTAGE and event.body.retry_at is not None
        lapse(*found, docket.leads, OfferStatus.UNDELIVERABLE, event.body.reason, ours=ours)


OF_RESIDENTS: Final = frozenset({Answer.WORKS, Answer.BROKEN, Answer.COMES, Answer.STAYS_AWAY})

OUTCOMES: Final[Mapping[Answer, Outcome]] = MappingProxyType(
    {
        Answer.DONE: Outcome.SOLVED,
        Answer.ABSENT: Outcome.ABSENT,
        Answer.REFUSED: Outcome.REFUSED,
        Answer.WRONG_ADDRESS: Outcome.WRONG_ADDRESS,
        Answer.UNSAFE: Outcome.UNSAFE,
        Answer.NEEDS_OFFICE: Outcome.NEEDS_OFFICE,
        Answer.SECOND_VISIT: Outcome.SECOND_VISIT,
        Answer.NEEDS_VISIT: Outcome.NEEDS_VISIT,
    }
)


def _reporting(outcome: Outcome) -> Callable[[Case], None]:
    return lambda case: session.report(case, outcome)


VISITS: Final[Mapping[Answer, Callable[[Case], None]]] = MappingProxyType(
    {
        Answer.EN_ROUTE: watching.on_the_way,
        Answer.ON_SCENE: visiting.on_scene,
        Answer.RELEASE: visiting.release,
        Answer.TURNED_DOWN: turned_down,
        Answer.GOING: watching.going,
        Answer.WELL: watching.well,
        **{said: _reporting(outcome) for said, outcome in OUTCOMES.items()},
    }
)

HANDLERS: Final[Mapping[EventType, Handler]] = MappingProxyType(
    {
        EventType.REQUEST_FILED: take_request,
        EventType.REQUEST_LOCATED: take_request,
        EventType.REQUEST_AMENDED: take_request,
        EventType.REQUEST_CANCELLED: take_request,
        EventType.REQUEST_VISIT_AGREED: take_request,
        EventType.REQUEST_VISIT_REFUSED: take_request,
        EventType.REQUEST_REOPENED: take_request,
        EventType.REQUEST_COMPLAINED: take_request,  # as far as the job goes; who it is about, complaining.py knows
        EventType.MEETING_OPENED: take_meeting,
        EventType.VISIT_SUSPICIOUS: take_suspicion,
        EventType.REPLY_RECEIVED: take_reply,
        EventType.MESSAGE_FAILED: take_failure,
        EventType.CALL_DONE: take_call,
    }
)


def request_of(event: Event) -> UUID | None:
    body = event.body
    if isinstance(body, VisitSuspicious | MeetingOpened) or (isinstance(body, ReplyReceived) and body.answer in OF_RESIDENTS):
        return body.request_id  # of an answer: its job, of which no offer is spoken of
    if isinstance(body, CallChanged):
        return body.request_id if body.purpose == CONNECTS else None
    return body.request.request_id if isinstance(body, RequestChanged) else None


def said_of(event: Event) -> tuple[UUID, tuple[UUID, Sealed | None]] | None:
    """Event → offer and name, of an answer that may say who of a team goes: by a name, or by nothing when only one is there."""
    reply = event.body if isinstance(event.body, ReplyReceived) else None
    if reply is None or (reply.member is None and reply.answer is not Answer.ACCEPT):
        return None
    return event.id, (reply.offer_id, reply.member)


def offer_of(event: Event) -> UUID | None:
    return event.body.offer_id if isinstance(event.body, MessageChanged | ReplyReceived) else None
