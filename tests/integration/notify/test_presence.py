"""A team texts who of it is there: what leaves as an event, what is asked back, and what the team reads then."""

from typing import Any
from uuid import uuid4

from shared.events.contract import Role, Sealed
from shared.events.duty import PresenceChanged, PresenceOutcome
from shared.events.envelope import Event
from shared.events.registry import EventType
from tests.support.notifying import Bureau, Person


async def changed(bureau: Bureau, team: Person, outcome: PresenceOutcome, *names: str, not_counted: str | None = None) -> None:
    def sealed(name: str) -> Sealed:
        return team.key.seal(name.encode(), purpose="name")

    body = PresenceChanged(
        city="hanoi",
        contact_point_id=team.id,
        recipients=(team.as_(Role.RESPONDER),),
        responder_id=uuid4(),
        outcome=outcome,
        names=tuple(map(sealed, names)),
        not_counted=(sealed(not_counted),) if not_counted else (),
    )
    kind, now = EventType.PRESENCE_CHANGED, await bureau.now()
    await bureau.hear(Event(type=kind, subject=body.responder_id, version=2, key=team.id, body=body, time=now))
    await bureau.send_all()


def opened(team: Person, said: dict[str, Any]) -> str:
    return team.key.open(Sealed.model_validate(said["names"]), purpose="name").decode()


async def test_who_is_there_leaves_sealed_and_answers_nothing(bureau: Bureau) -> None:
    team = await bureau.person("Tổ 1", "+84912000002")
    await bureau.writes(team, "CO MAT LAN, Minh")
    await bureau.writes(team, "vắng Tuấn")
    said = await bureau.emitted(EventType.PRESENCE_SAID)
    assert [(one["present"], opened(team, one)) for one in said] == [(True, "LAN, Minh"), (False, "Tuấn")]
    assert [one["version"] for one in said] == [1, 2]
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == await bureau.emitted(EventType.MESSAGE_RECEIVED) == []


async def test_with_a_visit_in_hand_it_is_asked_back_once_and_either_answer_is_understood(bureau: Bureau) -> None:
    team, lan = await bureau.person("Tổ 1", "+84912000002"), await bureau.person("Bà Lan", "+84912000001")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, team)
    await bureau.send_all()
    code = bureau.code_of(team)
    await bureau.writes(team, f"1 {code}")
    await bureau.accepted(job, team, lan, offer)
    await bureau.writes(team, "VANG LAN")
    await bureau.send_all()
    assert bureau.kinds_to(team)[-1] == "ask_who_absent"
    assert (f"({code})" in bureau.texts_to(team)[-1], "TO VANG LAN" in bureau.texts_to(team)[-1]) == (True, True)
    assert await bureau.emitted(EventType.PRESENCE_SAID) == []
    await bureau.writes(team, "VANG LAN")  # again: a person has to read it
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1
    await bureau.writes(team, "TO VANG LAN")
    assert [one["present"] for one in await bureau.emitted(EventType.PRESENCE_SAID)] == [False]
    await bureau.writes(team, f"VANG NHA {code}")
    assert [one["answer"] for one in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["accept", "absent"]


async def test_a_bare_word_with_a_question_open_is_asked_back(bureau: Bureau) -> None:
    team = await bureau.person("Tổ 1", "+84912000002")
    await bureau.offered(await bureau.job(await bureau.person("Bà Lan", "+84912000001")), team)
    await bureau.send_all()
    await bureau.writes(team, "vang Lan")
    await bureau.send_all()
    assert bureau.kinds_to(team) == ["offer", "ask_back"]
    assert await bureau.emitted(EventType.PRESENCE_SAID) == []


async def test_the_team_reads_who_counts_now_also_at_night(bureau: Bureau) -> None:
    team = await bureau.person("Tổ 1", "+84912000002")
    await bureau.at_local(23)
    await changed(bureau, team, PresenceOutcome.NOTED, "Nguyễn Thị Lan", "Trần Minh")
    await changed(bureau, team, PresenceOutcome.NOTED, "Trần Minh", not_counted="Đỗ Mai")
    await changed(bureau, team, PresenceOutcome.NOTED)
    await changed(bureau, team, PresenceOutcome.UNKNOWN, "Nguyễn Thị Lan", "Trần Minh")
    await changed(bureau, team, PresenceOutcome.AMBIGUOUS, "Nguyễn Thị Lan", "Lê Lan")
    both, one, nobody, unknown, which = bureau.texts_to(team)
    assert both == "Đã ghi. Tổ đang có mặt: Nguyễn Thị Lan; Trần Minh."
    assert "chưa tính: Đỗ Mai" in one
    assert "không còn ai" in nobody
    assert ("Tổ có: Nguyễn Thị Lan; Trần Minh" in unknown, "Nguyễn Thị Lan; Lê Lan" in which) == (True, True)
