"""One job on an operator's desk: every decision in words, somebody chosen by hand, somebody ruled out."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from dispatch.consumer import EventHandler
from dispatch.matching.matcher import Matcher
from dispatch.matching.policy import Policy
from shared.events.messages import Answer
from shared.events.registry import EventType
from shared.security.tokens import Role, issue
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.support.dispatching import said
from tests.support.eventually import eventually


def matched(town: Town) -> AbstractAsyncContextManager[Matcher]:
    return matching(town.pool, policy=Policy(retry_seconds=0.05))


async def decided(town: Town, job_id: UUID, role: str = "operator") -> dict[str, object]:
    answer = await town.send("GET", f"/v1/jobs/{job_id}/decision", role=role)
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def assign(town: Town, job_id: UUID, responder: str, *, dry_run: bool = False) -> tuple[int, dict[str, object]]:
    answer = await town.send("POST", f"/v1/jobs/{job_id}/assign", {"responder": responder, "dry_run": dry_run})
    return answer.status_code, answer.json()


async def test_a_decision_is_told_in_words_of_two_languages(town: Town) -> None:
    await town.enrol(
        entry(1, skills=("digital_signature",), lat=21.044, lon=105.834, shifts="Mon-Sun 08:00-17:00"),
        entry(2, skills=("vneid",)),
        entry(3, skills=("digital_signature",), confirmed=False),
    )
    async with matched(town) as matcher:
        town.handle = EventHandler(town.pool, matcher.wake, lambda: matcher.planner)
        _, job_id = await town.filed(skills=("digital_signature",), vulnerable=("elderly",))
    shown = await decided(town, job_id)
    [decision] = shown["decisions"]
    [candidate] = decision["candidates"]
    assert (candidate["responder"], candidate["distance_m"], decision["visit"], decision["wave"]) == ("V-1", 900, 0, 1)
    assert candidate["minutes"]["travel"] == pytest.approx(3.5, abs=0.2)
    assert candidate["sentence"] == {
        "vi": "cách 900 m, làm được chữ ký số, trực đến 17:00",
        "en": "900 m away, does digital signatures, on shift until 17:00",
    }
    assert decision["exclusions"] == {"phone_not_confirmed": 1, "not_able": 1}
    assert decision["sentence"]["en"] == (
        "One was asked: 900 m away, does digital signatures, on shift until 17:00. "
        "Not asked: 1 with an unconfirmed phone, 1 not able to do this. "
        "It goes 10 minutes ahead (at most 30), because the person to be helped is vulnerable."
    )


async def test_every_decision_is_there_also_the_one_that_found_nobody(town: Town) -> None:
    await town.enrol(entry(1, shifts="Mon-Sun 20:00-21:00"))
    _, job_id = await town.filed()
    async with matched(town):
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions"))
        await town.enrol(entry(2))
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where kind = 'visit'"))
    nobody, asked = (await decided(town, job_id, "ward_lead"))["decisions"]
    assert nobody["candidates"] == nobody["alternatives"] == []
    assert nobody["sentence"]["vi"] == "Chưa hỏi được ai: 1 người ngoài giờ trực."
    assert [one["responder"] for one in asked["candidates"]] == ["V-2"]
    assert asked["exclusions"] == {"off_shift": 1, "not_able": 0}


async def test_the_runner_up_is_an_alternative(town: Town) -> None:
    await town.enrol(entry(1), entry(2, lat=21.05, lon=105.85))
    async with matching(town.pool, policy=Policy(wave_size=1)):
        _, job_id = await town.filed()
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions"))
    [decision] = (await decided(town, job_id))["decisions"]
    assert [one["responder"] for one in decision["candidates"]] == ["V-1"]
    assert [one["responder"] for one in decision["alternatives"]] == ["V-2"]
    assert decision["alternatives"][0]["cost_minutes"] > decision["candidates"][0]["cost_minutes"]
    assert decision["exclusions"] == {"dearer": 1, "not_able": 0}
    assert decision["sentence"]["en"].endswith("Not asked: 1 who come after (further away, or with more work today).")


async def test_however_many_are_asked_two_others_are_shown_and_every_cost_adds_up(town: Town) -> None:
    await town.enrol(*(entry(number, lat=21.04 + number / 1000, lon=105.834) for number in range(8)))
    async with matching(town.pool, policy=Policy(wave_size=5)):
        _, job_id = await town.filed()
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions"))
    [decision] = (await decided(town, job_id))["decisions"]
    assert (len(decision["candidates"]), len(decision["alternatives"]), decision["exclusions"]["dearer"]) == (5, 2, 3)
    for one in decision["candidates"] + decision["alternatives"]:
        assert sum(one["minutes"].values()) == pytest.approx(one["cost_minutes"])
        assert datetime.fromisoformat(one["until"]) > await town.now()


@pytest.mark.parametrize(("role", "status"), [("operator", 404), ("ops", 404), ("adapter", 403), (None, 401)])
async def test_who_may_ask_about_a_job_that_is_not_there(town: Town, role: str | None, status: int) -> None:
    assert (await town.send("GET", f"/v1/jobs/{uuid4()}/decision", role=role)).status_code == status


async def test_a_dry_run_says_what_it_would_mean_and_changes_nothing(town: Town) -> None:
    near, _ = await town.enrol(entry(1), entry(2, lat=21.2, lon=105.834, shifts="Mon-Sun 20:00-21:00"))
    _, job_id = await town.filed(skills=("vneid",))
    await town.offered(job_id, [near])
    before = await town.events()
    status, shown = await assign(town, job_id, "V-2", dry_run=True)
    assert (status, shown["possible"], shown["refused"], shown["withdrawn"]) == (200, True, None, 1)
    assert shown["warnings"] == ["off_shift", "not_able", "far"]
    assert shown["missing_skills"] == {"vi": "VNeID", "en": "VNeID"}
    assert shown["sentence"] == {
        "vi": "Cách 18,2 km, ngoài giờ trực. Lưu ý: không làm được việc này, ở xa. "
        "1 người đang được hỏi sẽ được báo là không cần nữa.",
        "en": "18.2 km away, off shift. Mind: not able to do this, far away. 1 who are being asked will hear that it is over.",
    }
    assert await town.events() == before


async def test_whoever_is_chosen_is_asked_and_nobody_else(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    _, job_id = await town.filed()
    [first] = await town.offered(job_id, [an])
    status, shown = await assign(town, job_id, "V-2")
    assert (status, shown["offer"]["lease_seconds"]) == (200, 180.0)
    offer_id = UUID(shown["offer"]["id"])
    assert (await town.offer(offer_id))["responder_id"] == binh
    assert ((await town.offer(first))["status"], (await town.offer(first))["reason"]) == ("withdrawn", "reassigned")
    assert [event["type"] for event in await town.events()][-2:] == ["offer.made", "offer.withdrawn"]
    assert await town.pool.fetchval("select offers_today from responders where id = $1", binh) == 1
    assert await town.pool.fetchval("select count(*) from timers where subject = $1", offer_id) == 1
    assert (
        await town.pool.fetchval("select actor from audit where action = 'job.assigned' and subject = $1", job_id)
        == "operator:test operator"
    )
    *_, decision = (await decided(town, job_id))["decisions"]
    assert decision["candidates"][0]["responder"] == "V-2"
    assert decision["sentence"]["en"].endswith("A coordinator chose this person.")
    assert await town.pool.fetchval("select ranking->>'pinned_by' from decisions order by at desc limit 1") == "operator"
    await town.replies(offer_id, Answer.ACCEPT)
    assert (await town.job(job_id))["responder_id"] == binh


async def test_a_pinned_offer_that_nobody_answers_goes_the_usual_way(town: Town) -> None:
    await town.enrol(entry(1))
    _, job_id = await town.filed()
    await assign(town, job_id, "V-1")
    assert (await town.job(job_id))["first_offer_at"] is not None
    await town.later(301)
    job = await town.job(job_id)
    assert (job["status"], job["waves_empty"], len(job["excluded"])) == ("pending", 1, 1)


async def test_what_stands_against_it_is_a_refusal_and_changes_nothing(town: Town) -> None:
    an, _ = await town.enrol(entry(1), entry(2, confirmed=False))
    _, first = await town.filed()
    _, second = await town.filed()
    await town.offered(first, [an])
    before = await town.events()
    for responder, reason in (("V-1", "pending_offer"), ("V-2", "phone_not_confirmed")):
        status, problem = await assign(town, second, responder)
        assert (status, problem["reason"]) == (409, reason)
    assert (await assign(town, second, "V-9"))[0] == 404
    assert (await assign(town, uuid4(), "V-1"))[0] == 404
    assert await town.events() == before


async def test_two_on_one_phone_are_not_chosen_at_the_same_time(town: Town) -> None:
    await town.enrol(entry(1), entry(2, phone=entry(1).entry.phone))
    jobs = [(await town.filed())[1] for _ in range(2)]
    answers = await asyncio.gather(assign(town, jobs[0], "V-1"), assign(town, jobs[1], "V-2"))
    assert sorted(status for status, _ in answers) == [200, 409]


async def test_ruled_out_is_ruled_out_over_amendments_and_is_audited(town: Town) -> None:
    an, binh = await town.enrol(entry(1), entry(2))
    request, job_id = await town.filed()
    [offer_id, _] = await town.offered(job_id, [an, binh])
    answer = await town.send("POST", f"/v1/jobs/{job_id}/exclusions", {"responder": "V-1"}, role="ward_lead")
    assert (answer.status_code, answer.json()["status"]) == (200, "offered")
    assert (await town.offer(offer_id))["status"] == "withdrawn"
    audited = await town.pool.fetchrow("select actor, detail from audit where action = 'job.responder_ruled_out'")
    assert (audited["actor"], audited["detail"]) == ("ward_lead:test ward_lead", {"responder_id": str(an)})
    changed = request.model_copy(update={"version": 2, "category": "equipment"})
    await town.handle([said(EventType.REQUEST_AMENDED, changed)])
    assert (await town.job(job_id))["excluded"] == []
    async with matched(town):
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where status = 'pending'"))
    assert await town.pool.fetchval("select array_agg(responder_id) from offers where status = 'pending'") == [binh]
    assert (await assign(town, job_id, "V-1"))[1]["reason"] == "barred"


async def test_bodies_that_say_nothing_or_too_much_are_refused(town: Town) -> None:
    _, job_id = await town.filed()
    for path, body in (("assign", {}), ("assign", {"responder": "V-1", "force": True}), ("exclusions", {"responder": "../V"})):
        assert (await town.send("POST", f"/v1/jobs/{job_id}/{path}", body)).status_code == 422


async def test_whoever_was_ruled_out_may_be_let_in_again(town: Town) -> None:
    await town.enrol(entry(1))
    _, job_id = await town.filed()
    path = f"/v1/jobs/{job_id}/exclusions"
    assert (await town.send("POST", path, {"responder": "V-1"})).status_code == 200
    async with matched(town) as matcher:
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions"))
        assert matcher.planner is not None
        for _ in range(2):
            answer = await town.send("DELETE", f"{path}/V-1", role="ward_lead")
            assert (answer.status_code, answer.json()["ruled_out"]) == (200, False)
        await eventually(lambda: town.pool.fetchval("select count(*) from offers where kind = 'visit'"))
    assert (await town.job(job_id))["barred"] == []
    assert (await town.send("DELETE", f"{path}/V-9")).status_code == 404
    assert (await town.send("DELETE", f"{path}/V-1", role="ops")).status_code == 403


async def test_who_said_no_themselves_stays_unasked(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.DECLINE)
    assert (await town.send("DELETE", f"/v1/jobs/{job_id}/exclusions/V-1")).status_code == 200
    assert (await town.job(job_id))["excluded"] == [an]


@pytest.mark.parametrize(("commune", "status"), [("00004", 200), ("00008", 403)])
async def test_a_ward_lead_looks_into_and_decides_about_their_own_ward(town: Town, commune: str, status: int) -> None:
    await town.enrol(entry(1))
    _, job_id = await town.filed()
    login = await asyncpg.connect(town.dsn)
    secret = await issue(login, "one ward", Role.WARD_LEAD, timedelta(hours=1), commune_code=commune)
    await login.close()
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
    path, body = f"/v1/jobs/{job_id}", b'{"responder": "V-1"}'
    assert (await town.client.post(f"{path}/exclusions", content=body, headers=headers)).status_code == status
    assert (await town.client.delete(f"{path}/exclusions/V-1", headers=headers)).status_code == status
    assert (await town.client.post(f"{path}/assign", content=body, headers=headers)).status_code == status
    assert (await town.client.get(f"{path}/decision", headers=headers)).status_code == status
