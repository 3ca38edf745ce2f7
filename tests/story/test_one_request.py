"""One call for help from the first word to the last, as the people in it live it."""

from tests.support.eventually import eventually
from tests.support.town import Town


async def test_from_the_call_to_the_end(town: Town) -> None:
    request = town.file(lat=21.035, lon=105.814)
    assert request["priority"] == "P1"
    assert len(request["pass_phrase"].split()) == 2

    offer = await town.sms(request, "offer")
    assert "từ chối" in offer.text
    town.answer(offer.to, f"1 {offer.question}")
    mine = await town.sms(request, "accepted_responder", to=offer.to)
    assert "Việc này là của bạn" in mine.text
    assert "Cô Hoa" in mine.text, "the winner may call"
    told = await town.sms(request, "accepted_resident", to=request["phone"])
    assert request["code"] in told.text
    await town.becomes(request, "assigned")

    town.answer(offer.to, f"DI {mine.job}")
    at_the_door = await town.sms(request, "en_route_responder", to=offer.to)
    on_the_way = await town.sms(request, "en_route_resident", to=request["phone"])
    assert request["pass_phrase"] in at_the_door.text, "the helper learns the phrase only now"
    assert request["pass_phrase"] not in mine.text
    assert request["code"] in on_the_way.text
    await town.becomes(request, "on_the_way")

    town.answer(offer.to, f"DEN {mine.job}")
    await town.becomes(request, "in_progress")
    town.answer(offer.to, f"XONG {mine.job}")
    await town.sms(request, "done_responder", to=offer.to)
    await town.sms(request, "done_resident", to=request["phone"])
    await town.becomes(request, "resolved")
    assert [step["status"] for step in town.track(request)["timeline"]][-4:] == [
        "assigned",
        "on_the_way",
        "in_progress",
        "resolved",
    ]
    await town.holds()


async def test_who_was_slower_is_thanked_and_hears_nothing_more(town: Town) -> None:
    request = town.file(lat=21.086, lon=105.721)
    await eventually(lambda: len(town.messages(request, "offer")) == 4, 60, what="a wave of all who live about as near")
    first, second, *others = town.messages(request, "offer")
    town.answer(first.to, f"1 {first.question}")
    await town.sms(request, "accepted_responder", to=first.to)
    town.answer(second.to, f"1 {second.question}")
    late = await eventually(lambda: [sms for sms in town.messages(request) if sms.to == second.to and sms.kind != "offer"])
    assert "đã có người nhận" in late[0].text
    for other in others:
        assert "đã có người nhận" in (await town.sms(request, "taken", to=other.to)).text
    assert len(town.messages(request, "accepted_responder")) == 1
    await town.holds()


async def test_a_no_is_taken_for_a_no(town: Town) -> None:
    request = town.file(lat=20.977, lon=105.843)  # five communes meet here
    await eventually(lambda: len(town.messages(request, "offer")) >= 5, 60, what="a wave of five for P1")
    wave = town.messages(request, "offer")
    for offer in wave:
        town.answer(offer.to, f"2 {offer.question}")
    asked_next = await eventually(lambda: town.messages(request, "offer")[5:] or town.messages(request, "escalation"), 60)
    assert asked_next[0].to not in {offer.to for offer in wave}
    assert town.track(request)["status"] in {"filed", "waiting"}


async def test_the_last_word_counts_however_fast_it_follows_the_first(town: Town) -> None:
    request = town.file(lat=21.15, lon=105.85)
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    town.answer(offer.to, f"2 {offer.question}")
    told = await town.sms(request, "released_responder", to=offer.to)
    assert "trả việc" in told.text
    town.answer(offer.to, f"1 {offer.question}")
    late = await town.sms(request, "moved_on", to=offer.to)
    assert "đang tìm người khác" in late.text
    await town.holds()


async def test_a_cancelled_request_calls_everybody_back(town: Town) -> None:
    request = town.file(lat=21.1, lon=105.75)
    offer = await town.sms(request, "offer")
    answer = town.http.post(f"/v1/requests/{request['code']}/cancel", headers=town.token("operator"), json={})
    assert answer.is_success, answer.text
    withdrawn = await town.sms(request, "withdrawn", to=offer.to)
    assert "không cần bạn nữa" in withdrawn.text
    await town.becomes(request, "cancelled")
    town.answer(offer.to, f"1 {offer.question}")
    await town.holds()
    assert not town.messages(request, "accepted_responder")


async def test_the_same_key_files_once(town: Town) -> None:
    phone = {"name": "Bác Minh", "phone": "+84900123123"}
    first = town.file(lat=21.0, lon=105.85, key="same-key", requester=phone)
    again = town.file(lat=21.0, lon=105.85, key="same-key", requester=phone)
    assert (again["id"], again["code"]) == (first["id"], first["code"])


async def test_a_request_without_a_place_is_somebodys_task(town: Town) -> None:
    request = town.file(location=None, address="gần chợ")
    assert request["status"] == "needs_location"
    await town.holds()
