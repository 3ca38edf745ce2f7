"""One text, or one question, from fields that are ready: as a letter, or as a call where nothing can be written."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from notify.batch import Batch
from notify.phone import ask
from notify.purpose import Purpose
from notify.question import AskedOffer, Question, told_by
from notify.telling.about import About, call_to, letter_to
from notify.templates import render, script
from shared.events.assignments import OfferKind
from shared.events.contract import Recipient
from shared.ids import uuid7

Fields = Mapping[str, str]


def write(batch: Batch, about: About, recipient: Recipient, purpose: Purpose, found: Fields) -> None:
    """Nothing is said to somebody who is erased."""
    key = batch.keys.get(recipient.address.key_id)
    if key is None:
        return
    if batch.is_called(about, recipient):
        body = key.seal(script(purpose, recipient.language, found).encode(), purpose="text")
        batch.calls.append(call_to(about, recipient, purpose, body, now=batch.now))
        return
    text = render(purpose, recipient.language, found)
    rules, accounts = batch.settings.sending, batch.accounts(recipient.contact_point_id)
    letter = letter_to(about, recipient, purpose, key, text, now=batch.now, rules=rules, accounts=accounts)
    batch.letters[letter.id] = letter


def put(
    batch: Batch, about: About, recipient: Recipient, purpose: Purpose, found: Fields, *, asked: AskedOffer, kind: OfferKind
) -> None:
    """A question of its own on this phone; whoever has to be called is asked by the desk, which notes what they say."""
    key = batch.keys.get(recipient.address.key_id)
    if key is None:
        return
    if batch.is_called(about, recipient):
        words = script(purpose, recipient.language, {**found, "question": "0"})
        body = key.seal(words.encode(), purpose="text")
        batch.calls.append(call_to(about, recipient, purpose, body, now=batch.now, asked=asked))
        return
    question = ask(batch.lines[recipient.contact_point_id].phone, asked, kind, batch.now)
    found = {**found, "question": str(question.code)}
    put_text(batch, about, recipient, purpose, found, question=question, offer_id=asked.offer_id, not_after=asked.not_after)


def put_text(
    batch: Batch,
    about: About,
    recipient: Recipient,
    purpose: Purpose,
    found: Fields,
    *,
    question: Question,
    offer_id: UUID,
    not_after: datetime,
) -> None:
    """The text of a question: what it tells of (`offer_id`) is told by this message from now on."""
    key = batch.keys.get(recipient.address.key_id)
    if key is None:
        return
    message_id = uuid7()
    question = told_by(question, offer_id, message_id)
    batch.lines[recipient.contact_point_id].phone.put(question)
    letter = letter_to(
        about,
        recipient,
        purpose,
        key,
        render(purpose, recipient.language, found),
        now=batch.now,
        rules=batch.settings.sending,
        id=message_id,
        question=question,
        not_after=not_after,
        accounts=batch.accounts(recipient.contact_point_id),
    )
    batch.letters[letter.id] = letter
