"""A conversation as a person has it: what they write, what they read. The machine alone, with plain data behind its ports."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from intake.conversations.conversation import AT_THE_CLERK, Conversation, Stage
from intake.conversations.heard import Heard
from intake.conversations.listening import Listener
from intake.conversations.machine import cancelled, filed, hear, not_filed
from intake.conversations.saying import Say, words_for
from intake.conversations.silence import silent
from intake.conversations.steps import Command, Facts, Standing, Step
from shared.categories import CATEGORIES
from shared.events.conversations import TalkChannel
from shared.geo.communes import COMMUNES
from tests.support.plain_data import PlainResolver, PlainSuggester

TROUBLE, PLACE = "Không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình"
NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
LISTENER = Listener(PlainResolver(tuple(COMMUNES)), PlainSuggester(CATEGORIES))


@dataclass
class Talking:
    """`clerk`: files at once, as it does in a running system; `refuses`: cannot."""

    channel: TalkChannel = TalkChannel.ZALO
    own_number: bool = True
    refuses: bool = False
    state: Conversation = field(init=False)
    now: datetime = NOON
    said: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    filed: list[Conversation] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    lines: list[Say] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.state = Conversation(id=UUID(int=1), channel=self.channel)

    def writes(self, text: str, *, at: datetime | None = None, point: tuple[float, float] | None = None) -> str:
        """What is said to it; "" for nothing."""
        if self.state.stage is Stage.OVER:
            self.begin()
        heard = LISTENER.listen(text, self.state, at=at or self.now, point=point)
        self.heard.append(heard)
        return self._take(hear(self.state, heard, self._facts(), self.now))

    def clerk_comes_back(self) -> str:
        if self.state.stage is Stage.CANCELLING:
            return self._take(cancelled(self.state, self.now))
        self.filed.append(self.state)
        if self.refuses:
            return self._take(not_filed(self.state, self.now))
        return self._take(filed(self.state, "TR-7K3M-92QX", own=self.own_number, by_call=False, now=self.now))

    def passes(self, **time: float) -> str:
        """Time, in which every rest that ends is acted on; the last thing that was said."""
        until, said = self.now + timedelta(**time), ""
        for _ in range(50):
            if self.state.wake_at is None or self.state.wake_at > until:
                break
            self.now = self.state.wake_at
            said = self._take(silent(self.state, self.now)) or said
        self.now = until
        return said

    def _facts(self) -> Facts:
        known = (Standing("TR-7K3M-92QX", "Đang tìm người hỗ trợ"),) if self.state.code else ()
        return Facts(own_number=self.own_number, open_requests=known)

    def _take(self, step: Step) -> str:
        self.state = replace(step.talk, version=step.talk.version + 1)
        self.now += timedelta(seconds=5)
        words = words_for(step.says, self.state.language, self.channel, own_number=self.own_number) if step.says else ""
        self.lines += step.says
        if words:
            self.said.append(words)
        if step.command is not None:
            self.commands.append(step.command)
        if self.state.stage in AT_THE_CLERK:
            return self.clerk_comes_back()
        return words
