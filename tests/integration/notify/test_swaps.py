"""A shift changes hands by SMS: what people read, what they answer, and what leaves as an event."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.events.contract import Role, Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.shifts import AskKind, ShiftAsked, SwapChanged, SwapStage
from tests.integration.notify.test_shift_questions import answers, ask, event, window
from tests.support.in_hand import works_with_us
from tests.support.notifying import Bureau, Person


def name_of(person: Person) -> Sealed:
    return person.key.seal(person.name.encode(), purpose="name")


async def asked_by(bureau: Bureau, giver: Person, taker: Person, kind: AskKind, **fields: Any) -> ShiftAsked:
    now = await bureau.now()
    body = ShiftAsked(
        city="hanoi",
        contact_point_id=taker.id,
        recipients=(taker.as_(Role.RESPONDER),),
        ask_id=uuid4(),
        kind=kind,
        responder_id=uuid4(),
        about_id=uuid4(),
        answer_by=now + timedelta(hours=4),
        colleague=name_of(giver),
        **{**await window(bureau), **fields},
    )
    await bureau.hear(event(EventType.SHIFT_ASKED, body.ask_id, taker, body, version=1, now=now))
    await bureau.send_all()
    return body


async def news(bureau: Bureau, giver: Person, stage: SwapStage, **fields: Any) -> str:
    """What the giver reads."""
    now = await bureau.now()
    times = {name: at for name, at in (await window(bureau)).items() if name != "commune_code"}
    told = {"starts_at": times["starts_at"], "ends_at": times["ends_at"], "answer_by": now + timedelta(hours=4), **fields}
    body = SwapChanged(
        city="hanoi",
        contact_point_id=giver.id,
        recipients=(giver.as_(Role.RESPONDER),),
        swap_id=uuid4(),
        stage=stage,
        **told,
    )
    kind = EventType.SHIFT_SWAP
    await bureau.hear(Event(type=kind, subject=body.swap_id, version=1, key=giver.id, body=body, time=now))
    await bureau.send_all()
    return bureau.texts_to(giver)[-1]


async def test_a_colleague_is_asked_in_words_and_answers_by_code(bureau: Bureau) -> None:
    an, binh = await bureau.person("Lê An", "+84912000002"), await bureau.person("Bình", "+84912000003")
    asked = await asked_by(bureau, an, binh, AskKind.SWAP)
    [text] = bureau.texts_to(binh)
    assert ("Lê An nhờ bạn trực thay" in text, "10:00-18:00 ngày mai" in text) == (True, True)
    await bureau.writes(binh, f"1 {bureau.code_of(binh)}")
    assert await answers(bureau) == [(str(asked.ask_id), True)]


async def test_what_is_wanted_for_it_and_that_it_is_now_stand_in_the_question(bureau: Bureau) -> None:
    an, binh = await bureau.person("Lê An", "+84912000002"), await bureau.person("Bình", "+84912000003")
    back = await bureau.now() + timedelta(days=1, hours=10)
    await asked_by(bureau, an, binh, AskKind.SWAP, return_starts_at=back, return_ends_at=back + timedelta(hours=4))
    chi = await bureau.person("Chi", "+84912000004")
    await asked_by(bureau, an, chi, AskKind.TAKE_OVER)
    [swap], [now] = bureau.texts_to(binh), bureau.texts_to(chi)
    assert ("lấy ca 20:" in swap, "NGAY" in now) == (True, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DOI {code} LAN", {"take_over": False, "ask": True, "day": None, "name": "LAN", "releases": False}),
        ("doi ca mai", {"take_over": False, "ask": False, "day": 1, "name": None, "releases": False}),
        ("GIAO CA LAN TRA", {"take_over": True, "ask": False, "day": None, "name": "LAN", "releases": True}),
    ],
)
async def test_a_word_leaves_as_what_it_means(bureau: Bureau, text: str, expected: dict[str, Any]) -> None:
    an = await bureau.person("Lê An", "+84912000002")
    asked = await ask(bureau, an)
    await bureau.writes(an, text.format(code=bureau.code_of(an)))
    [said] = await bureau.emitted(EventType.SHIFT_SWAP_SAID)
    today = (await bureau.now() + timedelta(hours=7)).date()
    assert said["ask_id"] == (str(asked.ask_id) if expected["ask"] else None)
    assert said["day"] == (str(today + timedelta(days=expected["day"])) if expected["day"] else None)
    assert (said["take_over"], said["releases"]) == (expected["take_over"], expected["releases"])
    box = said["name"]
    assert (an.key.open(Sealed.model_validate(box), purpose="name").decode() if box else None) == expected["name"]
    assert await answers(bureau) == []


async def test_a_code_of_nothing_and_a_day_in_no_calendar_are_answered(bureau: Bureau) -> None:
    an = await bureau.person("Lê An", "+84912000002")
    await works_with_us(bureau, an)
    await bureau.writes(an, "DOI 27 LAN")
    await bureau.writes(an, "DOI CA 31/4")
    await bureau.send_all()
    assert bureau.kinds_to(an) == ["not_understood", "not_understood"]
    assert await bureau.emitted(EventType.SHIFT_SWAP_SAID) == []


async def test_whoever_gives_it_reads_how_it_stands_at_every_step(bureau: Bureau) -> None:
    an, binh = await bureau.person("Lê An", "+84912000002"), await bureau.person("Bình", "+84912000003")
    asked = await news(bureau, an, SwapStage.ASKED, colleague=name_of(binh))
    assert ("đang hỏi Bình" in asked, "14:00 hôm nay" in asked) == (True, True)
    assert "Bình trực thay bạn ca 10:00-18:00 ngày mai" in await news(bureau, an, SwapStage.AGREED, colleague=name_of(binh))
    for stage, words in ((SwapStage.REFUSED, "không nhận"), (SwapStage.SILENT, "Chưa ai"), (SwapStage.NOBODY, "Không tìm")):
        text = await news(bureau, an, stage)
        assert (words in text, "VẪN LÀ CỦA BẠN" in text) == (True, True)
    await bureau.move_clock(3600)  # five texts in a quarter of an hour are enough
    assert "VẪN" not in await news(bureau, an, SwapStage.OVER)
    nothing = {"starts_at": None, "ends_at": None, "answer_by": None}
    assert "có ca trùng giờ" in await news(bureau, an, SwapStage.IMPOSSIBLE, reason="works_then", **nothing)


@pytest.mark.parametrize(("releases", "words"), [(False, "vẫn là của bạn"), (True, "giao cho người khác")])
async def test_who_hands_over_reads_what_becomes_of_the_visits_also_at_night(bureau: Bureau, releases: bool, words: str) -> None:
    an, binh = await bureau.person("Lê An", "+84912000002"), await bureau.person("Bình", "+84912000003")
    await bureau.at_local(23)
    text = await news(bureau, an, SwapStage.AGREED, colleague=name_of(binh), take_over=True, releases=releases)
    assert ("hết ca từ bây giờ" in text, words in text) == (True, True)
