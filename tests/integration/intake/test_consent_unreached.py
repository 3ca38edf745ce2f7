"""Whoever is not reached is not forgotten: a text that fails is a call at once, a call without a word is made again."""

from uuid import UUID

import pytest

from shared.events.contract import ChannelKind, Role
from shared.events.envelope import Event
from shared.events.messages import Answer, CallChanged, FailureReason, MessageChanged
from shared.events.registry import EventType
from shared.ids import uuid7
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_consent import MINUTE, Phones


class Silence(Phones):
    """What notify says of texts and calls that brought no word."""

    async def failed(self, *, ask_id: UUID | None = None) -> None:
        """The text of the newest question did not arrive."""
        asked = await self.newest()
        consent = asked.consent
        assert consent is not None
        await self.hear(
            EventType.MESSAGE_FAILED,
            MessageChanged(
                message_id=uuid7(), city="hanoi", request_id=asked.request.request_id, offer_id=ask_id or consent.ask_id,
                contact_point_id=consent.contact_point_id, role=Role.RESIDENT, purpose="consent_question",
                channel=ChannelKind.SMS, at=await self.now(), reason=FailureReason.UNDELIVERABLE,
            ),
        )  # fmt: skip

    async def called(self, outcome: str, purpose: str = "visit_consent") -> None:
        """An operator closes the call."""
        request = (await self.newest()).request
        body = CallChanged(
            call_id=uuid7(), city="hanoi", request_id=request.request_id, contact_point_id=request.resident.contact_point_id,
            purpose=purpose, outcome=outcome, owner="Mai", due_at=await self.now(),
        )  # fmt: skip
        await self.hear(EventType.CALL_DONE, body)

    async def hear(self, kind: EventType, body: CallChanged | MessageChanged) -> None:
        subject = body.call_id if isinstance(body, CallChanged) else body.message_id
        event = Event(type=kind, subject=subject, version=2, key=body.request_id, body=body, time=await self.now())
        await self.desk.board.handle([event])
        await self.desk.board.handle([event])
        await self.fire()


@pytest.fixture
def phones(desk: Desk) -> Silence:
    return Silence(desk)


async def test_a_text_that_did_not_arrive_is_a_call_at_once(phones: Silence) -> None:
    await phones.file()
    await phones.failed(ask_id=uuid7())
    assert await phones.told() == ["consent_asked"], "of another question"
    await phones.failed()
    assert await phones.told() == ["consent_asked", "consent_unanswered"]
    await phones.let_pass(60 * MINUTE)
    assert await phones.told() == ["consent_asked", "consent_unanswered"], (
        "nothing is sent to where nothing arrives, and one call"
    )


async def test_who_has_answered_is_not_called_because_of_a_text(phones: Silence) -> None:
    await phones.file()
    await phones.answer(Answer.AGREED)
    await phones.failed()
    assert await phones.told() == ["consent_asked", "visit_agreed"]


async def test_a_call_without_a_word_is_made_again_and_then_it_is_the_desks(desk: Desk, phones: Silence) -> None:
    await phones.file(contact="call")
    assert await phones.told() == ["consent_unanswered"]
    for calls in (2, 3):
        await phones.called("unreached")
        assert len(await phones.told()) == calls - 1, "not at once"
        await phones.let_pass(10 * MINUTE)
        assert ((await phones.newest()).reason, len(await phones.told())) == ("no_word", calls)
    await phones.called("told")  # and the operator has noted neither yes nor no
    assert ((await phones.newest()).reason, (await phones.row())["owner"]) == ("unreached", "city_desk")
    await phones.called("unreached", "consent_unreached")
    await phones.let_pass(40 * MINUTE)
    assert [(await phones.newest()).reason, len(await phones.told())] == ["unreached", 5], "it does not end by being closed"
    await desk.post(f"/v1/requests/{(await phones.row())['code']}/visit-consent", {"agreed": True})
    await phones.called("unreached", "consent_unreached")
    await phones.let_pass(240 * MINUTE)
    assert (await phones.told())[-1] == "visit_agreed"
    assert (await phones.row())["owner"] is None


async def test_nobody_rings_a_wrong_number_twice(phones: Silence) -> None:
    await phones.file(contact="call")
    await phones.called("unreached")
    await phones.called("wrong_number")
    assert (await phones.newest()).reason == "unreached"


@pytest.mark.parametrize("outcome", ["overtaken", "erased"])
async def test_a_call_that_nobody_has_made_counts_for_nothing(desk: Desk, phones: Silence, outcome: str) -> None:
    await phones.file(contact="call")
    await phones.called(outcome)
    await phones.let_pass(60 * MINUTE)
    assert (await phones.told(), await desk.count("consent_calls")) == (["consent_unanswered"], 0)


async def test_on_the_hotline_too_the_call_is_made_again(desk: Desk, phones: Silence) -> None:
    """notify has asked for the first one by itself, when somebody accepted: nobody was ever asked by text."""
    await desk.filed()
    await phones.called("unreached")
    await phones.let_pass(14 * 24 * 60 * MINUTE)  # longer than any holidays: this kind is called for at office hours
    again = await phones.newest()
    assert (again.reason, again.consent, len(again.recipients)) == ("no_word", None, 1)
