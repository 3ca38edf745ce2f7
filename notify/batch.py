"""What a batch of events makes of letters, questions and calls: gathered under the locks of its phones, written at the end.

Consumer handlers call it; it decides how a person is reached, never whether.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from notify.calls.call import CallOutcome, CallTask, call_of, dropped
from notify.letter import TO_MANY, Letter, row_of
from notify.message import MessageStatus
from notify.news import of_call, of_called_offer
from notify.phone import JobOnPhone, ask, ask_about, close_offer, end_job, take_job
from notify.purpose import CALL_ONLY, Purpose
from notify.question import AskedOffer, Question, QuestionStatus, told_by, told_only_by
from notify.sending.claims import Claimed, answering, attempt_columns, claim_new
from notify.sending.ladder import OUTLIVES, by_call_only
from notify.sending.overtaken import still_true
from notify.sending.routes import Carriers
from notify.sending.settlement import call_row, insert_calls
from notify.settings import NotifySettings
from notify.store import QUERIES, SOURCE, Ground, Line, NewTexts, save_lines, save_lines_and_texts
from notify.telling.about import About, asked_offer, call_to, letter_to
from notify.telling.ingredients import Telling
from notify.telling.routing import QUESTION_KINDS
from notify.telling.wording import fields, question_fields
from notify.templates import render, script
from shared.events.assignments import OfferState
from shared.events.contract import ChannelKind, Recipient, Role, Sealed
from shared.events.envelope import Event
from shared.events.messages import FailureReason
from shared.events.registry import EventType
from shared.ids import uuid7
from shared.phones import may_be_texted
from shared.security.sealing import DataKey
from shared.telemetry.metrics import NOTIFY_CALLS
from shared.transport.outbox import append


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """`claimed`: to be sent after the commit. `waiting`: there may be something in the queue now. `told`: in the outbox."""

    claimed: Sequence[Claimed] = ()
    waiting: bool = False
    told: bool = False


@dataclass(slots=True, kw_only=True)
class Batch:
    """`withdrawn`: texts that had not left when their offers ended, by message id, with how often they may have left before."""

    connection: asyncpg.Connection
    settings: NotifySettings
    keys: Mapping[UUID, DataKey]
    ground: Ground
    withdrawn: Mapping[UUID, int] = field(default_factory=dict)
    letters: dict[UUID, Letter] = field(default_factory=dict)
    calls: list[CallTask] = field(default_factory=list)
    called_offers: list[Event] = field(default_factory=list)
    needless: list[tuple[UUID, frozenset[Purpose] | None]] = field(default_factory=list)
    ended_offers: list[tuple[UUID, UUID]] = field(default_factory=list)  # offer, request
    silenced: set[UUID] = field(default_factory=set)

    @property
    def lines(self) -> dict[UUID, Line]:
        return self.ground.lines

    @property
    def now(self) -> datetime:
        return self.ground.now

    def accounts(self, contact_point_id: UUID) -> Collection[ChannelKind]:
        line = self.lines.get(contact_point_id)
        return line.accounts if line is not None else ()

    def tell(self, about: About, recipient: Recipient, purpose: Purpose, *, number: int | None = None) -> None:
        """Writes to this person, or has them called. Nothing is said to or about somebody who is erased."""
        key = self.keys.get(recipient.address.key_id)
        if key is None or about.details.key_id not in self.keys:
            return
        telling = Telling(
            language=recipient.language,
            now=self.now,
            opened=self.opened,
            request=about.request,
            change=about.change,
            reason=about.reason,
            number=number,
        )
        found = fields(purpose, telling)
        if purpose in CALL_ONLY or self.is_called(about, recipient):
            body = key.seal(script(purpose, recipient.language, found).encode(), purpose="text")
            self.calls.append(call_to(about, recipient, purpose, body, now=self.now))
            return
        text = render(purpose, recipient.language, found)
        rules, accounts = self.settings.sending, self.accounts(recipient.contact_point_id)
        letter = letter_to(about, recipient, purpose, key, text, now=self.now, rules=rules, accounts=accounts)
        self.letters[letter.id] = letter

    async def ask(self, about: About, recipient: Recipient, purpose: Purpose, offer: OfferState) -> None:
        """An offer becomes a question and its text, or a call that the desk makes. Told again later, it is asked already."""
        key = self.keys.get(recipient.address.key_id)
        if key is None:
            nobody = call_to(about, recipient, purpose, None, now=self.now, asked=asked_offer(about, offer))
            self.called_offers.append(of_called_offer(nobody, self.now, failed=FailureReason.ERASED))
        elif self.is_called(about, recipient):
            self._have_offer_called(about, recipient, purpose, key, asked_offer(about, offer))
        elif self.lines[recipient.contact_point_id].phone.question_of(offer.offer_id) is None:
            await self._write_question(about, recipient, purpose, key, asked_offer(about, offer, message_id=uuid7()))

    def close(self, contact_point_id: UUID, offer_id: UUID, request_id: UUID, status: QuestionStatus) -> bool:
        """Dispatch has decided about this offer. True: its text has left, or may have."""
        self.ended_offers.append((offer_id, request_id))
        line = self.lines.get(contact_point_id)
        question = line.phone.question_of(offer_id) if line else None
        if line is None or question is None:
            return False
        message_id = next(offer.message_id for offer in question.offers if offer.offer_id == offer_id)
        closed = close_offer(line.phone, offer_id, status, self.now)
        if message_id in self.letters:
            if closed is not None and not told_only_by(closed, message_id).open_offers:
                del self.letters[message_id]
            return False
        return message_id is not None and self.withdrawn.get(message_id, 1) > 0

    def take_job(self, contact_point_id: UUID, about: About, offer_id: UUID) -> int | None:
        """The job's number on this phone; the same again if it has one."""
        line = self.lines.get(contact_point_id)
        if line is None or about.job_id is None:
            return None
        wanted = JobOnPhone(
            job_id=about.job_id, offer_id=offer_id, request_id=about.request_id, city=about.city, number=0, began_at=self.now
        )
        return take_job(line.phone, wanted).number

    def ask_about(self, contact_point_id: UUID, about: About, question: str | None) -> int | None:
        """The number by which a job is asked about; None: this phone has it no more."""
        line = self.lines.get(contact_point_id)
        job = line.phone.jobs.get(about.job_id) if line and about.job_id else None
        if line is None or job is None or job.ended_at is not None:
            return None
        ask_about(line.phone, job.job_id, question)
        return job.number

    def end_job(self, job_id: UUID, *, only: UUID | None = None) -> dict[UUID, int]:
        """Nobody (or not this phone) calls this job by a number any more. The numbers it had, by phone."""
        lines = [line for line in self.lines.values() if only in {None, line.id}]
        ended = {line.id: end_job(line.phone, job_id, self.now) for line in lines}
        return {id_: job.number for id_, job in ended.items() if job is not None}

    def need_no_call(self, request_id: UUID, purposes: Iterable[Purpose] | None = None) -> None:
        """Events made these calls pointless; None: all calls about the request."""
        which = None if purposes is None else frozenset(purposes)
        self.needless.append((request_id, which))
        self.calls = [
            task for task in self.calls if task.request_id != request_id or (which is not None and task.purpose not in which)
        ]

    def silence(self, request_id: UUID) -> None:
        """What still waits to be said about this request is not said, but what outlives it."""
        self.silenced.add(request_id)
        self.letters = {
            id_: one
            for id_, one in self.letters.items()
            if one.request_id != request_id or one.question_id or one.purpose in OUTLIVES
        }

    def opened(self, sealed: Sealed | None, purpose: str) -> str | None:
        key = self.keys.get(sealed.key_id) if sealed is not None else None
        return None if sealed is None or key is None else key.open(sealed, purpose=purpose).decode()

    async def save(self, carriers: Carriers, room: int) -> Saved:
        """In lock order: questions, then messages; what was said before this batch is silenced before new letters come. At most
        `room` texts are claimed for `carriers` in the same breath: their sender has them when this has committed."""
        texts, claimed = self._new_texts(carriers, room)
        lines, waiting = self.lines, False
        if self.silenced:
            lines, waiting = {}, await save_lines(self.connection, self.lines)
            await self.connection.execute(QUERIES["withdraw_texts_of_requests"], [*self.silenced], self.now, [*OUTLIVES])
        released, begun = await save_lines_and_texts(self.connection, lines, texts)
        written = [one for one in claimed if one.outgoing.id in begun]
        await self._drop_calls()
        await insert_calls(self.connection, self.calls, self.now)
        await append(self.connection, self.called_offers, source=SOURCE)
        told = bool(self.calls or self.called_offers or self.needless or self.ended_offers)
        return Saved(claimed=written, waiting=waiting or released or len(written) < len(self.letters), told=told)

    def _new_texts(self, carriers: Carriers, room: int) -> tuple[NewTexts, list[Claimed]]:
        letters = {id_: self._with_turn(letter) for id_, letter in still_true(self.letters).items()}
        alone = [letter for letter in letters.values() if letter.purpose not in TO_MANY]
        claimed = claim_new(alone, self.ground, self.keys, carriers, self.settings, limit=room)
        letters |= {one.letter.id: one.letter for one in claimed}
        rows = [row_of(letter) for letter in letters.values()]
        return NewTexts(rows, (*attempt_columns(claimed), answering(claimed)), self.now), claimed

    async def _drop_calls(self) -> None:
        found: set[UUID] = set()
        for request_id, purposes in self.needless:
            wanted = None if purposes is None else sorted(purposes)
            found.update(row["id"] for row in await self.connection.fetch(QUERIES["calls_of_requests"], [request_id], wanted))
        if self.ended_offers:
            offers, requests = map(list, zip(*self.ended_offers, strict=True))
            found.update(row["id"] for row in await self.connection.fetch(QUERIES["calls_of_offers"], offers, requests))
        await drop_calls(self.connection, found, self.now)

    async def _write_question(
        self, about: About, recipient: Recipient, purpose: Purpose, key: DataKey, asked: AskedOffer
    ) -> None:
        """A lead's further escalation joins a text that has not left, or follows after a while."""
        line, language = self.lines[recipient.contact_point_id], recipient.language
        question = ask(line.phone, asked, QUESTION_KINDS[purpose], self.now)
        others = (offer.message_id for offer in question.open_offers if offer is not asked)
        before = sorted(message_id for message_id in others if message_id is not None)  # ids sort by time
        if before and await self._joined(line, question, asked, before[-1], key=key, language=language):
            return
        distance = about.change.offer.distance_m if about.change and about.change.offer else None
        found = question_fields(told_only_by(question, asked.message_id), language, distance, *about.visit(self.now))
        letter = letter_to(
            about,
            recipient,
            purpose,
            key,
            render(purpose, language, found),
            now=self.now,
            rules=self.settings.sending,
            id=asked.message_id,
            question=question,
            not_after=asked.not_after,
            wait_seconds=self.settings.bundle_seconds if before else 0.0,
            accounts=line.accounts,
        )
        self.letters[letter.id] = letter

    async def _joined(
        self, line: Line, question: Question, asked: AskedOffer, message_id: UUID, *, key: DataKey, language: str
    ) -> bool:
        """Rewrites a text that has not left, so that it tells of this offer too."""
        together = told_by(question, asked.offer_id, message_id)
        text = render(Purpose.ESCALATION, language, question_fields(told_only_by(together, message_id), language))
        body = key.box(text.encode(), purpose="text")
        if message_id in self.letters:
            self.letters[message_id] = self.letters[message_id]._replace(body=body)
        elif not await self.connection.fetch(QUERIES["rewrite_messages"], [message_id], [body]):
            return False
        line.phone.put(together)
        return True

    def _have_offer_called(self, about: About, recipient: Recipient, purpose: Purpose, key: DataKey, asked: AskedOffer) -> None:
        """Nobody answers a call with "1 27": the operator accepts or declines for them, and the lease runs from now."""
        question = Question(
            id=uuid7(),
            kind=QUESTION_KINDS[purpose],
            code=0,
            status=QuestionStatus.OPEN,
            created_at=self.now,
            expires_at=asked.not_after,
            offers=(asked,),
        )
        words = script(purpose, recipient.language, question_fields(question, recipient.language, None, *about.visit(self.now)))
        task = call_to(about, recipient, purpose, key.seal(words.encode(), purpose="text"), now=self.now, asked=asked)
        self.calls.append(task)
        self.called_offers.append(of_called_offer(task, self.now))

    def _with_turn(self, letter: Letter) -> Letter:
        """The text of a question leaves when the question has its turn."""
        line = self.lines.get(letter.contact_point_id)
        question = line.phone.questions.get(letter.question_id) if line and letter.question_id else None
        if question is None or question.status is not QuestionStatus.WAITING:
            return letter
        return letter.moved(letter.message._replace(status=MessageStatus.HELD))

    def is_called(self, about: About, recipient: Recipient) -> bool:
        """A landline, a number abroad, or somebody who asked to be called. The number decides, whatever the event believes."""
        accounts, served = self.accounts(recipient.contact_point_id), self.settings.sending.served
        if (recipient.role is Role.RESIDENT and about.by_call) or by_call_only(recipient.channels, served, accounts):
            return True
        number = self.opened(recipient.address, "phone")
        return number is not None and not may_be_texted(number)


async def drop_calls(
    connection: asyncpg.Connection, ids: Collection[UUID], now: datetime, outcome: CallOutcome = CallOutcome.OVERTAKEN
) -> None:
    """Nobody needs to call any more."""
    if not ids:
        return
    rows = await connection.fetch(QUERIES["lock_calls"], sorted(ids))
    ended = [dropped(task, outcome, now) for task in map(call_of, rows) if task.ended_at is None]
    if ended:
        await connection.execute(QUERIES["save_calls"], [call_row(task) for task in ended])
        await append(connection, [of_call(EventType.CALL_DONE, task, now) for task in ended], source=SOURCE)
        NOTIFY_CALLS.labels("dropped").inc(len(ended))
