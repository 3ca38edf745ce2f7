"""What people write to us, on a real database: stored first, matched once, answered politely, never lost."""

import asyncio

import pytest

from notify.answers.replies import Replies
from notify.channels.port import InboundText
from shared.events.assignments import JobState, JobStatus, OfferState, OfferStatus
from shared.events.contract import ChannelKind, Role, Sealed
from shared.events.registry import EventType
from shared.pacing import Bell
from tests.support.eventually import eventually
from tests.support.notifying import Bureau, Person
from tests.support.running import running


async def asked(bureau: Bureau, person: Person) -> None:
    lan = await bureau.person("Bà Lan", "+84912000001")
    await bureau.offered(await bureau.job(lan), person)
    await bureau.send_all()


async def test_a_text_that_answers_nothing_is_passed_on_sealed(bureau: Bureau) -> None:
    stranger = await bureau.person("Ông Hải", "+84987654321")
    await bureau.writes(stranger, "Tôi cần giúp cài VNeID")
    (passed,) = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    assert passed["contact_point_id"] == str(stranger.id)
    assert stranger.key.open(Sealed.model_validate(passed["text"]), purpose="text").decode() == "Tôi cần giúp cài VNeID"
    everything = await bureau.one("select string_agg(body::text, '') from outbox") or ""
    assert "VNeID" not in everything
    assert await bureau.one("select count(*) from inbound_texts where body like '%VNeID%'") == 0


