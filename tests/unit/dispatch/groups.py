"""Groups of made-up cases, confirmed and taken, for tests of one visit for several requests."""

from dataclasses import replace
from uuid import uuid4

from dispatch.faults.group import Group, Member
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.offer import Offer
from dispatch.jobs.together import accept, confirm, settle
from shared.events.assignments import JobStatus
from shared.events.contract import Place
from tests.support.dispatching import COMMUNE, NOW, a_case, a_responder, an_offer

S = JobStatus


def a_group(*cases: Case) -> Group:
    return Group(
        id=uuid4(),
        city="hanoi",
        fault="network",
        commune_code=COMMUNE,
        place=Place(lat=21.036, lon=105.834),
        radius_m=250,
        proposed_at=NOW,
        last_called_at=NOW,
        members={case.job.id: Member(job_id=case.job.id, request_id=case.job.request_id) for case in cases},
    )


def confirmed(*cases: Case) -> Fellowship:
    """As the use case does it, saved."""
    people = {id_: one for case in cases for id_, one in case.parties.responders.items()}
    contacts = {id_: one for case in cases for id_, one in case.parties.contacts.items()}
    for case in cases:
        case.parties = cases[0].parties
    cases[0].parties.responders.update(people)
    cases[0].parties.contacts.update(contacts)
    fellowship = Fellowship(a_group(*cases))
    confirm(fellowship, cases, NOW)
    settle(fellowship, NOW)
    return fellowship


def waiting(count: int = 3, **changes: object) -> list[Case]:
    return [a_case(S.PENDING, asked=1, **changes) for _ in range(count)]  # type: ignore[arg-type]


def head_of(fellowship: Fellowship) -> Case:
    [head] = [case for case in fellowship.cases if not case.job.rides and case.job.group_id is not None]
    return head


def offered(fellowship: Fellowship) -> tuple[Case, Offer]:
    """The matcher asks one person for the whole group."""
    head = head_of(fellowship)
    person = a_responder()
    head.put_responder(person)
    offer = head.put(an_offer(head.job, person, group_id=head.job.group_id))
    head.job = replace(head.job, status=S.OFFERED)
    return head, offer


def taken(count: int = 3) -> tuple[Fellowship, Case, Offer]:
    fellowship = confirmed(*waiting(count))
    head, offer = offered(fellowship)
    accept(head, offer)
    settle(fellowship, NOW)
    return fellowship, head, head.offers[offer.id]


def statuses(fellowship: Fellowship) -> list[str]:
    return [case.job.status.value for case in fellowship.cases]
