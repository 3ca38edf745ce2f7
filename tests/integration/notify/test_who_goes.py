"""Who of a team goes: what the phone may write, what leaves as an answer, and who is told what."""

from dataclasses import dataclass, replace
from typing import Any

from shared.events.assignments import JobState, JobStatus, OfferState, OfferStatus, ResponderKind, ResponderRef
from shared.events.contract import Role, Sealed
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


@dataclass(frozen=True)
class Visit:
    resident: Person
    team: Person
    job: JobState
    offer: OfferState

    async def told(self, bureau: Bureau, kind: EventType, member: str | None = None, *, gone: bool = False, **more: Any) -> None:
        """Dispatch says this of the visit; the team hears it, and unless only a name is wanted the resident, too."""
        taken = self.offer.model_copy(update={"status": OfferStatus.ACCEPTED})
        both = (self.team.as_(Role.RESPONDER), self.resident.as_(Role.RESIDENT))
        who = ref(self.team, self.offer, member)
        recipients = both[:1] if more and not gone else both
        event = bureau.about_job(kind, self.job, *recipients, offer=taken, status=JobStatus.ACCEPTED, responder=who)
        await bureau.hear(replace(event, body=event.body.model_copy(update=more)))
        await bureau.send_all()


async def met(bureau: Bureau) -> Visit:
    resident, team = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(resident)
    offer = await bureau.offered(job, team)
    await bureau.send_all()
    return Visit(resident, team, job, offer)


def ref(team: Person, offer: OfferState, member: str | None = None) -> ResponderRef:
    return ResponderRef(
        responder_id=offer.responder_id or offer.offer_id,
        kind=ResponderKind.TEAM,
        contact_point_id=team.id,
        name=team.key.seal(team.name.encode(), purpose="name"),
        member=team.key.seal(member.encode(), purpose="name") if member else None,
        unnamed=member is None,
    )


async def test_unnamed_the_resident_waits_and_the_team_is_asked_and_named_both_know(bureau: Bureau) -> None:
    visit = await met(bureau)
    resident, team = visit.resident, visit.team
    await bureau.writes(team, "1 10")
    await visit.told(bureau, EventType.ASSIGNMENT_ACCEPTED)
    assert "KHOAN MỞ CỬA" in bureau.texts_to(resident)[-1]
    assert "AI" in bureau.texts_to(team)[-1]

    await bureau.writes(team, "10 chị Lan")
    *_, said = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (said["answer"], said["job_id"], said["offer_id"]) == ("named", str(visit.job.job_id), str(visit.offer.offer_id))
    assert team.key.open(Sealed.model_validate(said["member"]), purpose="name").decode() == "chị Lan"

    await visit.told(bureau, EventType.ASSIGNMENT_NAMED, "Nguyễn Thị Lan")
    assert "Nguyễn Thị Lan (Tổ 1)" in bureau.texts_to(resident)[-1]
    assert "Nguyễn Thị Lan đến, việc 10" in bureau.texts_to(team)[-1]
    assert bureau.kinds_to(team) == ["offer", "accepted_responder", "named_responder"]


async def test_a_name_wanted_says_why_and_which_to_the_team_alone(bureau: Bureau) -> None:
    visit = await met(bureau)
    resident, team = visit.resident, visit.team
    await bureau.writes(team, "1 10 Lan")
    await visit.told(bureau, EventType.ASSIGNMENT_ACCEPTED)
    choices = tuple(team.key.seal(name.encode(), purpose="name") for name in ("Nguyễn Thị Lan", "Lê Lan Anh"))
    await visit.told(bureau, EventType.ASSIGNMENT_NAME_WANTED, reason="ambiguous", choices=choices)
    assert "Nguyễn Thị Lan; Lê Lan Anh" in bureau.texts_to(team)[-1]
    assert bureau.kinds_to(resident) == ["accepted_resident"]


async def test_setting_out_may_say_who_in_the_same_text(bureau: Bureau) -> None:
    visit = await met(bureau)
    team = visit.team
    await bureau.writes(team, "1 10")
    await visit.told(bureau, EventType.ASSIGNMENT_ACCEPTED)
    await bureau.writes(team, "DI 10 LAN")
    *_, said = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (said["answer"], said["member"] is not None) == ("en_route", True)


async def test_a_name_before_the_yes_is_no_yes_and_is_asked_back(bureau: Bureau) -> None:
    team = (await met(bureau)).team
    await bureau.writes(team, "10 LAN")
    await bureau.send_all()
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert bureau.kinds_to(team) == ["offer", "ask_back"]


async def test_a_team_that_names_one_after_the_other_has_the_resident_told_five_times_an_hour_and_then_the_newest(
    bureau: Bureau,
) -> None:
    visit = await met(bureau)
    await visit.told(bureau, EventType.ASSIGNMENT_ACCEPTED)
    for number in range(40):
        await visit.told(bureau, EventType.ASSIGNMENT_NAMED, f"Lan {number}")
    assert bureau.kinds_to(visit.resident).count("named_resident") == 5
    await bureau.move_clock(3601)
    await bureau.send_all()
    assert bureau.kinds_to(visit.resident).count("named_resident") == 6
    assert "Lan 39" in bureau.texts_to(visit.resident)[-1]
    assert await bureau.one("select count(*) from messages where purpose = 'named_resident' and status = 'withdrawn'") == 34
    assert await bureau.one("select count(*) from call_tasks") == 0


async def test_a_name_that_was_held_back_is_not_said_once_that_team_comes_no_more(bureau: Bureau) -> None:
    visit = await met(bureau)
    await visit.told(bureau, EventType.ASSIGNMENT_ACCEPTED)
    for number in range(6):
        await visit.told(bureau, EventType.ASSIGNMENT_NAMED, f"Lan {number}")
    await visit.told(bureau, EventType.ASSIGNMENT_RELEASED)
    await bureau.move_clock(3601)
    await bureau.send_all()
    assert bureau.kinds_to(visit.resident)[-1] == "released_resident"
    assert "Lan 5" not in "".join(bureau.texts_to(visit.resident))


async def test_a_team_that_takes_one_name_back_after_the_other_has_the_resident_told_five_times_an_hour(bureau: Bureau) -> None:
    visit = await met(bureau)
    await visit.told(bureau, EventType.ASSIGNMENT_ACCEPTED)
    for number in range(8):
        await visit.told(bureau, EventType.ASSIGNMENT_NAMED, f"Lan {number}")
        await visit.told(bureau, EventType.ASSIGNMENT_NAME_WANTED, reason="absent", gone=True)
    assert bureau.kinds_to(visit.resident).count("unnamed_resident") == 5
    await bureau.move_clock(3601)
    await bureau.send_all()
    assert bureau.kinds_to(visit.resident)[-1] == "unnamed_resident", "the newest word stands"
    assert bureau.kinds_to(visit.resident).count("unnamed_resident") == 6
    assert bureau.kinds_to(visit.resident).count("named_resident") == 5, "whoever was named since then does not come"
