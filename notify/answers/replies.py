"""What people write: read in order, matched to what we asked, passed on as replies or, sealed, as messages.

The text is stored before anything is made of it (callbacks/arrivals.py); this loop reads what is stored: a kill loses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from notify.accounts.binding import answer_all
from notify.answers.asking_back import ask_back, say_words, thank
from notify.answers.contact_words import Rang
from notify.answers.cries import visits_of_residents
from notify.answers.fixed_words import fixed_word
from notify.answers.link_words import LinkWord, link_word
from notify.answers.matching import match
from notify.answers.rating_words import Rating, rating
from notify.answers.reading import JobWord, Meaning, parse
from notify.answers.texts_left import texts_left
from notify.answers.texts_read import Asked, Reading, request_of
from notify.answers.verdicts import (
    AskBack,
    AskOutcome,
    AskWhoIsAbsent,
    Doubled,
    Help,
    NoQuestion,
    ToDuty,
    ToJob,
    ToQuestion,
    ToShift,
    ToTeam,
    ToTexts,
    ToWords,
    UnknownNumber,
    Verdict,
)
from notify.callbacks.missed_calls import CARRIER
from notify.callbacks.rings import rings_lately
from notify.letter import row_of
from notify.phone import JobOnPhone, ask_about, promote
from notify.purpose import Purpose
from notify.question import answered, meaning
from notify.settings import NotifySettings
from notify.store import QUERIES, SOURCE, Line, read_ground, save_lines
from shared.events.assignments import OfferKind
from shared.events.contract import ChannelKind, Sealed
from shared.events.messages import Answer
from shared.pacing import Backoff, Bell
from shared.postgres.transaction import reading as looking
from shared.postgres.transaction import transaction
from shared.rounds import Rounds
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.transport.outbox import append

BATCH: Final = 200
BAD: Final = 2  # a mark that a person looks into


class Replies(Rounds):
    """A loop, any number of processes; `wake` is called when something was read: there may be texts to send, and events."""

    def __init__(
        self, pool: asyncpg.Pool, vault: Vault, settings: NotifySettings, bell: Bell, wake: Sequence[Callable[[], None]] = ()
    ) -> None:
        super().__init__(
            every_seconds=settings.poll_seconds, backoff=Backoff(0.1, 2.0), bell=bell, failed_as="notify.replies.failed"
        )
        self._pool = pool
        self._vault = vault
        self._settings = settings
        self._wake = wake

    async def look(self) -> float | None:
        return 0 if (self._called or await self._texts_wait()) and await self.read_some() else None

    async def _texts_wait(self) -> bool:
        """Asked cheaply when nobody rang: another process may have stored something."""
        async with looking(self._pool) as connection:
            return bool(await connection.fetchval(QUERIES["texts_wait"]))

    async def read_some(self) -> int:
        """Reads the texts of some phones; says how many."""
        async with transaction(self._pool, "notify.inbound") as connection:
            phones = [row["id"] for row in await connection.fetch(QUERIES["lock_phones_with_texts"], BATCH)]
            if not phones:
                return 0
            ground = await read_ground(connection, phones)
            rows = await connection.fetch(QUERIES["unread_texts"], phones)
            keys = await self._vault.keys(connection, _key_ids(rows, ground.lines))
            links, lines = bool(self._settings.chats), ground.lines
            meanings = {row["id"]: _meaning(keys, row, lines[row["contact_point_id"]], links=links) for row in rows}
            reading = Reading(ground.lines, keys, ground.now, self._settings.city, meanings)
            if any(row["carrier"] == CARRIER for row in rows):
                reading.rings = await rings_lately(connection, ground.now)
            reading.helpers = {row["contact_point_id"] for row in await connection.fetch(QUERIES["helpers_of"], phones)}
            reading.visits = await visits_of_residents(connection, _crying(reading, rows))
            await texts_left(connection, [line.phone for line in lines.values()])
            for row in rows:
                _read(reading, row)
            if reading.linking:
                linking, settings = reading.linking, self._settings
                await answer_all(connection, self._vault, linking, keys=keys, settings=settings, now=ground.now)
            await _save(connection, reading)
        for wake in self._wake:
            wake()
        return len(rows)


def _meaning(keys: Mapping[UUID, DataKey], row: Any, line: Line, *, links: bool) -> Meaning | LinkWord | Rating | None:
    """`links`: whether accounts can be linked here at all; else nobody has told people of that word."""
    key = keys.get(row["key_id"])
    if key is None or row["body"] is None:
        return None
    if row["carrier"] == CARRIER:
        return Rang()
    text = key.open(Sealed(key_id=row["key_id"], box=row["body"]), purpose="text").decode()
    about_help = rating(text, line.phone, row["received_at"]) or fixed_word(text, line.phone)
    return (link_word(text) if links else None) or about_help or parse(text)


def _crying(reading: Reading, rows: Sequence[Any]) -> set[UUID]:
    """Phones that call for help and have no visit of their own: perhaps somebody visits them."""
    return {
        row["contact_point_id"]
        for row in rows
        if _is_a_cry(reading.meanings[row["id"]]) and not reading.lines[row["contact_point_id"]].phone.live_jobs
    }


def _is_a_cry(meaning: Meaning | LinkWord | Rating | None) -> bool:
    return isinstance(meaning, JobWord) and meaning.answer is Answer.SOS


def _read(reading: Reading, row: Any) -> None:
    line = reading.lines[row["contact_point_id"]]
    reading.over = ChannelKind(row["channel"])
    if reading.keys.get(row["key_id"]) is None or row["body"] is None:
        reading.note(row, "erased")
        return
    sealed = Sealed(key_id=row["key_id"], box=row["body"])
    meaning = reading.meanings[row["id"]]
    if line.address is None:  # an account without a number: nothing of ours was ever asked there
        reading.pass_on(line, sealed, row["received_at"])
        reading.note(row, "passed_on")
        return
    if isinstance(meaning, LinkWord | Rating):
        reading.note(row, _linked_or_rated(reading, line, meaning, sealed=sealed, received_at=row["received_at"]))
        return
    verdict = match(meaning, line.phone, row["received_at"], reading.over)
    if isinstance(verdict, ToDuty):
        reading.duty(line, verdict.word, received_at=row["received_at"])
        reading.note(row, "reply")
    elif isinstance(verdict, ToTeam):
        reading.presence(line, verdict.word, received_at=row["received_at"])
        reading.note(row, "reply")
    elif isinstance(verdict, ToTexts):
        _want_texts(reading, line, verdict, row["received_at"])
        reading.note(row, "reply")
    elif isinstance(verdict, ToQuestion) and verdict.question.kind is OfferKind.DRILL:
        reading.drill(line, verdict.question, over=row["carrier"], received_at=row["received_at"])
        line.phone.put(answered(verdict.question, verdict.answer, reading.now))
        promote(line.phone, reading.now)
        reading.note(row, "reply")
    elif isinstance(verdict, ToShift) and reading.swap(line, verdict.word, verdict.ask_id, received_at=row["received_at"]):
        reading.note(row, "reply")
    elif isinstance(verdict, ToShift):
        reading.note(row, _pass_on(reading, line, UnknownNumber(), sealed=sealed, received_at=row["received_at"]))
    else:
        reading.note(row, _act(reading, line, verdict, sealed=sealed, received_at=row["received_at"]))


def _act(reading: Reading, line: Line, verdict: Verdict, *, sealed: Sealed, received_at: datetime) -> str:
    """The outcome word of the text."""
    match verdict:
        case ToQuestion():
            _answer(reading, line, verdict, received_at)
            return "reply"
        case ToJob(job=job, answer=answer, member=member, whole=whole, minutes=minutes):
            if answer is not Answer.NAMED:  # that it is somebody else who goes says nothing of what was asked
                ask_about(line.phone, job.job_id, None)
            if answer is Answer.RELEASE and isinstance(job, JobOnPhone):
                _gave_back(line, job, whole=whole, now=reading.now)
            named = reading.sealed_name(line, member)
            reading.of_job(line, job, answer, received_at=received_at, member=named, whole=whole, minutes=minutes)
            return "reply"
        case Help():
            return _cry(reading, line, verdict, sealed=sealed, received_at=received_at)
        case AskBack() | AskOutcome() | AskWhoIsAbsent():
            ask_back(reading, line, verdict)
            return "asked_back"
        case Doubled(question=question):
            thank(reading, line, question)
            return "double"
        case UnknownNumber() | NoQuestion() | ToWords():
            return _pass_on(reading, line, verdict, sealed=sealed, received_at=received_at)


def _gave_back(line: Line, job: JobOnPhone, *, whole: bool, now: datetime) -> None:
    """That is a no to what was asked, once nothing else that came of it is theirs: a yes after it is dispatch's to refuse."""
    for question in tuple(line.phone.questions.values()):
        offers = {offer.offer_id for offer in question.offers}
        theirs = [one for one in line.phone.live_jobs if one.offer_id in offers]
        if question.kind is OfferKind.VISIT and job in theirs and (whole or len(theirs) == 1):
            line.phone.put(answered(question, Answer.DECLINE, now))


