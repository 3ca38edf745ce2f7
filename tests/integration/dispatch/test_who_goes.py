"""Who of a team stands at the door: named by the team's own phone, vetted and there, and told to the resident."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from dispatch.roster.entry import Member, Named
from dispatch.rows import offer_of
from shared.events.assignments import ResponderKind
from shared.events.contract import Sealed
from shared.events.messages import Answer
from tests.integration.dispatch.conftest import Town, entry
from tests.support.dispatching import reply

LAN = Member(id="TV-1", name="Nguyễn Thị Lan", vetted=True)
TUAN = Member(id="TV-2", name="Trần Anh Tuấn", vetted=True)
LAN_ANH = Member(id="TV-3", name="Lê Lan Anh", vetted=True)
HONG = Member(id="TV-4", name="Phạm Hồng", vetted=True, present=False)
MAI = Member(id="TV-5", name="Đỗ Mai")
TEAM = (LAN, TUAN, HONG, MAI)


def team(*members: Member, number: int = 1) -> Named:
    return entry(number, kind=ResponderKind.TEAM, name="Tổ 1", capacity=3, members=members)


class Asked:
    """A team that was asked for one job, and its phone."""

    def __init__(self, town: Town, job_id: UUID, offer_id: UUID) -> None:
        self.town, self.job_id, self.offer_id = town, job_id, offer_id

    async def says(self, answer: Answer, name: str | None = None) -> None:
        """By message; the name is sealed under the key of this phone, as notify does it."""
        row = await self.town.offer(self.offer_id)
        event = reply(offer_of(row), answer, received_at=await self.town.now())
        box = await sealed_for(self.town, row["contact_point_id"], name) if name else None
        body = event.body.model_copy(update={"member": box})
        await self.town.handle([type(event)(**{**fields_of(event), "body": body})])

    async def told(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in await self.town.events(kind) if event["job"]["job_id"] == str(self.job_id)]

    async def status(self) -> str:
        return str((await self.town.job(self.job_id))["status"])


def fields_of(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ("type", "subject", "version", "key", "time")}


async def sealed_for(town: Town, contact_point_id: UUID, text: str) -> Sealed:
    address = Sealed.model_validate(
        await town.pool.fetchval("select address from contact_points where id = $1", contact_point_id)
    )
    async with town.pool.acquire() as connection:
        keys = await town.vault.keys(connection, [address.key_id])
    return keys[address.key_id].seal(text.encode(), purpose="name")


async def opened(town: Town, boxes: Sequence[Any]) -> list[str]:
    sealed = [Sealed.model_validate(box) for box in boxes]
    async with town.pool.acquire() as connection:
        keys = await town.vault.keys(connection, {box.key_id for box in sealed})
    return [keys[box.key_id].open(box, purpose="name").decode() for box in sealed]


async def asked(town: Town, *members: Member) -> Asked:
    (one,) = await town.enrol(team(*members))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [one])
    return Asked(town, job_id, offer)


def roles(event: dict[str, Any]) -> list[str]:
    return sorted(recipient["role"] for recipient in event["recipients"])


async def test_the_yes_that_names_a_vetted_present_member_names_them_as_the_roster_has_them(town: Town) -> None:
    job = await asked(town, *TEAM)
    await job.says(Answer.ACCEPT, "chi lan")
    (accepted,) = await job.told("assignment.accepted")
    assert await opened(town, [accepted["job"]["responder"]["member"]]) == ["Nguyễn Thị Lan"]
    assert accepted["job"]["responder"]["unnamed"] is False
    assert await job.told("assignment.name_wanted") == []
    row = await town.offer(job.offer_id)
    assert row["member_id"] == await town.pool.fetchval("select id from members where external_id = 'TV-1'")


async def test_a_yes_without_a_name_is_a_yes_and_the_name_follows(town: Town) -> None:
    job = await asked(town, *TEAM)
    await job.says(Answer.ACCEPT)
    (accepted,) = await job.told("assignment.accepted")
    assert (await job.status(), accepted["job"]["responder"]["unnamed"], accepted["job"]["responder"]["member"]) == (
        "accepted",
        True,
        None,
    )
    assert await job.told("assignment.name_wanted") == [], "the text of the yes asks for it"
    await job.says(Answer.NAMED, "TUAN")
    (named,) = await job.told("assignment.named")
    assert roles(named) == ["resident", "responder"]
    assert await opened(town, [named["job"]["responder"]["member"]]) == ["Trần Anh Tuấn"]
    await job.says(Answer.NAMED, "tuấn")
    assert len(await job.told("assignment.named")) == 1, "the same again is no news"
    await job.says(Answer.NAMED, "Lan")
    assert len(await job.told("assignment.named")) == 2


@pytest.mark.parametrize(("name", "why"), [("Bình", "unknown"), ("Hồng", "absent"), ("Mai", "not_vetted")])
async def test_a_name_that_may_not_go_loses_no_yes_and_is_told_to_the_team_alone(town: Town, name: str, why: str) -> None:
    job = await asked(town, *TEAM)
    await job.says(Answer.ACCEPT, name)
    assert await job.status() == "accepted"
    (accepted,), (wanted,) = await job.told("assignment.accepted"), await job.told("assignment.name_wanted")
    assert accepted["job"]["responder"]["unnamed"] is True
    assert (wanted["reason"], roles(wanted), wanted["choices"]) == (why, ["responder"], [])
    row = await town.offer(job.offer_id)
    assert (row["member"], row["member_id"]) == (None, None)


async def test_two_of_one_name_are_asked_which_by_their_whole_names(town: Town) -> None:
    job = await asked(town, *TEAM, LAN_ANH)
    await job.says(Answer.ACCEPT, "LAN")
    (wanted,) = await job.told("assignment.name_wanted")
    assert (wanted["reason"], await opened(town, wanted["choices"])) == ("ambiguous", ["Nguyễn Thị Lan", "Lê Lan Anh"])
    assert "Lan" not in str(wanted), "names are in no event but sealed"
    await job.says(Answer.NAMED, "Lê Lan Anh")
    assert len(await job.told("assignment.named")) == 1


async def test_who_is_alone_needs_no_naming(town: Town) -> None:
    job = await asked(town, LAN, HONG, MAI)
    await job.says(Answer.ACCEPT)
    (accepted,) = await job.told("assignment.accepted")
    assert await opened(town, [accepted["job"]["responder"]["member"]]) == ["Nguyễn Thị Lan"]


@pytest.mark.parametrize("word", [Answer.EN_ROUTE, Answer.ON_SCENE])
async def test_nobody_sets_out_without_a_name_and_the_ward_lead_sees_it(town: Town, word: Answer) -> None:
    job = await asked(town, *TEAM)
    await job.says(Answer.ACCEPT)
    await job.says(word)
    (wanted,) = await job.told("assignment.name_wanted")
    assert (await job.status(), wanted["reason"]) == ("accepted", "needed")
    seen = (await town.send("GET", "/v1/escalations", role="ward_lead")).json()["unnamed"]
    assert [one["id"] for one in seen] == [str(job.job_id)]
    await town.pool.execute("update offers set by_phone = true where id = $1", job.offer_id)
    assert (await town.send("GET", "/v1/escalations")).json()["unnamed"] == [], "who only calls stands at no door"
    await town.pool.execute("update offers set by_phone = false where id = $1", job.offer_id)
    await job.says(Answer.EN_ROUTE, "Lan")
    assert (await job.status(), len(await job.told("assignment.en_route"))) == ("en_route", 1)
    assert (await town.send("GET", "/v1/escalations", role="ward_lead")).json()["unnamed"] == []


async def test_a_team_that_gives_back_or_is_done_needs_no_name(town: Town) -> None:
    job = await asked(town, *TEAM)
    await job.says(Answer.ACCEPT)
    await job.says(Answer.RELEASE)
    assert await job.status() == "pending"


async def test_what_a_volunteer_says_of_who_goes_is_told_to_nobody(town: Town) -> None:
    (one,) = await town.enrol(entry(1))
    _, job_id = await town.filed()
    (offer,) = await town.offered(job_id, [one])
    job = Asked(town, job_id, offer)
    await job.says(Answer.ACCEPT, "Giả Danh")
    (accepted,) = await job.told("assignment.accepted")
    assert (accepted["job"]["responder"]["member"], accepted["job"]["responder"]["unnamed"]) == (None, False)
    await job.says(Answer.NAMED, "Giả Danh")
    assert [event["reason"] for event in await job.told("assignment.name_wanted")] == ["no_team"]


async def test_another_teams_people_cannot_be_named(town: Town) -> None:
    await town.enrol(team(Member(id="X-1", name="Vũ Bình", vetted=True), number=2))
    job = await asked(town, *TEAM)
    await job.says(Answer.ACCEPT, "Bình")
    assert [event["reason"] for event in await job.told("assignment.name_wanted")] == ["unknown"]


async def test_another_phone_names_nobody_and_learns_nothing(town: Town) -> None:
    job = await asked(town, *TEAM, LAN_ANH)
    (other,) = await town.enrol(entry(9))
    await job.says(Answer.ACCEPT)
    before = len(await town.events())
    stranger = await town.pool.fetchval("select contact_point_id from responders where id = $1", other)
    row = await town.offer(job.offer_id)
    event = reply(offer_of(row), Answer.NAMED, received_at=await town.now())
    forged = event.body.model_copy(update={"contact_point_id": stranger, "member": await sealed_for(town, stranger, "Lan")})
    await town.handle([type(event)(**{**fields_of(event), "body": forged})])
    assert len(await town.events()) == before


async def test_a_link_or_the_desk_names_and_is_refused_without_a_list(town: Town) -> None:
    job = await asked(town, *TEAM, LAN_ANH)
    accepted = await town.send("POST", f"/v1/offers/{job.offer_id}/accept", {"member": "Lan"})
    assert (accepted.status_code, accepted.json()["assignment"]["unnamed"]) == (200, True)
    path = f"/v1/assignments/{job.job_id}"
    refused = {name: await town.send("POST", f"{path}/member", {"member": name}) for name in ("Lan", "Bình", "Hồng")}
    assert {name: answer.json()["reason"] for name, answer in refused.items()} == {
        "Lan": "name_ambiguous",
        "Bình": "name_unknown",
        "Hồng": "name_absent",
    }
    assert not any(word in answer.text for answer in refused.values() for word in ("Nguyễn", "Tuấn", "TV-"))
    assert (await town.send("POST", f"{path}/en-route")).json()["reason"] == "name_needed"
    assert (await town.send("POST", f"{path}/member", {"member": "Thị Lan"})).json()["unnamed"] is False
    assert (await town.send("POST", f"{path}/en-route")).json()["status"] == "en_route"
