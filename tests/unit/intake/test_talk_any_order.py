"""Whatever is written, in whatever order: a conversation ends in a request, a person, or a clear goodbye."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from intake.conversations.conversation import AT_THE_CLERK, REST, Stage
from intake.conversations.saying import Line
from intake.conversations.steps import Command
from shared.events.conversations import TalkChannel
from tests.support.talking import PLACE, TROUBLE, Talking

WORDS = st.sampled_from(
    [
        *(
            "chào em",
            "1",
            "2",
            "3",
            "4",
            "9",
            "đúng",
            "không",
            "ok",
            "sai rồi",
            "thôi",
            "huỷ",
            "tình trạng",
            "?",
            "help",
            "cảm ơn",
        ),
        *(TROUBLE, "Máy in hỏng", "điện thoại", PLACE, "12 hàng bông", "Phường Láng", "ở Ba Đình", "Lan", "tôi tên là Hoa"),
        *("0912345678", "mã OTP là 123456", "TR-7K3M-92QX", "asdf", "", "\x00", "😀", "I cannot log in to VNeID", "x" * 2500),
    ]
)
FAREWELLS = {Line.CANCELLED, Line.GOODBYE, Line.FAREWELL}


class AnyConversation(RuleBasedStateMachine):
    """Whatever is written, and however often: nothing gets stuck, and it ends in a request, a person, or a goodbye."""

    @initialize(channel=st.sampled_from(list(TalkChannel)), own=st.booleans(), refuses=st.booleans())
    def begin(self, channel: TalkChannel, own: bool, refuses: bool) -> None:
        self.talk = Talking(channel=channel, own_number=own, refuses=refuses)

    @rule(text=WORDS)
    def writes(self, text: str) -> None:
        before, filed = self.talk.state, len(self.talk.filed)
        said = self.talk.writes(text)
        confirmed = self.talk.own_number and len(self.talk.filed) > filed  # by the text that every filing is confirmed by
        silent = confirmed or before.stage is Stage.WITH_PERSON or self.talk.state.heard > 60 or before.stage is Stage.IDLE
        assert said or silent, f"{text!r} was met with silence in {before.stage}"

    @rule(text=st.text(max_size=60))
    def writes_anything(self, text: str) -> None:
        self.talk.writes(text)

    @rule(text=WORDS)
    def late_words(self, text: str) -> None:
        self.talk.writes(text, at=self.talk.now - timedelta(hours=1))

    @rule(hours=st.sampled_from([0.3, 5, 30, 200]))
    def time_passes(self, hours: float) -> None:
        self.talk.passes(hours=hours)

    @precondition(lambda self: self.talk.state.is_live and self.talk.state.stage is not Stage.WITH_PERSON)
    @rule()
    def left_alone_it_ends(self) -> None:
        before, begun = len(self.talk.lines), self.talk.state
        if begun.version == 0:
            return
        self.talk.passes(days=60)
        assert self.talk.state.stage is Stage.OVER
        farewell = any(say.line in FAREWELLS for say in self.talk.lines[before:])
        assert farewell or begun.stage in {Stage.ASLEEP, Stage.IDLE}, "an open question ends with a clear goodbye"

    @invariant()
    def has_an_exit(self) -> None:
        if not hasattr(self, "talk"):
            return
        state = self.talk.state
        assert state.stage not in AT_THE_CLERK, "the clerk has come back"
        if state.version:
            assert (state.wake_at is not None) is (state.stage in REST)
        if state.version and state.stage in {Stage.LISTENING, Stage.CONFIRMING}:
            assert state.asking is not None, "one question is on the table"
        assert len(self.talk.filed) == self.talk.commands.count(Command.FILE), "once each time they said yes"

    @invariant()
    def reads_well(self) -> None:
        if hasattr(self, "talk") and self.talk.said:
            assert len(self.talk.said[-1]) <= 2000
            assert "{" not in self.talk.said[-1]


AnyConversation.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestAnyConversation = AnyConversation.TestCase
