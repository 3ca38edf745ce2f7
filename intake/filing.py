"""The use case of filing: a checked form becomes one stored, published request, whatever breaks on the way.

Concurrent filings share one durable transaction, which is one statement and one round trip: they are decided on beforehand, for
people as we presume they are known and at the time as we know it, and what turns out otherwise is decided on anew. A caller whose
answer was lost (database away, COMMIT unknown) sends the same Idempotency-Key again and gets the one result.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import orjson

from intake.desk.duplicates import resemblance
from intake.draft import CITY_DESK, SOURCE, Draft, Filing, Stamp, details_of, draft, new_seed, outbox_row
from intake.kinds.reasons import DOUBTS, in_words
from intake.known import KnownFault, KnownFaults
from intake.known_incident import KnownIncident
from intake.queries import QUERIES
from intake.settings import IntakeSettings
from intake.triage import Promises
from shared.errors import DependencyDown, Invalid, TechRescueError, Transient
from shared.events.contract import Sealed
from shared.events.registry import Topic
from shared.gathering import Gatherer
from shared.ids import uuid7s
from shared.pacing import Backoff, Tempo
from shared.postgres.failures import POSTGRES
from shared.postgres.transaction import app_now, commit_one, reading
from shared.security.codes import new_code
from shared.security.phrases import phrase
from shared.security.vault import ContactKey, Vault, offered
from shared.telemetry.metrics import INTAKE_BATCH, INTAKE_FILED
from shared.transport.outbox import Row

ATTEMPTS: Final = 4  # of a batch that lost a race with another (deadlock, serialization, somebody is being erased)
DECISIONS: Final = 4  # on a filing whose person was known, or whose time was not the database's
# What one bad row does to a statement, or to the making of its row. The batch is halved until the bad one stands alone.
POISON: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TypeError, TechRescueError)
ANSWER_FIELDS: Final = ("id", "code", "status", "priority", "commune_code", "expected", "known", "place")


@dataclass(frozen=True, slots=True)
class Filed:
    """What the caller is told; the phrase only for callers that read it aloud."""

    answer: Mapping[str, Any]
    phrase: str | None
    to_operator: bool
    alike: Sequence[str] | None = None  # codes of what may be the same; None: nobody has looked

    def json(self, duplicates: Sequence[str] | None = None) -> bytes:
        """`duplicates`: codes of what may be the same, for an operator; None for everybody else."""
        told = {name: self.answer[name] for name in ANSWER_FIELDS if name in self.answer}
        if self.to_operator and "reasons" in self.answer:  # an answer of an earlier version has none
            told |= _for_operators(self.answer)
        if duplicates is not None:
            told["duplicates"] = duplicates
        return orjson.dumps(told if self.phrase is None else {**told, "pass_phrase": self.phrase})


def _for_operators(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Why it is so urgent, what was odd about the place; and what it is about, where the caller has left that to the text."""
    category, reasons = answer["category"], answer["reasons"]
    told = {"priority_reason": in_words(reasons, category)}
    if "place_note" in answer:
        told["place_note"] = answer["place_note"]
    return told if DOUBTS.isdisjoint(reasons) else {**told, "category": category, "candidates": answer.get("candidates", ())}


class KeyReused(Invalid):
    def __init__(self) -> None:
        super().__init__("Idempotency-Key", "was used for another body; send a new key for a new request")


