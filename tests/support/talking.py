"""A conversation as a person has it: what they write, what they read. The machine alone, with plain data behind its ports."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from intake.conversations.conversation import AT_THE_CLERK, Conversation, Stage
from intake.conversations.heard import Heard
from intake.conversations.listening import Listener
from intake.conversations.machine import cancelled, filed, hear, not_filed
from intake.conversations.rows import PURPOSE, Talk, _row, loaded
from intake.conversations.saying import Say, words_for
from intake.conversations.silence import silent
from intake.conversations.steps import Command, Facts, Standing, Step
from intake.conversations.tip import Guide
from shared.categories import CATEGORIES
from shared.events.contract import Sealed
from shared.events.conversations import TalkChannel
from shared.geo.communes import COMMUNES
from shared.security.sealing import DataKey
from tests.support.plain_data import PlainResolver, PlainSuggester

TROUBLE, PLACE = "Không đăng nhập được VNeID", "12 Kim Mã, phường Ba Đình"
NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
LISTENER = Listener(PlainResolver(tuple(COMMUNES)), PlainSuggester(CATEGORIES))


@dataclass
class Talking:
    """The clerk files at once, as it does in a running system, but where it `is_away`; `refuses`: it cannot. `open_codes`: of
    requests that this person has filed by other doors."""

    channel: TalkChannel = TalkChannel.ZALO
    own_number: bool = True
    refuses: bool = False
    is_away: bool = False
    open_codes: tuple[str, ...] = ()
    guide: Guide | None = None
    state: Conversation = field(init=False)
    now: datetime = NOON
    said: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    calls: list[str | None] = field(default_factory=list)  # whom the hotline is to call; None: who writes
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
        return self._take(hear(self.state, heard, self._facts(heard), self.now))

    def restarts(self) -> None:
        """Another process goes on with what stands in the row."""
        key = DataKey(UUID(int=2), bytes(32))
        row = _row(_talk_of(self.state, key))
        self.state = loaded({**row, "key": b"key"}, key).state

    def kept(self) -> dict[str, Any]:
        """What stands sealed in the row."""
        key = DataKey(UUID(int=2), bytes(32))
        box: dict[str, Any] = orjson.loads(
            key.open(Sealed(key_id=key.id, box=_row(_talk_of(self.state, key))["box"]), purpose=PURPOSE)
        )
        return box

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

    def _facts(self, heard: Heard | None = None) -> Facts:
        codes = dict.fromkeys((*((self.state.code,) if self.state.code else ()), *self.open_codes))
        known = tuple(Standing(code, "Đang tìm người hỗ trợ") for code in codes)
        named = next((one for one in known if heard is not None and one.code == heard.code), None)
        return Facts(own_number=self.own_number, open_requests=known, asked_about=named, guide=self.guide)

    def _take(self, step: Step) -> str:
        self.state = replace(step.talk, version=step.talk.version + 1)
        self.now += timedelta(seconds=5)
        words = words_for(step.says, self.state.language, self.channel, own_number=self.own_number) if step.says else ""
        self.lines += step.says
        if words:
            self.said.append(words)
        if step.command is not None:
            self.commands.append(step.command)
        if step.command is Command.CALL_BACK:
            self.calls.append(step.phone)
        if self.state.stage in AT_THE_CLERK and not self.is_away:
            return self.clerk_comes_back()
        return words


def _talk_of(state: Conversation, key: DataKey) -> Talk:
    return Talk(
        state=state,
        key=b"key",
        city="hanoi",
        contact_point_id=UUID(int=3),
        data_key=key,
        phone_box=None,
        began_at=NOON,
        heard_at=NOON,
    )