def _answer(reading: Reading, line: Line, verdict: ToQuestion, received_at: datetime) -> None:
    """One reply for each offer of the question that still waits; if none does, dispatch says what a late one is worth."""
    question, answer = verdict.question, verdict.answer
    member = reading.sealed_name(line, verdict.member)
    if question.kind is OfferKind.SHIFT:
        reading.of_shift(line, question, yes=answer is Answer.ACCEPT, received_at=received_at)
    for offer in () if question.kind is OfferKind.SHIFT else question.open_offers or question.offers:
        about = (offer.request_id, offer.job_id, offer.offer_id, offer.city)
        reading.reply(line, about, answer, received_at=received_at, member=member, reason=verdict.reason)
    if answer is not Answer.ASSIGN:  # a name may lead to nobody: dispatch says whether the question is over
        line.phone.put(answered(question, answer, reading.now))
        promote(line.phone, reading.now)


def _linked_or_rated(reading: Reading, line: Line, said: LinkWord | Rating, *, sealed: Sealed, received_at: datetime) -> str:
    """The outcome word of the text. Why somebody was not helped well, a person reads as well."""
    if isinstance(said, LinkWord):
        reading.linking.append(Asked(line, said, reading.over))
        return "account"
    reading.rate(line, said, received_at=received_at)
    line.phone.put(answered(said.question, Answer.RATED, reading.now))
    promote(line.phone, reading.now)
    if said.why and said.score <= BAD:
        reading.pass_on(line, sealed, received_at)
    return "reply"


