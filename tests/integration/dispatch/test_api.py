"""The routes of dispatch: who may act, what is shown, and links that open one door only."""

from uuid import UUID, uuid4

import pytest

from tests.integration.dispatch.conftest import OPERATOR, Town, entry

NOBODYS = "0f9c1d3e-5a77-4c1f-9a35-2b1c6f0e8d21"  # of no offer and no job; constant, because workers compare the names of tests


async def asked(town: Town, *, count: int = 1) -> tuple[str, list[str]]:
    people = await town.enrol(*(entry(number) for number in range(count)))
    _, job_id = await town.filed()
    return str(job_id), [str(offer) for offer in await town.offered(job_id, people)]


async def test_a_visit_from_offer_to_outcome(town: Town) -> None:
    job, (offer,) = await asked(town)
    shown = (await town.send("GET", f"/v1/offers/{offer}")).json()
    assert (shown["status"], shown["assignment"]["status"], shown["distance_m"]) == ("pending", "offered", 500)
    accepted = await town.send("POST", f"/v1/offers/{offer}/accept")
    assert accepted.json()["assignment"]["status"] == "accepted"
    for step, status in (("en-route", "en_route"), ("on-scene", "on_scene")):
        assert (await town.send("POST", f"/v1/assignments/{job}/{step}")).json()["status"] == status
    done = await town.send("POST", f"/v1/assignments/{job}/done", {"outcome": "solved"})
    assert (done.json()["status"], done.json()["outcome"]) == ("done", "solved")
    assert [event["type"] for event in await town.events()][-4:] == [
        "assignment.accepted",
        "assignment.en_route",
        "assignment.on_scene",
        "assignment.done",
    ]


async def test_the_second_yes_is_told_why_not(town: Town) -> None:
    _, (first, second) = await asked(town, count=2)
    await town.send("POST", f"/v1/offers/{first}/accept")
    late = await town.send("POST", f"/v1/offers/{second}/accept")
    assert (late.status_code, late.json()["reason"]) == (409, "already_taken")


async def test_what_only_an_office_can_do_is_handed_off(town: Town) -> None:
    job, (offer,) = await asked(town)
    await town.send("POST", f"/v1/offers/{offer}/accept")
    answer = await town.send("POST", f"/v1/assignments/{job}/done", {"outcome": "needs_office"})
    assert answer.json()["status"] == "handed_off"
    (event,) = await town.events("assignment.handed_off")
    assert event["reason"] == "needs_office"


async def test_a_link_opens_its_own_offer_and_the_visit_that_came_of_it(town: Town) -> None:
    job, (mine, yours) = await asked(town, count=2)
    link = (await town.send("POST", f"/v1/offers/{mine}/link")).json()["t"]
    assert (await town.send("GET", f"/v1/offers/{mine}?t={link}", role=None)).status_code == 200
    assert (await town.send("POST", f"/v1/offers/{yours}/accept?t={link}", role=None)).status_code == 404
    assert (await town.send("POST", f"/v1/assignments/{job}/en-route?t={link}", role=None)).status_code == 404
    assert (await town.send("POST", f"/v1/offers/{mine}/accept?t={link}", role=None)).status_code == 200
    assert (await town.send("POST", f"/v1/assignments/{job}/en-route?t={link}", role=None)).status_code == 200
    assert await town.pool.fetchval("select count(*) from link_tokens where position($1::bytea in hash) > 0", link.encode()) == 0


async def test_showing_a_link_does_nothing(town: Town) -> None:
    job, (offer,) = await asked(town)
    before = await town.events()
    link = (await town.send("POST", f"/v1/offers/{offer}/link")).json()["t"]
    for _ in range(3):
        await town.send("GET", f"/v1/offers/{offer}?t={link}", role=None)
    assert await town.events() == before
    assert (await town.job(UUID(job)))["status"] == "offered"


async def test_a_link_dies_a_day_after_its_offer(town: Town) -> None:
    _, (taken, gone) = await asked(town, count=2)
    links = {offer: (await town.send("POST", f"/v1/offers/{offer}/link")).json()["t"] for offer in (taken, gone)}
    await town.send("POST", f"/v1/offers/{taken}/accept")
    seen = []
    for hours in (23, 25):
        await town.pool.execute("update offers set ended_at = transport.app_clock() - make_interval(hours => $1)", hours)
        seen += [(await town.send("GET", f"/v1/offers/{offer}?t={link}", role=None)).status_code for offer, link in links.items()]
    assert seen == [200, 200, 200, 404], "the visit goes on; the lost offer is nobody's business any more"


async def test_a_guessed_link_learns_nothing(town: Town) -> None:
    _, (offer,) = await asked(town)
    guessed = await town.send("GET", f"/v1/offers/{offer}?t={'A' * 22}", role=None)
    unknown = await town.send("GET", f"/v1/offers/{uuid4()}?t={'A' * 22}", role=None)
    assert (guessed.status_code, guessed.json()) == (unknown.status_code, unknown.json()) == (404, guessed.json())


@pytest.mark.parametrize("role", [None, "adapter", "ops"])
async def test_answers_need_a_role_or_a_link(town: Town, role: str | None) -> None:
    answer = await town.send("POST", f"/v1/offers/{uuid4()}/accept", role=role)
    assert answer.status_code == (401 if role is None else 403)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/assignments/nonsense/release", None, 422),
        (f"/v1/assignments/{NOBODYS}/release", None, 404),
        (f"/v1/assignments/{NOBODYS}/done", {"outcome": "magic"}, 422),
        (f"/v1/assignments/{NOBODYS}/done", {}, 422),
        (f"/v1/offers/{NOBODYS}/accept", None, 404),
    ],
)
async def test_what_cannot_be_is_a_problem_that_says_what_to_do(town: Town, path: str, body: object, status: int) -> None:
    answer = await town.send("POST", path, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_an_open_job_is_closed_only_by_who_owns_its_escalation(town: Town) -> None:
    _, job_id = await town.filed()
    early = await town.send("POST", f"/v1/assignments/{job_id}/done", {"outcome": "solved"})
    assert (early.status_code, early.json()["reason"]) == (409, "not_escalated")
    await town.later(16 * 60)
    assert (await town.send("POST", f"/v1/assignments/{job_id}/done", {"outcome": "solved"})).json()["status"] == "done"


async def test_every_act_is_in_the_audit_with_who_did_it(town: Town) -> None:
    job, (offer,) = await asked(town)
    await town.answers.accept(UUID(offer), OPERATOR)
    row = await town.pool.fetchrow("select * from audit where action = 'assignment.accepted'")
    assert (row["actor"], str(row["subject"]), row["detail"]["offer"]) == ("operator:An", job, "accepted")
