"""What reading a batch of texts makes: replies, messages to pass on, and our answers to answers. No SQL; replies.py saves it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notify.answers.duty_words import DutyWord
from notify.answers.link_words import LinkWord
from notify.answers.presence_words import PresenceWord
from notify.answers.rating_words import Rating
from notify.answers.reading import Meaning
from notify.answers.swap_words import SwapWord, date_of, local_day
from notify.callbacks.rings import Rings
from notify.letter import Letter
from notify.news import of_drill_answer, of_duty, of_presence, of_reply, of_shift_answer, of_swap, of_text, of_texts
from notify.phone import JobOnPhone
from notify.purpose import Purpose
from notify.question import AskedOffer, Question
from notify.sending.worth import WORTH_SECONDS
from notify.store import Line
from notify.telling.about import NOBODYS
from notify.telling.own_letters import own_letter
from shared.events.contract import ChannelKind, Sealed
from shared.events.envelope import Event
from shared.events.messages import Answer, DeclineReason
from shared.events.shifts import SwapSaid
from shared.masking import mask_message
from shared.security.sealing import DataKey
from shared.telemetry.metrics import NOTIFY_TEXTS

TextsNote = tuple[datetime, str, UUID, ChannelKind, datetime | None]  # for the audit: when, what, who, where, stopped since


@dataclass(frozen=True, slots=True)
class Asked:
    """A phone that wants an account, or none any more; `over`: where it wrote that."""

    line: Line
    word: LinkWord
    over: ChannelKind


@dataclass(slots=True)
class Reading:
    """`visits`: of residents who write "SOS", what somebody has accepted for them."""

    lines: dict[UUID, Line]
    keys: dict[UUID, DataKey]
    now: datetime
    city: str
    meanings: Mapping[int, Meaning | LinkWord | Rating | None] = field(default_factory=dict)
    visits: Mapping[UUID, Sequence[JobOnPhone]] = field(default_factory=dict)
    helpers: Collection[UUID] = ()  # phones of people who work with us
    events: list[Event] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    rings: Rings = field(default_factory=Rings)
    outcomes: list[tuple[int, str]] = field(default_factory=list)
    linking: list[Asked] = field(default_factory=list)
    over: ChannelKind = ChannelKind.SMS  # where the text that is being read was written: its answer goes back there
    texts_wanted: dict[UUID, datetime | None] = field(default_factory=dict)  # since when no more; None: wanted again
    texts_said: list[TextsNote] = field(default_factory=list)

    def reply(
        self,
        line: Line,
        about: tuple[UUID, UUID, UUID, str],
        answer: Answer,
        *,
        received_at: datetime,
        member: Sealed | None = None,
        whole: bool = False,
        reason: DeclineReason | None = None,
        minutes: int | None = None,
        score: int | None = None,
        why: Sealed | None = None,
    ) -> None:
        request_id, job_id, offer_id, city = about
        line.reply_version += 1
        event = of_reply(
            contact_point_id=line.id,
            version=line.reply_version,
            city=city,
            request_id=request_id,
            job_id=job_id,
            offer_id=offer_id,
            answer=answer,
            member=member,
            whole=whole,
            reason=reason,
            minutes=minutes,
            score=score,
            why=why,
            received_at=received_at,
            now=self.now,
        )
        self.events.append(event)

    def rate(self, line: Line, said: Rating, *, received_at: datetime) -> None:
        key = self.keys.get(line.key_id)
        why = key.seal(mask_message(said.why).encode(), purpose="text") if said.why and key else None
        for asked in said.question.offers:
            about = (asked.request_id, asked.job_id, asked.offer_id, asked.city)
            self.reply(line, about, Answer.RATED, received_at=received_at, score=said.score, why=why)

    def of_job(
        self,
        line: Line,
        job: JobOnPhone | AskedOffer,
        answer: Answer,
        *,
        received_at: datetime,
        member: Sealed | None = None,
        whole: bool = False,
        minutes: int | None = None,
    ) -> None:
        about = (job.request_id, job.job_id, job.offer_id, job.city)
        self.reply(line, about, answer, received_at=received_at, member=member, whole=whole, minutes=minutes)

    def drill(self, line: Line, question: Question, *, over: str, received_at: datetime) -> None:
        """`over`: by which provider it came. Yes or no does not matter."""
        for asked in question.offers:
            line.reply_version += 1
            version, city, ask = line.reply_version, asked.city, asked.offer_id
            self.events.append(of_drill_answer(line.id, version, city, ask, over=over, received_at=received_at, now=self.now))

    def of_shift(self, line: Line, question: Question, *, yes: bool, received_at: datetime) -> None:
        for asked in question.offers:
            line.reply_version += 1
            version, city = line.reply_version, asked.city
            self.events.append(
                of_shift_answer(line.id, version, city, asked.offer_id, yes=yes, received_at=received_at, now=self.now)
            )

    def duty(self, line: Line, word: DutyWord, *, received_at: datetime) -> None:
        line.reply_version += 1
        self.events.append(of_duty(line.id, line.reply_version, self.city, word, received_at=received_at, now=self.now))

    def want_texts(self, line: Line, *, wanted: bool, received_at: datetime) -> None:
        line.reply_version += 1
        stopped_at = line.stopped_at if wanted else received_at
        self.texts_said.append((received_at, "texts.started" if wanted else "texts.stopped", line.id, self.over, stopped_at))
        line.stopped_at = self.texts_wanted[line.id] = None if wanted else received_at
        self.events.append(of_texts(line.id, line.reply_version, self.city, wanted=wanted, received_at=received_at, now=self.now))
        self.write(line, Purpose.STARTED if wanted else Purpose.STOPPED, {}, request_of(line))

    def presence(self, line: Line, word: PresenceWord, *, received_at: datetime) -> None:
        names = self.sealed_name(line, word.names)
        if names is None:
            return  # erased
        line.reply_version += 1
        version, city = line.reply_version, self.city
        self.events.append(of_presence(line.id, version, city, word, names, received_at=received_at, now=self.now))

    def swap(self, line: Line, word: SwapWord, ask_id: UUID | None, *, received_at: datetime) -> bool:
        """False: it names a day that is in no calendar."""
        today = local_day(received_at)
        day, back = (date_of(one, today) if one else None for one in (word.day, word.back))
        if (word.day and day is None) or (word.back and back is None):
            return False
        line.reply_version += 1
        body = SwapSaid(
            city=self.city,
            contact_point_id=line.id,
            take_over=word.take_over,
            ask_id=ask_id,
            day=day,
            name=self.sealed_name(line, word.name),
            return_day=back,
            releases=word.releases,
            received_at=received_at,
        )
        self.events.append(of_swap(body, line.reply_version, self.now))
        return True

    def works_with_us(self, line: Line) -> bool:
        """A helper, a team, a lead: people read what they write, no machine asks them what they need."""
        return line.id in self.helpers or bool(line.phone.live_jobs)

    def pass_on(self, line: Line, sealed: Sealed, received_at: datetime, *, for_people: bool = False) -> None:
        """`for_people`: we have answered it already."""
        line.reply_version += 1
        event = of_text(
            contact_point_id=line.id,
            version=line.reply_version,
            city=self.city,
            text=sealed,
            phone=Sealed(key_id=line.key_id, box=line.address) if line.address is not None else None,
            over=self.over,
            for_people=for_people or self.works_with_us(line),
            received_at=received_at,
            now=self.now,
        )
        self.events.append(event)

    def write(self, line: Line, purpose: Purpose, fields: dict[str, str], request_id: UUID) -> None:
        """An answer to an answer: between this person and us, so no event tells of it."""
        key = self.keys.get(line.key_id)
        if key is None or line.address is None:
            return
        until, back = self.now + timedelta(seconds=WORTH_SECONDS[purpose]), (self.over, ChannelKind.SMS)
        channels = back if self.over in line.accounts else (ChannelKind.SMS,)
        letter = own_letter(
            line, purpose, fields, key, now=self.now, not_after=until, city=self.city, request_id=request_id, channels=channels
        )
        self.letters.append(letter)

    def sealed_name(self, line: Line, member: str | None) -> Sealed | None:
        key = self.keys.get(line.key_id)
        return key.seal(member.encode(), purpose="name") if member and key else None

    def note(self, row: Any, outcome: str) -> None:
        self.outcomes.append((row["id"], outcome))
        NOTIFY_TEXTS.labels(outcome).inc()


def request_of(line: Line) -> UUID:
    offers = [offer.request_id for question in line.phone.questions.values() for offer in question.offers]
    jobs = [job.request_id for job in line.phone.live_jobs]
    return next(iter([*reversed(offers), *jobs]), NOBODYS)
