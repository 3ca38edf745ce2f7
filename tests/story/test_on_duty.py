"""A student takes a break by SMS: what they were asked goes to others at once, and they are back by a word."""

from tests.support.eventually import eventually
from tests.support.town import Sms, Town, sms_of

BETWEEN_FIVE = {"lat": 21.034, "lon": 105.802}  # five teams live about as near


def texts_to(town: Town, number: str, kind: str) -> list[Sms]:
    rows = town.http.get("/dev/messages", params={"since": 0, "limit": 1000}).json()
    return [sms for sms in map(sms_of, rows) if (sms.to, sms.kind) == (number, kind)]


async def test_a_break_by_sms_and_back_again(own_town: Town) -> None:
    town = own_town
    request = town.file(**BETWEEN_FIVE)
    asked = await eventually(lambda: len(town.messages(request, "offer")) == 5 and town.messages(request, "offer"))
    resting = asked[0]

    town.answer(resting.to, "ok nghi 30p")
    [told] = await eventually(lambda: texts_to(town, resting.to, "on_break"))
    assert "LAM" in told.text
    town.answer(resting.to, f"1 {resting.question}")  # too late: somebody else is asked
    [why] = await eventually(lambda: texts_to(town, resting.to, "too_late"))
    assert "đang nghỉ" in why.text

    winner = asked[1]
    town.answer(winner.to, f"1 {winner.question}")
    await town.sms(request, "accepted_responder", to=winner.to)
    second = town.file(**BETWEEN_FIVE)
    await town.sms(second, "offer")
    assert resting.to not in {sms.to for sms in town.messages(second, "offer")}

    town.answer(resting.to, "LAM")
    [back] = await eventually(lambda: texts_to(town, resting.to, "on_duty"))
    assert "trực ngày đêm" in back.text
    await town.holds()
