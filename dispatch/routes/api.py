"""The HTTP routes of dispatch: bodies in, use cases called, answers out. No rules, no SQL; who may call stands in access.py."""

import re
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from dispatch.answers import Answers
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Level
from dispatch.jobs.job import on_hold
from dispatch.jobs.offer import Offer
from dispatch.roster.directory import Directory
from dispatch.roster.enrolment import Seat
from dispatch.roster.entry import EXTERNAL_ID, Entry, Named
from dispatch.routes.forms import AcceptForm, DeclineForm, DrillForm, LeadForm, NameForm, OutcomeForm, SlotForm
from shared.errors import Invalid, NotFound
from shared.geo.communes import COMMUNES
from shared.http.body import BODY, JsonBody
from shared.http.direct import json_answer as _json
from shared.http.guard import caller
from shared.meetings import Meetings
from shared.security.tokens import Caller

NO_MEETINGS: Final = Meetings(None, lambda _: b"")
EntryBody: Final = JsonBody(Entry)
OutcomeBody: Final = JsonBody(OutcomeForm)
SlotBody: Final = JsonBody(SlotForm)
AcceptBody: Final = JsonBody(AcceptForm)
NameBody: Final = JsonBody(NameForm)
DeclineBody: Final = JsonBody(DeclineForm)
DrillBody: Final = JsonBody(DrillForm)
LeadBody: Final = JsonBody(LeadForm)


def router(*, answers: Answers, directory: Directory, meetings: Meetings = NO_MEETINGS) -> APIRouter:
    routes = APIRouter()
    _add_offers(routes, answers, meetings)
    _add_assignments(routes, answers)
    _add_aftercare(routes, answers)
    _add_directory(routes, directory)
    return routes


