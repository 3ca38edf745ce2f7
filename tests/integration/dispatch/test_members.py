"""A team is who of it is there: vetted, present, with courses that have not expired; and what becomes of visits when they go."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.erase import erase
from dispatch.roster.entry import Course
from dispatch.roster.importing import import_roster
from shared.events.messages import Answer
from shared.postgres.transaction import transaction
from tests.integration.dispatch.conftest import OPERATOR, Town
from tests.integration.dispatch.test_who_goes import HONG, LAN, MAI, TUAN, Asked, asked, roles, team
from tests.support.dispatching import NOW

TODAY = date(2026, 3, 2)  # NOW, in Hanoi
HEADER = "id,kind,name,phone,commune_code,capacity,skills,confirmed,team,vetted,vetted_until,courses,present,absent_until"


async def row(town: Town) -> tuple[Any, ...]:
    found = await town.pool.fetchrow("select capacity, present_members, skills from responders order by external_id limit 1")
    return tuple(found)


async def id_of(town: Town, external_id: str) -> UUID:
    found: UUID = await town.pool.fetchval("select id from members where external_id = $1", external_id)
    return found


async def says_present(town: Town, external_id: str, *, present: bool, until: datetime | None = None) -> None:
    body = {"present": present, **({"until": until.isoformat()} if until else {})}
    answer = await town.send("PUT", f"/v1/members/{await id_of(town, external_id)}/presence", body, role="ward_lead")
    assert answer.status_code == 200, answer.text
    assert answer.json()["present"] is present
    await town.fire()


def lines(*rows: str) -> bytes:
    return "\n".join([HEADER, "T,team,Tổ 1,0912345678,00004,3,portal,yes,,,,,,", *rows]).encode()


async def loaded(town: Town, *rows: str) -> None:
    report = await import_roster(town.pool, town.vault, "hanoi", lines(*rows))
    assert report.bad_rows == ()


async def test_a_team_without_members_is_what_its_row_says(town: Town) -> None:
    await loaded(town)
    assert await row(town) == (3, None, ["portal"])


async def test_a_team_can_do_what_those_of_it_who_are_there_can_do_together(town: Town) -> None:
    await loaded(
        town,
        "A,member,An,,,,vneid,,T,yes,,,,",
        "B,member,Bình,,,,,,T,yes,,payment until 2026-03-02 | portal,,",
        "C,member,Chi,,,,digital_signature,,T,no,,,,",
        "D,member,Dung,,,,network,,T,yes,,,no,",
    )
    assert await row(town) == (2, 2, ["payment", "portal", "vneid"])


async def test_members_without_skills_do_what_the_team_does(town: Town) -> None:
    await loaded(town, "A,member,An,,,,,,T,yes,,,,")
    assert await row(town) == (1, 1, ["portal"])


async def test_a_course_that_expires_takes_its_skill_away_and_a_vetting_the_person(town: Town) -> None:
    await loaded(town, "A,member,An,,,,vneid,,T,yes,2026-03-03,payment until 2026-03-02,,")
    assert await row(town) == (1, 1, ["payment", "vneid"])
    await town.clock_to(NOW + timedelta(hours=13, minutes=59))  # 23:59
    await town.fire()
    assert await row(town) == (1, 1, ["payment", "vneid"])
    await town.later(61)
    assert await row(town) == (1, 1, ["vneid"])
    await town.later(86_400)
    assert await row(town) == (0, 0, [])


async def test_only_a_team_whose_powers_change_is_read_again(town: Town) -> None:
    await loaded(town, "A,member,An,,,,vneid,,T,yes,,vneid until 2026-03-02,,")
    before = await town.pool.fetchval("select updated_at from responders")
    await town.later(86_400)
    assert await town.pool.fetchval("select updated_at from responders") == before


async def test_who_is_absent_until_a_moment_is_back_by_themselves(town: Town) -> None:
    await town.enrol(team(LAN, TUAN))
    await says_present(town, "TV-1", present=False, until=NOW + timedelta(hours=2))
    assert (await row(town))[:2] == (1, 1)
    await town.later(7201)
    assert (await row(town))[:2] == (2, 2)


async def test_what_people_said_of_themselves_outlives_the_next_list_unless_it_says_something(town: Town) -> None:
    await loaded(town, "A,member,An,,,,,,T,yes,,,,", "B,member,Bình,,,,,,T,yes,,,,")
    since = await town.pool.fetchval("select vetted_on from members where external_id = 'A'")
    await says_present(town, "A", present=False)
    await town.later(86_400)
    await loaded(town, "A,member,Ân,,,,,,T,yes,,,,", "B,member,Bình,,,,,,T,yes,,,,")  # a list that says something new of them
    assert (await row(town))[1] == 1
    assert await town.pool.fetchval("select vetted_on from members where external_id = 'A'") == since == TODAY
    await loaded(town, "A,member,An,,,,,,T,yes,,,yes,", "B,member,Bình,,,,,,T,yes,,,,")
    assert (await row(town))[1] == 2


async def test_who_is_left_out_has_left_and_may_come_back(town: Town) -> None:
    await town.enrol(team(LAN, TUAN))
    await town.enrol(team(TUAN))
    assert (await row(town))[1] == 1
    listed = (await town.send("GET", "/v1/responders/V-1/members")).json()["members"]
    assert [one["external_id"] for one in listed] == ["TV-2"]
    assert "Tuấn" not in str(listed)
    await town.enrol(team(LAN, TUAN))
    assert (await row(town))[1] == 2
    await town.enrol(team())
    assert (await row(town))[:2] == (3, None)


@pytest.mark.parametrize("gone", ["absent", "left", "not vetted"])
async def test_the_last_one_gone_the_visit_is_given_back_at_once_and_all_are_told(town: Town, gone: str) -> None:
    job = await asked(town, LAN, HONG)
    await job.says(Answer.ACCEPT)
    before = await town.job(job.job_id)
    if gone == "absent":
        await says_present(town, "TV-1", present=False)
    else:
        rest = [HONG] if gone == "left" else [LAN.model_copy(update={"vetted": False}), HONG]
        await town.enrol(team(*rest))
        await town.fire()
    (released,) = await job.told("assignment.released")
    after = await town.job(job.job_id)
    assert (after["status"], after["visit"], roles(released)) == ("pending", before["visit"] + 1, ["resident", "responder"])
    assert tuple(await town.pool.fetchrow("select load, capacity from responders")) == (0, 0)


async def test_who_was_named_goes_off_duty_and_others_are_there_another_name_is_asked_for(town: Town) -> None:
    job = await asked(town, LAN, TUAN)
    await job.says(Answer.ACCEPT, "Lan")
    await says_present(town, "TV-1", present=False)
    (wanted,) = await job.told("assignment.name_wanted")
    assert (wanted["reason"], roles(wanted), wanted["job"]["responder"]["unnamed"]) == ("absent", ["resident", "responder"], True)
    assert await job.status() == "accepted"
    await job.says(Answer.NAMED, "Tuấn")
    assert len(await job.told("assignment.named")) == 1


async def test_on_the_way_the_visit_is_given_back_under_a_new_phrase(town: Town) -> None:
    job = await on_the_way(town)
    await says_present(town, "TV-1", present=False)
    assert await job.status() == "pending"


async def test_at_the_door_who_only_goes_off_duty_may_finish_and_who_is_not_vetted_may_not(town: Town) -> None:
    job = await on_the_way(town)
    await town.answers.on_scene(job.job_id, OPERATOR)
    await says_present(town, "TV-1", present=False)
    assert await job.status() == "on_scene"
    await town.enrol(team(LAN.model_copy(update={"vetted": False}), TUAN))
    await town.fire()
    assert await job.status() == "pending"


async def test_a_member_who_changes_touches_no_visit_of_another(town: Town) -> None:
    job = await on_the_way(town)
    await says_present(town, "TV-2", present=False)
    await says_present(town, "TV-2", present=True)
    assert await job.status() == "en_route"


async def on_the_way(town: Town) -> Asked:
    job = await asked(town, LAN, TUAN)
    await job.says(Answer.ACCEPT, "Lan")
    await town.answers.en_route(job.job_id, OPERATOR)
    return job


async def test_visits_and_hours_are_credited_to_who_went(town: Town) -> None:
    job = await on_the_way(town)
    await town.answers.on_scene(job.job_id, OPERATOR)
    await town.later(45 * 60)
    await job.says(Answer.DONE)
    lan, tuan = await id_of(town, "TV-1"), await id_of(town, "TV-2")
    found = (await town.send("GET", f"/v1/members/{lan}/record", role="ops")).json()
    assert (found["jobs"], found["hours"], found["outcomes"], found["team"]) == (1, 0.75, {"solved": 1}, "V-1")
    assert "Lan" not in str(found)
    assert (await town.send("GET", f"/v1/members/{tuan}/record")).json()["jobs"] == 0
    assert (await town.send("GET", f"/v1/members/{lan}/record?until=2026-03-01")).json()["jobs"] == 0
    assert (await town.send("GET", f"/v1/members/{lan}/record?since=2026-03-02&until=2026-03-02")).json()["jobs"] == 1


async def test_a_record_outlives_the_team_and_no_erasing(town: Town) -> None:
    (one,) = await town.enrol(team(LAN.model_copy(update={"courses": (Course(skill="vneid"),)}), TUAN, MAI))
    lan = await id_of(town, "TV-1")
    await town.enrol(team(TUAN))
    found = (await town.send("GET", f"/v1/members/{lan}/record")).json()
    assert (found["left_at"] is not None, [course["skill"] for course in found["courses"]]) == (True, ["vneid"])
    point = await town.pool.fetchval("select contact_point_id from responders where id = $1", one)
    async with transaction(town.pool, "dispatch.roster") as connection:
        await erase(connection, point)
    assert (await town.send("GET", f"/v1/members/{lan}/record")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"vetted_on": "2026-03-01"},
        {"vetted": True, "vetted_on": "2026-03-02", "vetted_until": "2026-03-01"},
        {"absent_until": "2026-03-03T00:00:00Z"},
        {"present": False, "absent_until": "2026-03-03T00:00:00"},
        {"skills": ["flying"]},
        {"courses": [{"skill": "flying"}]},
        {"courses": [{"skill": "vneid", "passed_on": "2026-03-02", "expires_on": "2026-03-01"}]},
        {"courses": [{"skill": "vneid", "expires_on": "soon"}]},
    ],
)
async def test_a_member_that_cannot_be_right_is_refused(town: Town, change: dict[str, Any]) -> None:
    member = {"id": "TV-1", "name": "Nguyễn Thị Lan", **change}
    body = {"kind": "team", "name": "Tổ", "phone": "0912345678", "commune_code": "00004", "members": [member]}
    assert (await town.send("PUT", "/v1/responders/V-7", body)).status_code == 422


async def test_presence_of_nobody_and_an_end_of_being_there_are_refused(town: Town) -> None:
    await town.enrol(team(LAN))
    nobody = "/v1/members/00000000-0000-0000-0000-000000000000/presence"
    assert (await town.send("PUT", nobody, {"present": True})).status_code == 404
    path = f"/v1/members/{await id_of(town, 'TV-1')}/presence"
    assert (await town.send("PUT", path, {"present": True, "until": "2026-03-03T00:00:00Z"})).status_code == 422
    for no_moment in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        assert (await town.send("PUT", path, {"present": False, "until": no_moment})).status_code == 422
    record = path.replace("presence", "record")
    for no_day in ("until=9999-12-31", "since=0001-01-01"):
        assert (await town.send("GET", f"{record}?{no_day}")).status_code == 422
    assert (await town.send("PUT", path, {"present": False}, role="adapter")).status_code == 403
