"""Whoever was named is not there any more: of one visit for several requests every resident hears of it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from dispatch.jobs import visiting
from dispatch.jobs.case import Case, Fellowship
from dispatch.jobs.leaving import decide
from shared.events.assignments import AssignmentChanged, JobStatus
from shared.events.contract import Role
from tests.support.dispatching import a_contact, sealed, told
from tests.unit.dispatch.groups import statuses, taken

S = JobStatus


def named() -> tuple[Fellowship, Case]:
    """A team has taken three requests as one visit, and has said who goes."""
    fellowship, head, offer = taken()
    assert offer.responder_id is not None
    head.put_responder(replace(head.responder(offer.responder_id), present_members=2))
    head.parties.contacts[offer.contact_point_id] = replace(a_contact(), id=offer.contact_point_id)
    head.put(replace(offer, member_id=uuid4(), member=sealed()))
    for case in fellowship.cases:
        case.job = replace(case.job, visit_consent=True)
        case.events.clear()
    return fellowship, head


def hearers(case: Case) -> list[Role]:
    body = case.events[-1].body
    assert isinstance(body, AssignmentChanged)
    return sorted(one.role for one in body.recipients)


def test_nobody_waits_for_a_name_that_does_not_come() -> None:
    fellowship, head = named()
    decide(head, vetted=True, present=False)
    assert [told(case) for case in fellowship.cases] == [["assignment.name_wanted"]] * 3
    assert hearers(head) == [Role.RESIDENT, Role.RESPONDER]  # the team is asked once
    assert [hearers(case) for case in head.fellows] == [[Role.RESIDENT]] * 2
    assert all(case.winning_offer() is not None and case.unnamed(next(iter(case.offers.values()))) for case in fellowship.cases)


@pytest.mark.parametrize("about", [0, 1, 2])
def test_on_the_way_the_whole_visit_is_given_back_whichever_of_it_was_looked_at(about: int) -> None:
    fellowship, head = named()
    visiting.en_route(head)
    decide(fellowship.cases[about], vetted=True, present=False)
    assert statuses(fellowship) == ["pending"] * 3
    assert head.winning_offer() is None


def test_who_is_with_one_of_them_may_finish_there_and_the_others_get_somebody_else() -> None:
    fellowship, head = named()
    visiting.on_scene(head)
    decide(head, vetted=True, present=False)
    assert sorted(statuses(fellowship)) == ["on_scene", "pending", "pending"]
    assert head.winning_offer() is not None