def _add_offers(routes: APIRouter, answers: Answers, meetings: Meetings) -> None:
    @routes.get("/v1/offers/{id}")
    async def show_offer(id: UUID, request: Request) -> Response:  # noqa: A002 - the path names it so
        case, offer = await answers.show(id, await caller(request))
        return _json({**offer_view(case, offer), "meeting": meeting_of(case, offer, meetings)})

    @routes.post("/v1/offers/{id}/accept")
    async def accept_offer(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        member = AcceptBody.parse(request).member if request.scope.get(BODY) else None
        return _json(offer_view(*await answers.accept(id, await caller(request), member)))

    @routes.post("/v1/offers/{id}/decline")
    async def decline_offer(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = DeclineBody.parse(request) if request.scope.get(BODY) else DeclineForm()
        return _json(offer_view(*await answers.decline(id, await caller(request), to_desk=form.to_desk)))

    @routes.post("/v1/offers/{id}/link", status_code=201)
    async def make_link(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json({"offer_id": id, "t": await answers.link(id, await caller(request))}, 201)


def _add_assignments(routes: APIRouter, answers: Answers) -> None:
    @routes.post("/v1/assignments/{id}/member", openapi_extra=NameBody.schema())
    async def name_member(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(job_view(await answers.name(id, await caller(request), NameBody.parse(request).member)))

    @routes.post("/v1/assignments/{id}/en-route")
    async def set_out(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(job_view(await answers.en_route(id, await caller(request))))

    @routes.post("/v1/assignments/{id}/on-scene")
    async def arrive(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(job_view(await answers.on_scene(id, await caller(request))))

    @routes.post("/v1/assignments/{id}/done", openapi_extra=OutcomeBody.schema())
    async def finish(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        outcome = OutcomeBody.parse(request).outcome
        return _json(job_view(await answers.done(id, await caller(request), outcome)))

    @routes.post("/v1/assignments/{id}/release")
    async def give_back(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(job_view(await answers.release(id, await caller(request))))

    @routes.post("/v1/assignments/{id}/lift")
    async def lift_freeze(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(job_view(await answers.lift(id, await caller(request))))


def _add_aftercare(routes: APIRouter, answers: Answers) -> None:
    @routes.post("/v1/assignments/{id}/slot", openapi_extra=SlotBody.schema())
    async def agree_slot(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        form = SlotBody.parse(request)
        return _json(job_view(await answers.slot(id, await caller(request), form.at, form.caller_phone)))

    @routes.post("/v1/assignments/{id}/sos")
    async def call_for_help(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        who = await caller(request)
        return _json(_alarm_view(await answers.sos(id, who), who))

    @routes.post("/v1/assignments/{id}/calm")
    async def end_alarm(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        return _json(job_view(await answers.calm(id, await caller(request))))


def _add_directory(routes: APIRouter, directory: Directory) -> None:
    @routes.put("/v1/responders/{id}", openapi_extra=EntryBody.schema())
    async def put_responder(id: str, request: Request) -> Response:  # noqa: A002 - same
        if not re.fullmatch(EXTERNAL_ID, id):
            raise Invalid("id", "must be 1 to 64 letters, digits, dots, dashes or underscores")
        return _json(await directory.put(Named(id, EntryBody.parse(request)), await caller(request)))

    @routes.get("/v1/responders/{id}")
    async def show_responder(id: str, request: Request) -> Response:  # noqa: A002 - same
        return _json(await directory.show(id, await caller(request)))

    @routes.put("/v1/leads/{commune_code}", openapi_extra=LeadBody.schema())
    async def put_lead(commune_code: str, request: Request) -> Response:
        form = LeadBody.parse(request)
        if COMMUNES.by_code(commune_code) is None:
            raise NotFound("commune")
        await directory.put_lead(Seat(Level(form.role), commune_code, form.name, form.phone, form.confirmed))
        return _json({"commune_code": commune_code, "role": form.role})

    @routes.post("/v1/contact-points/{id}/confirm")
    async def confirm_contact_point(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        await directory.confirm(id, await caller(request))
        return _json({"id": id, "confirmed": True})

    @routes.post("/v1/contact-points/{id}/drill", openapi_extra=DrillBody.schema())
    async def note_drill(id: UUID, request: Request) -> Response:  # noqa: A002 - same
        answered = DrillBody.parse(request).answered
        await directory.drill(id, await caller(request), answered=answered)
        return _json({"id": id, "answered": answered})

    @routes.get("/v1/escalations")
    async def list_escalations(request: Request) -> Response:
        who = await caller(request)
        return _json({"jobs": await directory.escalations(who), "unnamed": await directory.unnamed(who)})


def meeting_of(case: Case, offer: Offer, meetings: Meetings) -> str | None:
    """For whoever helps by phone, once the resident has opened it on their own page; nobody is ever sent it."""
    if not case.job.aftercare.meeting or not case.by_phone or offer != case.winning_offer():
        return None
    return meetings.address(case.job.id, case.job.visit)


def offer_view(case: Case, offer: Offer) -> dict[str, Any]:
    """What somebody who was asked may see: what, roughly where, until when. No name, number or address."""
    return {
        "id": offer.id,
        "kind": offer.kind,
        "status": offer.status,
        "expires_at": offer.expires_at,
        "distance_m": None if offer.by_phone else offer.distance_m,
        "by_phone": offer.by_phone,
        "reason": offer.reason,
        "assignment": job_view(case),
    }


def _alarm_view(case: Case, who: Caller) -> dict[str, Any]:
    """An alarm is heard from every ward; what it is about only its own ward reads."""
    ours = who.commune_code in {None, case.job.commune_code}
    return job_view(case) if ours else {"id": case.job.id, "alarm": case.job.aftercare.alarm}


def job_view(case: Case) -> dict[str, Any]:
    job = case.job
    return {
        "id": job.id,
        "code": job.code,
        "status": job.status,
        "priority": job.priority,
        "category": job.category,
        "commune_code": job.commune_code,
        "visit": job.visit,
        "outcome": job.outcome,
        "unnamed": case.unnamed(offer) if (offer := case.winning_offer()) else False,
        "escalated_to": job.escalated_to,
        "not_before": job.not_before,
        "waits_for": on_hold(job),
        "alarm": job.aftercare.alarm,
    }
