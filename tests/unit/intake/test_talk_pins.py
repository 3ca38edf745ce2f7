"""A pin that was sent: in Hanoi it is the place; elsewhere that is said, and where help is needed is asked."""

import pytest

from intake.conversations.conversation import Ask, Stage
from tests.support.talking import PLACE, TROUBLE, Talking
from tests.unit.intake.test_talk_as_people_do import LISTENER, RealTalking

SAIGON, PARIS, HANOI = (10.77, 106.7), (48.85, 2.35), (21.035, 105.814)


@pytest.mark.parametrize("point", [SAIGON, PARIS])
def test_a_pin_elsewhere_is_told_and_an_address_asked_for(point: tuple[float, float]) -> None:
    talk = Talking()
    talk.writes("", point=point)
    assert "ngoài Hà Nội" in talk.writes(TROUBLE)
    assert talk.state.draft.point is None
    talk.writes(PLACE)
    assert talk.state.asking is Ask.NAME
    assert talk.state.draft.commune_code is not None


def test_a_pin_elsewhere_after_a_vague_address_is_told_as_well() -> None:
    talk = Talking()
    for text in (TROUBLE, "gần chùa"):
        talk.writes(text)
    assert "ngoài Hà Nội" in talk.writes("", point=SAIGON)
    talk.writes("", point=HANOI)
    assert talk.state.draft.point == HANOI
    assert talk.state.asking is Ask.NAME


def test_who_sends_nothing_but_pins_elsewhere_has_a_person() -> None:
    talk = Talking()
    talk.writes(TROUBLE)
    for _ in range(4):
        talk.writes("", point=SAIGON)
    assert talk.state.stage is Stage.WITH_PERSON


def test_the_real_resolver_knows_what_lies_elsewhere() -> None:
    talk = RealTalking()
    elsewhere = LISTENER.listen("", talk.state, at=talk.now, point=PARIS).place
    assert elsewhere is not None
    assert elsewhere.point is None
    assert "ngoài Hà Nội" in (elsewhere.question or "")
    here = LISTENER.listen("", talk.state, at=talk.now, point=HANOI).place
    assert here is not None
    assert here.point == HANOI
