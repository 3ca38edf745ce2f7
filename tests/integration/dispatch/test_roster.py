"""The roster on a real database: importing, putting, confirming, hours, leads, forgetting."""

import pytest

from dispatch.erase import erase
from dispatch.jobs.escalation import Level
from dispatch.roster.importing import import_roster
from dispatch.settings import DispatchSettings
from dispatch.upkeep import Upkeep
from shared.events.contract import Sealed
from shared.events.messages import Answer
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import Town, entry

HEADER = "id,kind,name,phone,commune_code,shifts,capacity,confirmed,team,vetted"
BODY = {"kind": "volunteer", "name": "Trần An", "phone": "0912345678", "commune_code": "00004", "confirmed": True}


def csv(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


async def test_good_rows_are_loaded_bad_ones_told_and_who_is_missing_is_listed(town: Town) -> None:
    first = await import_roster(
        town.pool,
        town.vault,
        "hanoi",
        csv("A,volunteer,An,0912345678,00004,always,1,yes,,", "B,volunteer,Bình,0912345679,00004,always,1,yes,,"),
    )
    assert (first.added, first.changed, first.bad_rows, first.missing) == (2, 0, (), {})
    second = await import_roster(
        town.pool,
        town.vault,
        "hanoi",
        csv("A,volunteer,An,0912345678,00004,always,2,yes,,", "C,volunteer,Chi,nonsense,00004,always,1,yes,,"),
    )
    assert (second.added, second.changed, second.missing) == (0, 1, {"00004": ["B"]})
    assert [bad.line for bad in second.bad_rows] == [3]
    assert await town.pool.fetchval("select count(*) from responders where active") == 2  # missing is told, not deleted


async def test_names_and_numbers_are_sealed(town: Town) -> None:
    await town.enrol(entry(1))
    row = await town.pool.fetchrow(
        "select name, address from responders join contact_points point on point.id = contact_point_id"
    )
    sealed = Sealed.model_validate(row["name"])
    async with town.pool.acquire() as connection:
        key = (await town.vault.keys(connection, [sealed.key_id]))[sealed.key_id]
    assert key.open(sealed, purpose="name").decode() == "Tình nguyện 1"
    assert key.open(Sealed.model_validate(row["address"]), purpose="phone") == b"+84912000001"


async def test_a_team_can_do_what_its_present_vetted_members_can(town: Town) -> None:
    team = "T,team,Tổ 1,0912345678,00004,always,5,yes,,"
    members = [f"M-{number},member,Người {number},,,,,,T,{'yes' if number else 'no'}" for number in range(3)]
    await import_roster(town.pool, town.vault, "hanoi", csv(team, *members))
    assert await town.pool.fetchval("select capacity from responders") == 2
    assert await town.pool.fetchval("select count(*) from members where vetted_on is not null") == 2


async def test_a_team_that_shrinks_while_it_works_keeps_the_guard_and_shrinks_afterwards(town: Town) -> None:
    (team,) = await town.enrol(entry(1, capacity=2))
    jobs = []
    for _ in range(2):
        _, job_id = await town.filed()
        (offer,) = await town.offered(job_id, [team])
        await town.replies(offer, Answer.ACCEPT)
        jobs.append(offer)
    await town.enrol(entry(1, capacity=1))
    assert await town.pool.fetchval("select capacity from responders") == 2
    await town.replies(jobs[0], Answer.DONE)
    assert tuple(await town.pool.fetchrow("select load, capacity from responders")) == (1, 1)


async def test_the_city_desk_is_there_after_every_start_and_never_twice(town: Town) -> None:
    upkeep = Upkeep(town.pool, town.vault, DispatchSettings(city_desk_phone="+842438250000"))
    await upkeep.prepare()
    await upkeep.prepare()
    rows = await town.pool.fetch("select role, confirmed_at from leads join contact_points p on p.id = contact_point_id")
    assert [(row["role"], row["confirmed_at"] is not None) for row in rows] == [("city_desk", True)]


async def test_put_shows_what_is_stored_without_name_or_number(town: Town) -> None:
    answer = await town.send("PUT", "/v1/responders/V-7", BODY)
    assert answer.status_code == 200, answer.text
    shown = (await town.send("GET", "/v1/responders/V-7")).json()
    assert (shown["external_id"], shown["capacity"], shown["load"], shown["on_shift"]) == ("V-7", 1, 0, True)
    assert "An" not in answer.text
    assert "912345678" not in answer.text
    assert (await town.send("GET", "/v1/responders/V-8")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "+1 202 555"},
        {"commune_code": "99999"},
        {"name": "two\nlines"},
        {"name": "\ufeff \u200b"},
        {"lat": 91.0, "lon": 105.8},
        {"lat": 21.0},
        {"lat": 10.8, "lon": 106.6},
        {"salary": 1},
        {"kind": "wizard"},
        {"shifts": "whenever"},
        {"capacity": -1},
        {"capacity": "3"},
        {"confirmed": "yes"},
        {"skills": ["flying"]},
    ],
)
async def test_a_responder_that_cannot_be_right_is_refused_with_advice(town: Town, changes: dict[str, object]) -> None:
    answer = await town.send("PUT", "/v1/responders/V-7", {**BODY, **changes})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unconfirmed_phone_is_confirmed_by_a_person(town: Town) -> None:
    shown = (await town.send("PUT", "/v1/responders/V-7", {**BODY, "confirmed": False})).json()
    assert shown["confirmed_at"] is None
    path = f"/v1/contact-points/{shown['contact_point_id']}/confirm"
    assert (await town.send("POST", path, role="adapter")).status_code == 403
    assert (await town.send("POST", path)).status_code == 200
    assert (await town.send("GET", "/v1/responders/V-7")).json()["confirmed_at"] is not None
    missing = "/v1/contact-points/00000000-0000-0000-0000-000000000000/confirm"
    assert (await town.send("POST", missing)).status_code == 404


async def test_a_lead_is_put_for_a_ward_and_replaced(town: Town) -> None:
    for name in ("Chi", "Dung"):
        body = {"role": "ward_lead", "name": name, "phone": "0912345678", "confirmed": True}
        assert (await town.send("PUT", "/v1/leads/00004", body)).status_code == 200
    assert await town.pool.fetchval("select count(*) from leads") == 1
    assert (await town.send("PUT", "/v1/leads/99999", body)).status_code == 404


async def test_forgetting_a_responder_gives_their_work_back_and_nobody_asks_them_again(town: Town) -> None:
    await town.seat(Level.WARD_LEAD)
    (an,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [an])
    await town.replies(offer, Answer.ACCEPT)
    point = (await town.offer(offer))["contact_point_id"]
    for _ in range(2):
        async with transaction(town.pool, "dispatch.roster") as connection:
            await erase(connection, point)
    job = await town.job(job_id)
    assert (job["status"], job["excluded"]) == ("pending", [an])
    row = await town.pool.fetchrow(
        "select name, active, load, address from responders join contact_points p on p.id = contact_point_id"
    )
    assert tuple(row) == (None, False, 0, None)


async def test_forgetting_a_resident_ends_their_job(town: Town) -> None:
    (an,) = await town.enrol(entry(1))
    request, job_id = await town.filed()
    await town.offered(job_id, [an])
    async with transaction(town.pool, "dispatch.roster") as connection:
        await erase(connection, request.resident.contact_point_id)
    assert (await town.job(job_id))["status"] == "cancelled"
    assert [event["reason"] for event in await town.events("offer.withdrawn")] == ["erased"]
