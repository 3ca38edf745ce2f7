"""Shifts that are confirmed, given up or forgotten, on a real database with its clock."""

from datetime import UTC, timedelta
from uuid import uuid4

import pytest

from dispatch.matching.policy import Policy
from shared.events.messages import FailureReason, MessageChanged
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.matching_rig import matching
from tests.integration.dispatch.shift_rig import asks, at, clock, on_shift, outcomes, says, status_of
from tests.support.dispatching import COMMUNE, reported
from tests.support.eventually import eventually


async def test_students_are_asked_a_day_before_and_a_team_that_is_always_there_is_not(town: Town) -> None:
    await town.enrol(
        entry(1, shifts="Tue 13:00-18:00"),
        entry(2, shifts="Tue 13:00-18:00", kind="team"),
        entry(3, shifts="always"),
        entry(4, shifts="Tue 13:00-18:00", kind="engineer", confirms=True),
        entry(5, shifts="Tue 13:00-18:00", confirms=False),
        entry(6, shifts="Tue 13:00-18:00", confirmed=False),
    )
    await clock(town, at(2, 12, 59))
    assert await asks(town) == []
    await clock(town, at(2, 13))
    names = await town.pool.fetch("select external_id from responders join shift_asks on responder_id = responders.id order by 1")
    assert [row[0] for row in names] == ["V-1", "V-4"]
    [first, _] = await town.events("shift.asked")
    assert (first["kind"], first["answer_by"], first["commune_code"]) == ("confirm", "2026-03-03T05:00:00Z", COMMUNE)
    assert [recipient["role"] for recipient in first["recipients"]] == ["responder"]


async def test_a_yes_confirms_and_nobody_is_asked_again(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    event = await says(town, ask, yes=True)
    await town.handle([event])
    assert await status_of(town, an, 3) == "confirmed"
    await clock(town, at(3, 12, 30))
    assert len(await asks(town)) == 1
    assert await outcomes(town) == [("kept", 1)]
    await clock(town, at(3, 13, 30))
    assert await on_shift(town, 1)


async def test_silence_is_asked_again_and_then_somebody_else_is_sought(town: Town) -> None:
    an, binh = await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(2, 13))
    await clock(town, at(3, 11))
    first, second = await asks(town)
    assert (first["status"], second["status"], second["responder_id"]) == ("over", "pending", an)
    assert await outcomes(town) == [("over", 0)], "the first question ends without a word"
    await clock(town, at(3, 12))
    assert await status_of(town, an, 3) == "silent"
    [take] = await asks(town, "take")
    assert (take["responder_id"], take["status"]) == (binh, "pending")
    await says(town, take, yes=True)
    assert await outcomes(town) == [("over", 0), ("silent", 1), ("taken", 1)]
    await clock(town, at(3, 13, 30))
    assert (await on_shift(town, 1), await on_shift(town, 2)) == (False, True)


@pytest.mark.parametrize(("reason", "status"), [(FailureReason.LIMIT, "planned"), (FailureReason.UNDELIVERABLE, "silent")])
async def test_who_could_not_be_asked_through_our_fault_is_not_counted_out(
    town: Town, reason: FailureReason, status: str
) -> None:
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    for moment in (at(2, 13), at(3, 11)):
        await clock(town, moment)
        ask = (await asks(town, "confirm"))[-1]
        failed = reported(
            EventType.MESSAGE_FAILED,
            ask["id"],
            ask["contact_point_id"],
            at=await town.now(),
            reason=reason,
            purpose="shift_confirm",
        )
        assert isinstance(failed.body, MessageChanged)
        await town.handle([failed])
    await clock(town, at(3, 12))
    assert await status_of(town, an, 3) == status


async def test_a_clock_that_stood_still_counts_nobody_out(town: Town) -> None:
    """All timers of a shift fire at once after an outage: the question goes out, and there is no time to answer it."""
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await clock(town, at(3, 12, 15))
    assert len(await asks(town, "confirm")) == 1
    assert await status_of(town, an, 3) == "planned"


