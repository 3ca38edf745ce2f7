"""A team's phone says who of it is there: the same as the route does, and told to that phone alone."""

from typing import Any

from dispatch.roster.entry import Member, Named
from shared.events.duty import PresenceSaid
from shared.events.envelope import Event
from shared.events.messages import Answer
from shared.events.registry import EventType
from tests.integration.dispatch.conftest import Town, entry
from tests.integration.dispatch.test_members import id_of, row
from tests.integration.dispatch.test_who_goes import HONG, LAN, LAN_ANH, MAI, TUAN, asked, opened, sealed_for, team

MINH = Member(id="TV-6", name="Võ Minh", vetted=True, present=False)


async def texts(town: Town, names: str, *, present: bool, number: int = 1) -> dict[str, Any]:
    """What the team is told."""
    phone = await town.pool.fetchval("select contact_point_id from responders where external_id = $1", f"V-{number}")
    now, box = await town.now(), await sealed_for(town, phone, names)
    body = PresenceSaid(city="hanoi", contact_point_id=phone, present=present, names=box, received_at=now)
    event = Event(type=EventType.PRESENCE_SAID, subject=phone, version=1, key=phone, body=body, time=now)
    await town.handle([event])
    await town.handle([event])
    await town.fire()
    told = await town.events("presence.changed")
    return told[-1] if told else {}


async def test_several_are_there_at_once_and_the_text_names_who_counts(town: Town) -> None:
    await town.enrol(team(LAN, TUAN, HONG, MINH, MAI))
    assert (await row(town))[1] == 2
    told = await texts(town, "HONG, minh", present=True)
    assert (await row(town))[1] == 4
    assert (told["outcome"], [one["role"] for one in told["recipients"]]) == ("noted", ["responder"])
    assert await opened(town, told["names"]) == ["Nguyễn Thị Lan", "Trần Anh Tuấn", "Phạm Hồng", "Võ Minh"]
    assert len(await town.events("presence.changed")) == 1, "the same event twice"
    assert await town.pool.fetchval("select count(*) from audit where action = 'member.presence'") == 2
    assert "Hồng" not in str(told), "names are in no event but sealed"


async def test_who_is_absent_counts_no_more_and_gives_their_visit_back(town: Town) -> None:
    job = await asked(town, LAN, HONG)
    await job.says(Answer.ACCEPT)
    told = await texts(town, "lan", present=False)
    assert (await row(town))[1] == 0
    assert (told["names"], await job.status()) == ([], "pending")
    assert len(await job.told("assignment.released")) == 1


async def test_two_names_without_a_comma_are_two_people_and_a_whole_name_is_one(town: Town) -> None:
    await town.enrol(team(LAN, TUAN, LAN_ANH))
    await texts(town, "Tuan TV-1", present=False)
    assert [(await _present(town, one)) for one in ("TV-1", "TV-2", "TV-3")] == [False, False, True]
    await texts(town, "Lê Lan Anh", present=False)
    assert (await row(town))[1] == 0


async def test_an_unknown_name_changes_nothing_and_says_who_is_known(town: Town) -> None:
    await town.enrol(team(LAN, TUAN))
    told = await texts(town, "Lan, Bình", present=False)
    assert (await row(town))[1] == 2
    assert (told["outcome"], await opened(town, told["names"])) == ("unknown", ["Nguyễn Thị Lan", "Trần Anh Tuấn"])


async def test_two_of_one_name_are_asked_which(town: Town) -> None:
    await town.enrol(team(LAN, LAN_ANH, TUAN))
    told = await texts(town, "Lan", present=False)
    assert (await row(town))[1] == 3
    assert (told["outcome"], await opened(town, told["names"])) == ("ambiguous", ["Nguyễn Thị Lan", "Lê Lan Anh"])


async def test_who_is_not_vetted_may_be_there_and_does_not_count(town: Town) -> None:
    await town.enrol(team(LAN, MAI))
    told = await texts(town, "mai", present=True)
    assert (await row(town))[1] == 1
    assert await opened(town, told["not_counted"]) == ["Đỗ Mai"]


async def test_a_phone_of_no_team_is_told_so_and_one_that_nobody_confirmed_changes_nothing(town: Town) -> None:
    unconfirmed = team(LAN, number=2)
    unconfirmed = Named(unconfirmed.external_id, unconfirmed.entry.model_copy(update={"confirmed": False}))
    await town.enrol(entry(1), unconfirmed)
    assert await texts(town, "Lan", present=False, number=2) == {}
    told = await texts(town, "Lan", present=False)
    assert (told["outcome"], told["names"]) == ("unknown", [])
    assert await _present(town, "TV-1")


async def _present(town: Town, external_id: str) -> bool:
    found: bool = await town.pool.fetchval("select present from members where id = $1", await id_of(town, external_id))
    return found