def _want_texts(reading: Reading, line: Line, verdict: ToTexts, received_at: datetime) -> None:
    """Said once, answered once; who stops says no to what is asked, so that nobody waits for them."""
    if not verdict.wanted and line.stopped_at is not None:
        return
    for question in verdict.refused:
        _answer(reading, line, ToQuestion(question, meaning(question.kind, yes=False), None), received_at)
    reading.want_texts(line, wanted=verdict.wanted, received_at=received_at)


def _cry(reading: Reading, line: Line, cry: Help, *, sealed: Sealed, received_at: datetime) -> str:
    """Of a visit, from either side of the door. Without one we can only say whom to call."""
    jobs = cry.jobs or reading.visits.get(line.id, ())
    for job in jobs:
        reading.of_job(line, job, Answer.SOS, received_at=received_at)
    if jobs:
        return "reply"
    reading.write(line, Purpose.SOS_NOWHERE, {}, request_of(line))
    reading.pass_on(line, sealed, received_at, for_people=True)
    return "passed_on"


def _pass_on(
    reading: Reading, line: Line, verdict: UnknownNumber | NoQuestion | ToWords, *, sealed: Sealed, received_at: datetime
) -> str:
    """Nothing that a machine should act on; who has named something that we do not know is told so."""
    if isinstance(verdict, ToWords):
        return say_words(reading, line, verdict, sealed=sealed, received_at=received_at)
    unknown = isinstance(verdict, UnknownNumber) and reading.works_with_us(line)
    if unknown:
        reading.write(line, Purpose.NOT_UNDERSTOOD, {}, request_of(line))
    reading.pass_on(line, sealed, received_at, for_people=unknown)
    return "unknown_code" if unknown else "passed_on"


def _key_ids(rows: Sequence[Any], lines: dict[UUID, Line]) -> set[UUID]:
    return {row["key_id"] for row in rows} | {line.key_id for line in lines.values()}


async def _save(connection: asyncpg.Connection, reading: Reading) -> None:
    await save_lines(connection, reading.lines)
    if reading.letters:
        await connection.execute(QUERIES["insert_messages"], [row_of(letter) for letter in reading.letters])
    if reading.texts_wanted:
        phones = list(reading.texts_wanted)
        await connection.execute(QUERIES["put_stopped"], phones, [reading.texts_wanted[phone] for phone in phones])
        await connection.execute(QUERIES["note_texts_said"], *map(list, zip(*reading.texts_said, strict=True)))
    ids, outcomes = [id_ for id_, _ in reading.outcomes], [outcome for _, outcome in reading.outcomes]
    await connection.execute(QUERIES["mark_texts"], ids, outcomes, reading.now)
    await append(connection, reading.events, source=SOURCE)
