"""Whatever is written, in whatever order, late, over restarts: a conversation ends in a request, a person, or a clear goodbye."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from intake.conversations.conversation import AT_THE_CLERK, CITY_DESK, HOTLINE, REST, Ask, Draft, Stage
from intake.conversations.machine import FLOOD, FLOOD_WINDOW
from intake.conversations.saying import Line
from intake.conversations.steps import Command
from intake.conversations.tip import Tip
from shared.events.conversations import TalkChannel
from tests.support.talking import PLACE, TROUBLE, Talking

OURS, OTHER = "TR-7K3M-92QX", "TR-ABCD-2345"
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
        *("0912345678", "mã OTP là 482913", OURS, f"HUY {OURS}", f"hủy yêu cầu {OTHER}", "asdf", "", "\x00", "😀"),
        *("I cannot log in to VNeID", "cancel", "x" * 2500, "gọi lại cho tôi", "call me back on 0912 345 678", "đừng gọi lại"),
        *("các bạn là ai", "có phải lừa đảo không", "is it free"),
    ]
)
FAREWELLS: Final = {Line.CANCELLED, Line.GOODBYE, Line.FAREWELL}
# What somebody says who answers each question as it is meant; None: nothing is asked.
GOOD_ANSWERS: Final[Mapping[Ask | None, str]] = {
    None: TROUBLE,
    Ask.TROUBLE: TROUBLE,
    Ask.KIND: "1",
    Ask.TRIED: "2",
    Ask.PLACE: PLACE,
    Ask.WHICH_PLACE: PLACE,
    Ask.NAME: "Lan",
    Ask.PHONE: "0912345678",
    Ask.RIGHT: "1",
    Ask.WHAT_WRONG: "3",
    Ask.CANCEL: "2",
    Ask.CALL: "0912345678",
}
ASKED_AGAIN: Final = {Ask.TROUBLE, Ask.KIND, Ask.PLACE, Ask.WHICH_PLACE, Ask.NAME, Ask.PHONE, Ask.CALL}
MOST_ANSWERS: Final = 10  # one a question, and a few that are asked again


class OneTip:
    def tip(self, trouble: str, category: str, language: str) -> Tip | None:
        return Tip("vneid-password", "Mở VNeID, chọn “Quên mật khẩu”.") if category == "vneid_login" else None


class AnyConversation(RuleBasedStateMachine):
    """Whatever is written, and however often: nothing gets stuck, and it ends in a request, a person, or a goodbye."""

    @initialize(
        channel=st.sampled_from(list(TalkChannel)),
        own=st.booleans(),
        refuses=st.booleans(),
        tips=st.booleans(),
        many=st.booleans(),
    )
    def begin(self, *, channel: TalkChannel, own: bool, refuses: bool, tips: bool, many: bool) -> None:
        self.compared = 0  # of what was filed with what was read back
        self.talk = Talking(
            channel=channel,
            own_number=own,
            refuses=refuses,
            open_codes=(OURS, OTHER) if many else (),
            guide=OneTip() if tips else None,
        )

    @rule(text=WORDS)
    def writes(self, text: str) -> None:
        before, filed = self.talk.state, len(self.talk.filed)
        said = self._writes(text)
        confirmed = self.talk.own_number and len(self.talk.filed) > filed  # by the text that every filing is confirmed by
        silent = confirmed or before.stage is Stage.WITH_PERSON or self.talk.state.heard > FLOOD or before.stage is Stage.IDLE
        assert said or silent, f"{text!r} was met with silence in {before.stage}"

    @rule(text=st.text(max_size=60))
    def writes_anything(self, text: str) -> None:
        self._writes(text)

    @rule()
    def answers_what_is_asked(self) -> None:
        self._writes(GOOD_ANSWERS[self.talk.state.asking])

    @precondition(lambda self: self.talk.state.stage is not Stage.WITH_PERSON)
    @rule()
    def tells_all(self) -> None:
        """As far as the question whether it is right."""
        self._quiet_for_a_while()
        for _ in range(MOST_ANSWERS):
            if self.talk.state.stage in {Stage.CONFIRMING, Stage.WITH_PERSON}:
                return
            self._writes(GOOD_ANSWERS[self.talk.state.asking])

    @rule(text=WORDS)
    def late_words(self, text: str) -> None:
        self._writes(text, at=self.talk.now - timedelta(hours=1))

    @precondition(lambda self: self.talk.state.stage is Stage.CONFIRMING)
    @rule(yes=st.sampled_from(["1", "đúng", "ok"]))
    def yes_to_what_was_not_asked_yet(self, yes: str) -> None:
        self._quiet_for_a_while()
        asked_at = self.talk.state.asked_at
        assert asked_at is not None
        self._writes(yes, at=asked_at - timedelta(seconds=1))
        assert self.talk.state.stage is Stage.CONFIRMING, "an early yes files nothing"

    @precondition(lambda self: self.talk.state.stage not in {Stage.WITH_PERSON, Stage.ASLEEP})  # who wakes may be asked where
    @precondition(lambda self: self.talk.state.asking not in {Ask.PLACE, Ask.WHICH_PLACE})  # there any text may be an address
    @rule()
    def is_not_understood_twice(self) -> None:
        self._quiet_for_a_while()
        for text in ("%%%", "###"):
            if self.talk.state.stage is not Stage.WITH_PERSON:
                self._writes(text)
        assert self.talk.state.stage is Stage.WITH_PERSON, "nobody talks to a wall"

    @precondition(lambda self: self.talk.state.stage is Stage.LISTENING and self.talk.state.asking in ASKED_AGAIN)
    @rule()
    def answers_nothing_and_nothing_again(self) -> None:
        self._quiet_for_a_while()
        asked = self.talk.state.asking
        for _ in range(4):
            if self.talk.state.asking is asked:
                self._writes("chào em")
        assert self.talk.state.asking is not asked, "no question is asked for ever"

    @rule(hours=st.sampled_from([0.3, 5, 30, 200]))
    def time_passes(self, hours: float) -> None:
        self.talk.passes(hours=hours)

    @rule()
    def restarts(self) -> None:
        before = self.talk.state
        self.talk.restarts()
        assert self.talk.state == before, "nothing is forgotten between two messages"

    @rule(beside=st.sampled_from(["", f" {OURS}", f", {TROUBLE}", ", tôi tên là Hoa"]))
    def wants_a_person(self, beside: str) -> None:
        self._quiet_for_a_while()
        self._writes(f"gặp người thật{beside}")
        assert self.talk.state.stage is Stage.WITH_PERSON, "one word away"

    @rule(beside=st.sampled_from(["", f" {OURS}", f", {TROUBLE}"]))
    def cries(self, beside: str) -> None:
        self._quiet_for_a_while()
        assert "113" in self._writes(f"cứu tôi với{beside}")
        assert self.talk.state.stage is Stage.WITH_PERSON

    @precondition(lambda self: self.talk.state.stage is Stage.CONFIRMING)
    @rule(text=WORDS, person=st.booleans())
    def writes_while_the_clerk_is_at_it(self, text: str, person: bool) -> None:
        self._quiet_for_a_while()
        self.talk.is_away = True
        self._writes("1")
        assert self.talk.state.stage is Stage.FILING
        self._writes("gặp người thật" if person else text)
        self.talk.restarts()
        self.talk.is_away = False
        self.talk.clerk_comes_back()
        assert self.talk.state.stage is (Stage.WITH_PERSON if person or self.talk.refuses else Stage.IDLE)

    @precondition(lambda self: self.talk.state.stage is not Stage.WITH_PERSON)
    @rule()
    def who_answers_what_is_asked_gets_there(self) -> None:
        """Whatever was written before, nobody has to answer more than a handful of questions."""
        self._quiet_for_a_while()
        filed = len(self.talk.filed)
        for _ in range(MOST_ANSWERS):
            if self.talk.state.stage is Stage.WITH_PERSON or len(self.talk.filed) > filed:
                return
            self._writes(GOOD_ANSWERS[self.talk.state.asking])
        raise AssertionError(f"no request and no person after {MOST_ANSWERS} answers: {self.talk.said[-MOST_ANSWERS:]}")

    @precondition(lambda self: self.talk.state.is_live and self.talk.state.stage is not Stage.WITH_PERSON)
    @rule()
    def left_alone_it_ends(self) -> None:
        before, begun = len(self.talk.lines), self.talk.state
        if begun.version == 0:
            return
        self.talk.passes(days=60)
        assert self.talk.state.stage is Stage.OVER
        assert self.talk.state.draft == Draft(), "nothing is remembered of what is over"
        farewell = any(say.line in FAREWELLS for say in self.talk.lines[before:])
        assert farewell or begun.stage in {Stage.ASLEEP, Stage.IDLE}, "an open question ends with a clear goodbye"
        assert sum(say.line is Line.REMINDER for say in self.talk.lines[before:]) <= 1, "nobody is reminded twice"

    def _quiet_for_a_while(self) -> None:
        """A flood is over."""
        self.talk.now += FLOOD_WINDOW + timedelta(seconds=1)

    def _writes(self, text: str, *, at: datetime | None = None) -> str:
        said = self.talk.writes(text, at=at)
        self.holds()
        return said

    @invariant()
    def holds(self) -> None:
        """After each message, whatever came before."""
        if hasattr(self, "talk"):
            self._has_an_exit()
            self._asks_only_what_is_missing()
            self._files_what_was_read_back()
            self._reads_well_and_keeps_no_secret()

    def _has_an_exit(self) -> None:
        state = self.talk.state
        assert self.talk.is_away or state.stage not in AT_THE_CLERK, "the clerk has come back"
        if state.version:
            assert (state.wake_at is not None) is (state.stage in REST)
        if state.version and state.stage in {Stage.LISTENING, Stage.CONFIRMING}:
            assert state.asking is not None, "one question is on the table"
        if state.stage is Stage.WITH_PERSON:
            assert state.owner in {HOTLINE, CITY_DESK}, "somebody has to act"
            assert Command.HAND_OVER in self.talk.commands
        begun = self.talk.commands.count(Command.FILE) - (state.stage is Stage.FILING)
        assert len(self.talk.filed) == begun, "once each time they said yes"

    def _asks_only_what_is_missing(self) -> None:
        draft, asking = self.talk.state.draft, self.talk.state.asking
        if asking is Ask.NAME:
            assert draft.name is None
        if asking is Ask.PLACE:
            assert not draft.is_placed
        if asking is Ask.TROUBLE:
            assert draft.trouble is None or draft.category is None
        if asking is Ask.RIGHT:
            number = self.talk.own_number or draft.phone
            assert all((draft.trouble, draft.category, draft.is_placed, draft.name, number)), "all is there"

    def _files_what_was_read_back(self) -> None:
        """Each yes is to the very words that were read to them last; what is filed is remembered nowhere else."""
        if len(self.talk.filed) > self.compared:
            self.compared = len(self.talk.filed)
            read_back = [say.draft for say in self.talk.lines if say.line is Line.ASK_RIGHT]
            assert self.talk.filed[-1].draft == read_back[-1]
            assert self.talk.refuses or self.talk.state.draft == Draft()

    def _reads_well_and_keeps_no_secret(self) -> None:
        if self.talk.said:
            assert len(self.talk.said[-1]) <= 2000
            assert "{" not in self.talk.said[-1]
            assert "482913" not in self.talk.said[-1]
            assert "482913" not in str(self.talk.state.draft)


AnyConversation.TestCase.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestAnyConversation = AnyConversation.TestCase