async def test_a_night_shift_is_settled_before_people_sleep(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 22:00-06:00"), entry(2, shifts="Fri 08:00-12:00"))
    await clock(town, at(3, 6, 59))
    assert await asks(town) == []
    await clock(town, at(3, 7))
    await clock(town, at(3, 18, 30))
    assert len(await asks(town, "confirm")) == 2
    await clock(town, at(3, 19, 30))
    assert len(await asks(town, "take")) == 1


async def test_the_same_roster_again_neither_revives_nor_takes_away(town: Town) -> None:
    people = (entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Fri 08:00-12:00"))
    an, binh = await town.enrol(*people)
    await clock(town, at(2, 13))
    [ask] = await asks(town, "confirm")
    await says(town, ask, yes=False)
    [take] = await asks(town, "take")
    await says(town, take, yes=True)
    await town.enrol(*people)
    assert (await status_of(town, an, 3), await status_of(town, binh, 3)) == ("declined", "confirmed")


async def test_a_list_that_takes_a_shift_away_takes_back_the_question_and_says_so(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2, shifts="Tue 13:00-18:00"))
    await clock(town, at(2, 13))
    await town.enrol(entry(1, shifts="Wed 13:00-18:00"))
    first, second = sorted(await asks(town), key=lambda ask: ask["status"])
    assert (first["status"], second["status"]) == ("over", "pending")
    [told] = await town.events("shift.settled")
    assert (told["ask_id"], told["outcome"], len(told["recipients"])) == (str(first["id"]), "over", 1)
    await town.enrol(entry(1, shifts="Wed 13:00-18:00"))
    assert await outcomes(town) == [("over", 1)], "said once"
    await says(town, first, yes=True)
    assert await outcomes(town) == [("over", 1)], "there is nothing left to promise"


async def test_the_question_is_taken_back_on_the_phone_that_was_asked(town: Town) -> None:
    """Also when the same list gives somebody a new number."""
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    await town.enrol(entry(1, shifts="Wed 13:00-18:00", phone="0912999999"))
    [told] = await town.events("shift.settled")
    assert told["contact_point_id"] == str(ask["contact_point_id"])


async def test_who_promises_to_be_there_is_on_duty_again_when_it_begins(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await town.send("POST", "/v1/responders/V-1/duty", {"duty": "off"})
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    await says(town, ask, yes=True)
    assert (await town.send("GET", "/v1/responders/V-1")).json()["duty"] == "break"
    await clock(town, at(3, 13, 1))
    assert (await town.send("GET", "/v1/responders/V-1")).json()["duty"] == "on"


async def test_the_desk_answers_for_somebody_who_was_called(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    [shift] = (await town.send("GET", f"/v1/shifts?commune={COMMUNE}&days=2")).json()["shifts"]
    assert (shift["responder"], shift["status"]) == ("V-1", "planned")
    assert (await town.send("POST", f"/v1/shifts/{shift['id']}/confirm")).json()["outcome"] == "kept"
    assert await status_of(town, an, 3) == "confirmed"
    assert (await town.send("POST", f"/v1/shifts/{shift['id']}/decline", role="ward_lead")).json()["outcome"] == "given_up"
    assert await status_of(town, an, 3) == "declined"
    assert (await town.send("POST", f"/v1/shifts/{uuid4()}/confirm")).status_code == 404
    assert (await town.send("POST", f"/v1/shifts/{shift['id']}/confirm", role="adapter")).status_code == 403
    assert (await town.send("GET", "/v1/shifts?commune=99999")).status_code == 422
    assert (await town.send("GET", f"/v1/shifts?commune={COMMUNE}&days=99")).status_code == 422


async def test_an_answer_from_another_phone_or_about_nothing_changes_nothing(town: Town) -> None:
    an, binh = await town.enrol(entry(1, shifts="Tue 13:00-18:00"), entry(2))
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    phone = await town.pool.fetchval("select contact_point_id from responders where id = $1", binh)
    await says(town, ask, yes=False, phone=phone)
    await says(town, {**ask, "id": uuid4()}, yes=False)
    assert await status_of(town, an, 3) == "planned"


async def test_an_answer_after_the_shift_changes_nothing_and_says_so(town: Town) -> None:
    (an,) = await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    await town.clock_to((at(3, 18) + timedelta(minutes=1)).astimezone(UTC))
    await says(town, ask, yes=False)
    assert await status_of(town, an, 3) == "planned"
    assert (await outcomes(town))[-1] == ("over", 1)


async def test_whoever_gave_a_shift_up_is_asked_for_nothing_in_it(town: Town) -> None:
    await town.enrol(entry(1, shifts="Tue 13:00-18:00"))
    await clock(town, at(2, 13))
    [ask] = await asks(town)
    await says(town, ask, yes=False)
    await clock(town, at(3, 14))
    async with matching(town.pool, policy=Policy(retry_seconds=0.05)):
        _, job_id = await town.filed()
        await eventually(lambda: town.pool.fetchval("select count(*) from decisions where job_id = $1", job_id))
    assert await town.pool.fetchval("select count(*) from offers where kind = 'visit'") == 0
    assert await town.pool.fetchval("select exclusions from decisions where job_id = $1", job_id) == {
        "off_shift": 1,
        "not_able": 0,
    }