async def test_a_carrier_that_repeats_itself_is_heard_once(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await asked(bureau, an)
    await asyncio.gather(*(bureau.writes(an, "1", id="same", read=False) for _ in range(5)))
    await bureau.read()
    assert len(await bureau.emitted(EventType.REPLY_RECEIVED)) == 1


async def test_saying_yes_twice_is_answered_politely_once(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await asked(bureau, an)
    for _ in range(4):
        await bureau.writes(an, "1 10")
    await bureau.send_all()
    assert len(await bureau.emitted(EventType.REPLY_RECEIVED)) == 1
    assert bureau.kinds_to(an) == ["offer", "already_answered"]
    assert await bureau.emitted(EventType.MESSAGE_RECEIVED) == []


async def test_an_unknown_code_is_said_and_passed_on(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await asked(bureau, an)
    await bureau.writes(an, "1 77")
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["offer", "not_understood"]
    assert await bureau.emitted(EventType.REPLY_RECEIVED) == []
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 1


async def test_a_late_yes_is_a_reply_with_the_time_it_came(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    await asked(bureau, an)
    await bureau.move_clock(700)
    await bureau.sweep()
    assert await bureau.one("select status from questions") == "expired"
    await bureau.writes(an, "1", read=False)
    came = await bureau.one("select received_at from inbound_texts")
    await bureau.move_clock(60)
    await bureau.read()
    (reply,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert reply["received_at"].startswith(f"{came:%Y-%m-%dT%H:%M:%S}")


async def test_a_no_after_a_yes_gives_the_job_back(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.writes(an, "1")
    await bureau.accepted(job, an, lan, offer)
    await bureau.writes(an, "2 10")
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["accept", "release"]


async def test_two_jobs_on_one_phone_need_the_number(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ 1", "+84912000002")
    jobs = [await bureau.job(lan), await bureau.job(lan)]
    for job in jobs:
        await bureau.accepted(job, an, lan, await bureau.offered(job, an))
    await bureau.send_all()
    await bureau.writes(an, "DEN")
    await bureau.send_all()
    assert bureau.kinds_to(an)[-1] == "ask_which_job"
    assert "10, 11" in bureau.texts_to(an)[-1]
    await bureau.writes(an, "đến 11")
    (reply,) = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (reply["answer"], reply["job_id"]) == ("on_scene", str(jobs[1].job_id))
    await bureau.hear(
        bureau.about_job(EventType.ASSIGNMENT_RELEASED, jobs[1], an.as_(Role.RESPONDER), status=JobStatus.PENDING, responder=None)
    )
    await bureau.writes(an, "XONG")
    replies = await bureau.emitted(EventType.REPLY_RECEIVED)
    assert (replies[-1]["answer"], replies[-1]["job_id"]) == ("done", str(jobs[0].job_id)), "one job is left"


async def test_texts_of_one_phone_are_read_in_order_by_several_readers(bureau: Bureau) -> None:
    people = [await bureau.person(f"Tổ {n}", f"+849120001{n:02}") for n in range(10)]
    for number in range(5):
        for person in people:
            await bureau.writes(person, f"tin {number}", read=False)
    readers = [Replies(bureau.pool, bureau.vault, bureau.settings, Bell()) for _ in range(3)]
    tasks = [asyncio.create_task(reader.run()) for reader in readers]

    async def all_read() -> bool:
        return await bureau.one("select count(*) from inbound_texts where handled_at is null") == 0

    await eventually(all_read)
    for reader in readers:
        reader.stop()
    await asyncio.gather(*tasks)
    passed = await bureau.emitted(EventType.MESSAGE_RECEIVED)
    for person in people:
        mine = [body for body in passed if body["contact_point_id"] == str(person.id)]
        texts = [person.key.open(Sealed.model_validate(body["text"]), purpose="text").decode() for body in mine]
        assert texts == [f"tin {number}" for number in range(5)]
        assert [body["version"] for body in mine] == [1, 2, 3, 4, 5]


async def test_what_another_process_has_stored_is_read_though_nobody_rings(bureau: Bureau) -> None:
    an = await bureau.person("Tổ 1", "+84912000002")
    async with running(Replies(bureau.pool, bureau.vault, bureau.settings, Bell())):
        for number in range(2):  # the second comes when a look has found nothing, and the next one asks cheaply first
            await bureau.writes(an, f"tin {number}", read=False)
            await eventually(lambda: bureau.one("select bool_and(handled_at is not null) from inbound_texts"))
    assert len(await bureau.emitted(EventType.MESSAGE_RECEIVED)) == 2


async def test_a_sender_that_is_no_number_is_dropped(bureau: Bureau) -> None:
    await bureau.desk().take_text(InboundText(carrier="recording", id="x", sender="VIETTEL", text="Khuyến mãi"))
    assert await bureau.one("select count(*) from inbound_texts") == 0


async def test_nothing_in_clear_stands_in_any_table(bureau: Bureau) -> None:
    lan, an = await bureau.person("Bà Nguyễn Thị Lan", "+84912345001"), await bureau.person("Tổ Kim Mã", "+84912345002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    await bureau.writes(an, "1 10 Quốc Khánh")
    await bureau.accepted(job, an, lan, offer)
    await bureau.writes(lan, "cảm ơn Quốc Khánh nhé")
    await bureau.send_all()
    tables = await bureau.rows("select tablename from pg_tables where schemaname = 'notify'")
    for table in [row["tablename"] for row in tables]:
        rows = await bureau.one(f"select coalesce(string_agg(found::text, ' '), '') from notify.{table} found")
        bodies = "" if table != "outbox" else await bureau.one("select string_agg(convert_from(body, 'UTF8'), '') from outbox")
        for canary in ("Nguyễn Thị Lan", "912345001", "912345002", "Quốc Khánh", "Hàng Bạc", "Kim Mã"):
            assert canary not in rows + bodies, table


async def test_an_account_of_a_chat_is_not_read_as_the_number_it_looks_like(bureau: Bureau) -> None:
    for n, sender in enumerate(("912345001", "84912345001", "0912345001")):
        text = InboundText(carrier="telegram", id=str(n), sender=sender, text="1 27", channel=ChannelKind.TELEGRAM)
        await bureau.desk().take_text(text)
    texts = "inbound_texts said join contact_points point on point.id = said.contact_point_id"
    assert await bureau.one(f"select count(*) from {texts} where point.address is null") == 3
    assert await bureau.one(f"select count(*) from {texts} where point.address is not null") == 0


async def with_code(bureau: Bureau) -> tuple[Person, Person, JobState, OfferState, str]:
    """The resident, the helper, the job, its offer as the helper has it, and the code to answer with."""
    lan, an = await bureau.person("Bà Lan", "+84912000001"), await bureau.person("Tổ An", "+84912000002")
    job = await bureau.job(lan)
    offer = await bureau.offered(job, an)
    await bureau.send_all()
    code = bureau.code_of(an)
    return lan, an, job, offer, str(code)


async def test_a_yes_after_a_no_is_never_thanked_as_known_already(bureau: Bureau) -> None:
    _, an, job, offer, code = await with_code(bureau)
    refused = offer.model_copy(update={"status": OfferStatus.DECLINED})
    await bureau.writes(an, f"2 {code}")
    for _ in range(2):
        await bureau.writes(an, f"1 {code}")
        await bureau.hear(
            bureau.about_job(EventType.OFFER_WITHDRAWN, job, an.as_(Role.RESPONDER), offer=refused, reason="moved_on")
        )
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["offer", "moved_on", "moved_on"]
    assert "đang tìm người khác" in bureau.texts_to(an)[-1]
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["decline", "accept", "accept"]


@pytest.mark.parametrize("back", ["2 {code}", "tra viec"])
async def test_a_yes_after_the_job_was_given_back_is_dispatchs_to_refuse(bureau: Bureau, back: str) -> None:
    """However fast it comes: "already noted" would let them believe that they have it."""
    lan, an, job, offer, code = await with_code(bureau)
    await bureau.writes(an, f"1 {code}")
    await bureau.accepted(job, an, lan, offer)
    await bureau.writes(an, back.format(code=code))
    await bureau.writes(an, f"1 {code}")
    await bureau.send_all()
    assert "already_answered" not in bureau.kinds_to(an)
    assert [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)] == ["accept", "release", "accept"]


async def test_a_no_is_said_again_to_dispatch_when_the_job_became_theirs_all_the_same(bureau: Bureau) -> None:
    lan, an, job, offer, code = await with_code(bureau)
    await bureau.writes(an, f"1 {code}")
    await bureau.writes(an, f"2 {code}")
    await bureau.accepted(job, an, lan, offer)
    await bureau.writes(an, f"2 {code}")
    answers = [reply["answer"] for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]
    assert answers == ["accept", "decline", "decline"]
    assert "already_answered" not in bureau.kinds_to(an)