class Filer:
    """One per process; `publish` gets the row that now stands in the outbox, or nothing when there are several."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        vault: Vault,
        settings: IntakeSettings,
        publish: Callable[[Sequence[Row]], None],
        known: KnownFaults | None = None,
    ) -> None:
        self._pool = pool
        self._known = known
        self._resemblance = resemblance(settings.duplicate_radius_m, settings.duplicate_seconds)
        self._vault = vault
        self._settings = settings
        self._publish = publish
        self._promises = Promises()
        self._clock: tuple[datetime, float] | None = None  # what the database said last, and when on our steady clock
        self._gatherer: Gatherer[Filing, Filed] = Gatherer(
            self._batch,
            slots=settings.filing_lanes,
            most=settings.filing_batch,
            tempo=Tempo(many=100, together=4, longest_seconds=0.02),
        )

    async def file(self, filing: Filing) -> Filed:
        """Raises KeyReused, and DependencyDown when the outcome is unknown: the same key asks again."""
        return await self._gatherer.submit(filing)

    async def answered(self, filing: Filing) -> Filed | None:
        """What was answered to this key before, if anything; files nothing."""
        async with reading(self._pool) as connection:
            result = (await self._answers(connection, [filing])).get(filing.key_hash)
        if result is None:
            return None
        return _settled(filing, result)

    async def marked(self, filing: Filing) -> Filing:
        """Where unconfirmed numbers wait: whether this one is known as such."""
        if not self._settings.hold_unconfirmed_seconds:
            return filing
        async with reading(self._pool) as connection:
            person = await self._vault.find_contact_point(connection, filing.phone)
            waits = person is not None and await connection.fetchval(QUERIES["is_unconfirmed"], person)
        return replace(filing, unconfirmed=True) if waits else filing

    async def _batch(self, filings: Sequence[Filing]) -> list[Filed | BaseException]:
        try:
            return await self._patiently(filings)
        except DependencyDown:
            raise
        except POISON as error:
            if len(filings) == 1:
                return [error]
        middle = len(filings) // 2
        return [*await self._batch(filings[:middle]), *await self._batch(filings[middle:])]

    async def _patiently(self, filings: Sequence[Filing]) -> list[Filed | BaseException]:
        backoff = Backoff(0.01, 0.2)
        for _ in range(ATTEMPTS):
            try:
                return await self._in_one_transaction(filings)
            except Transient:
                await asyncio.sleep(backoff.delay())
        raise DependencyDown(POSTGRES)

    async def _in_one_transaction(self, filings: Sequence[Filing]) -> list[Filed | BaseException]:
        """One request per key; everybody else with that key, here or earlier, is told what its first was told."""
        waiting = list({filing.key_hash: filing for filing in reversed(filings)}.values())
        told: dict[int, Filed] = {}
        people: dict[str, ContactKey] = {}
        for _ in range(DECISIONS):
            drafts = self._drafts(waiting, people, await self._now())
            left, alike = await self._insert(drafts)
            fresh = [(place, d) for place, d in enumerate(drafts) if place not in left]
            for place, d in fresh:
                told[id(d.filing)] = _first_answer(d, alike.get(place))
                self._vault.keep(d.stamp.stranger, d.stamp.person)
            _count(d for _, d in fresh)
            anew = [
                (d.filing, left[place]) for place, d in enumerate(drafts) if place in left and not left[place]["decided_well"]
            ]
            waiting = [filing for filing, _ in anew]
            # Whoever is missing in the vault's answer was erased while the statement waited: a stranger now.
            people = {filing.phone: self._vault.known(*row[1:4]) for filing, row in anew if row["contact_point_id"]}
            if not waiting:
                break
        else:
            raise Transient("people are being erased, or the clock is being moved")
        INTAKE_BATCH.observe(len(filings))
        return await self._all_told(filings, told)

    async def _all_told(
        self, filings: Sequence[Filing], told: Mapping[int, Filed | BaseException]
    ) -> list[Filed | BaseException]:
        late = [filing for filing in filings if id(filing) not in told]
        if not late:
            return [told[id(filing)] for filing in filings]
        async with reading(self._pool) as connection:
            known = await self._answers(connection, late)
        if any(filing.key_hash not in known for filing in late):
            raise Transient("the answer to an earlier filing is being erased")
        return [told[id(filing)] if id(filing) in told else _outcome(filing, known[filing.key_hash]) for filing in filings]

    def _drafts(self, filings: Sequence[Filing], people: Mapping[str, ContactKey], now: datetime) -> list[Draft]:
        """`people`: as the vault has just said that it knows them."""
        drafts, ids = [], iter(uuid7s(2 * len(filings)))
        for filing, stranger in zip(filings, self._vault.strangers([filing.phone for filing in filings]), strict=True):
            known = self._known_about(filing)
            seed, person = new_seed(), people.get(filing.phone) or self._vault.presumed(stranger)
            stamp = Stamp(
                request_id=next(ids),
                event_id=next(ids),
                city=self._settings.city,
                code=new_code(),
                seed=seed,
                stranger=stranger,
                person=person,
                phone_box=person.key.box(filing.phone.encode(), purpose="phone"),
                details_box=person.key.box(details_of(filing, seed), purpose="details"),
                now=now,
                expected_at=None if isinstance(known, KnownIncident) else self._promises.expected_at(filing.triage.priority, now),
                known=known,
                holds=self._settings.hold_unconfirmed_seconds > 0,
            )
            drafts.append(draft(filing, stamp))
        return drafts

    def _known_about(self, filing: Filing) -> KnownFault | KnownIncident | None:
        """During an incident nobody knows the hour at which somebody could come."""
        if self._known is None:
            return None
        place, incident = filing.located, self._known.incident(filing.kind.category)
        return incident or (self._known.near(filing.kind.category, place.lat, place.lon) if place else None)

    async def _insert(self, drafts: Sequence[Draft]) -> tuple[dict[int, asyncpg.Record], dict[int, list[str]]]:
        """Those that were not filed, by their place: the key was used before, or (`decided_well` false) draft it anew. And of
        those that were, what looks like them."""
        rows = await commit_one(
            self._pool,
            "intake.file",
            QUERIES["file_requests"],
            *offered([d.stamp.stranger for d in drafts]),
            drafts[0].stamp.now,
            self._settings.city,
            CITY_DESK,
            Topic.REQUESTS.value,
            SOURCE,
            self._settings.locate_seconds,
            [d.row for d in drafts],
            *zip(*(d.kind for d in drafts), strict=True),
            [d.filing.name_hashes for d in drafts],
            [d.held for d in drafts],
            [d.filing.form.data_consent for d in drafts],
            [d.filing.door or d.filing.form.channel for d in drafts],
            [d.filing.looks for d in drafts],
            [d.filing.on_word_of for d in drafts],
            *self._resemblance,
        )
        said, *others = rows
        left = {row["place"]: row for row in others if row["alike"] is None}
        self._clock = said["now"], time.monotonic()
        alone = len(drafts) == 1 and not left  # of many it would cost more than a look that finds them
        self._publish([outbox_row(drafts[0], said["outbox_id"])] if alone else [])
        return left, {row["place"]: row["alike"] for row in others if row["alike"] is not None}

    async def _now(self) -> datetime:
        """The database's time, as of its last answer; the statement refuses what is off by more than a second."""
        if self._clock is None:
            async with reading(self._pool) as connection:
                self._clock = await app_now(connection), time.monotonic()
        told_at, steady = self._clock
        return told_at + timedelta(seconds=time.monotonic() - steady)

    async def _answers(self, connection: asyncpg.Connection, filings: Sequence[Filing]) -> dict[bytes, tuple[bytes, Filed]]:
        """Key hash → hash of the body it was first used for, and what was answered then."""
        rows = await connection.fetch(QUERIES["read_answers"], list({filing.key_hash for filing in filings}))
        wants_phrase = {filing.key_hash for filing in filings if filing.wants_phrase}
        speaking = [row["key_id"] for row in rows if row["key_hash"] in wants_phrase and row["key_id"]]
        keys = await self._vault.keys(connection, speaking) if speaking else {}
        answers = {}
        for row in rows:
            key = keys.get(row["key_id"])  # none: not asked for, or the person was erased
            words = None
            if key is not None and row["key_hash"] in wants_phrase:
                details = key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details")
                words = phrase(orjson.loads(details)["phrase_seed"], 0)
            answers[row["key_hash"]] = row["body_hash"], Filed(row["answer"], words, row["key_hash"] in wants_phrase)
        return answers


def _count(drafts: Iterable[Draft]) -> None:
    for (channel, priority), count in Counter((d.filing.form.channel, d.filing.triage.priority) for d in drafts).items():
        INTAKE_FILED.labels(channel, priority).inc(count)


def _first_answer(d: Draft, alike: Sequence[str] | None) -> Filed:
    heard = d.filing.wants_phrase
    return Filed(d.answer, phrase(d.stamp.seed, 0) if heard else None, heard, alike or () if d.filing.looks else None)


def _outcome(filing: Filing, known: tuple[bytes, Filed]) -> Filed | BaseException:
    body_hash, filed = known
    return filed if body_hash == filing.body_hash else KeyReused()


def _settled(filing: Filing, known: tuple[bytes, Filed]) -> Filed:
    result = _outcome(filing, known)
    if isinstance(result, BaseException):
        raise result
    return result
