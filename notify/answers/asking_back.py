"""What we write back to somebody whose text was no answer: what can be answered, which of several, or thank you. No SQL."""

from datetime import datetime

from notify.answers.texts_read import Reading, request_of
from notify.answers.verdicts import AskBack, AskOutcome, AskWhoIsAbsent, ToWords
from notify.phone import AskedBack, note_asked_back
from notify.purpose import Purpose
from notify.question import Question
from notify.store import Line
from notify.telling.about import NOBODYS
from shared.events.contract import Sealed


def say_words(reading: Reading, line: Line, verdict: ToWords, *, sealed: Sealed, received_at: datetime) -> str:
    """What this phone can answer just now. Whoever has nothing open may want help with something else: a person reads that."""
    if verdict.rang and not reading.rings.take(line.id):
        return "rang"
    if not reading.works_with_us(line) and not verdict.rang and not any(q.live for q in line.phone.questions.values()):
        reading.pass_on(line, sealed, received_at)  # nothing of ours is open: the conversation answers
        return "passed_on"
    asked = next((question for question in line.phone.questions.values() if question.live and question.may_be_known), None)
    jobs = line.phone.live_jobs
    found = {"question": str(asked.code) if asked else "", "number": str(jobs[0].number) if jobs else ""}
    reading.write(line, Purpose.WORDS, found, request_of(line))
    if verdict.read_too or (asked is None and not jobs and not verdict.rang):
        reading.pass_on(line, sealed, received_at, for_people=True)
        return "passed_on"
    return "asked_back"


def ask_back(reading: Reading, line: Line, verdict: AskBack | AskOutcome | AskWhoIsAbsent) -> None:
    if isinstance(verdict, AskWhoIsAbsent):
        for job in verdict.jobs:
            note_asked_back(line.phone, job.job_id, AskedBack.ABSENT)
        found = {"number": ", ".join(sorted(str(job.number) for job in verdict.jobs)), "names": verdict.names}
        reading.write(line, Purpose.ASK_WHO_ABSENT, found, verdict.jobs[0].request_id)
        return
    if isinstance(verdict, AskOutcome):
        note_asked_back(line.phone, verdict.job.job_id, verdict.what)
        purpose = Purpose.ASK_LATE if verdict.what is AskedBack.LATE else Purpose.ASK_OUTCOME
        why = {"wrong": verdict.what} if verdict.what is AskedBack.COMING else {}
        reading.write(line, purpose, {"number": str(verdict.job.number), **why}, verdict.job.request_id)
        return
    purpose = Purpose.ASK_WHICH_JOB if verdict.jobs else Purpose.ASK_BACK
    reading.write(line, purpose, {"choices": ", ".join(map(str, verdict.numbers))}, request_of(line))


def thank(reading: Reading, line: Line, question: Question) -> None:
    """Once a question: a machine that answers machines must not talk for ever."""
    if not question.thanked:
        line.phone.put(question._replace(thanked=True))
        reading.write(line, Purpose.ALREADY_ANSWERED, {}, next((offer.request_id for offer in question.offers), NOBODYS))
