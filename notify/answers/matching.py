"""Which question or job does an answer belong to? Pure: the answer and the phone go in, a verdict comes out."""

from datetime import datetime, timedelta
from typing import Final

from notify.answers.contact_words import HelpWord, Rang, TextsWord
from notify.answers.duty_words import DutyWord
from notify.answers.late_words import LateWord
from notify.answers.presence_words import PresenceWord
from notify.answers.reading import Choice, JobWord, Meaning, Naming, Unclear
from notify.answers.swap_words import SwapWord
from notify.answers.turns import is_of_talk
from notify.answers.verdicts import (
    AskBack,
    AskOutcome,
    AskWhoIsAbsent,
    Doubled,
    Help,
    NoQuestion,
    OfOneself,
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
from notify.phone import AskedBack, JobOnPhone, Phone
from notify.question import OF_RESIDENTS, Question, QuestionStatus, meaning
from shared.events.assignments import OfferKind
from shared.events.contract import ChannelKind
from shared.events.messages import Answer

BARE_WINDOW: Final = timedelta(minutes=15)  # in which no other question may have been asked, for a bare "1" to count
CODE_MEMORY: Final = timedelta(hours=24)  # how long a closed question still understands its code

# A yes or a no to what we asked about a visit one has.
_ASKED: Final = {
    ("going", True): Answer.GOING,
    ("going", False): Answer.RELEASE,
    ("well", True): Answer.WELL,
    ("well", False): Answer.SOS,
}
_PATIENT: Final = frozenset({OfferKind.SHIFT, OfferKind.CONSENT, OfferKind.DRILL, OfferKind.FIXED})
_VANG: Final = ("vang", "vang nha")  # without marks "yes" and "nobody at home" look the same


def match(
    answer: Meaning | None, phone: Phone, received_at: datetime, over: ChannelKind = ChannelKind.SMS
) -> Verdict | OfOneself:
    return NoQuestion() if is_of_talk(answer, phone, received_at, over) else _match(answer, phone, received_at)


def _match(answer: Meaning | None, phone: Phone, received_at: datetime) -> Verdict | OfOneself:
    if isinstance(answer, DutyWord | PresenceWord | SwapWord | TextsWord | Rang):
        return _of_oneself(answer, phone, received_at)
    if isinstance(answer, JobWord):
        return _help(answer, phone) if answer.answer is Answer.SOS else _job(answer, phone)
    if isinstance(answer, Choice):
        return _choice(answer, phone, received_at)
    if isinstance(answer, Naming):
        return _naming(answer, phone, received_at)
    if isinstance(answer, Unclear | LateWord):
        return _unclear(answer.number, phone) if isinstance(answer, Unclear) else _late(answer, phone)
    return ToWords() if isinstance(answer, HelpWord) else NoQuestion()


def _choice(choice: Choice, phone: Phone, received_at: datetime) -> Verdict:
    if choice.implied:
        return _implied(choice, phone)
    return _with_code(choice, choice.code, phone, received_at) if choice.code else _bare(choice, phone, received_at)


def _implied(no: Choice, phone: Phone) -> Verdict:
    """Nothing but a reason, and so a no to an offer. Of a visit in hand it may mean much: asked back, once."""
    offers = [q for q in phone.questions.values() if q.live and q.may_be_known and q.kind is OfferKind.VISIT]
    meant = [question for question in offers if no.code in {None, question.code}]
    if len(meant) == 1:
        return ToQuestion(meant[0], Answer.DECLINE, None, no.reason)
    if meant:
        return AskBack(tuple(sorted(question.code for question in meant)))
    return _unclear(no.code, phone, AskedBack.COMING)


def _help(word: JobWord, phone: Phone) -> Verdict:
    """A wrong number must not keep anybody from being heard."""
    named = tuple(job for job in phone.live_jobs if job.number == word.number)
    return Help(named or tuple(phone.live_jobs))


def _of_oneself(
    word: DutyWord | PresenceWord | SwapWord | TextsWord | Rang, phone: Phone, received_at: datetime
) -> Verdict | OfOneself:
    if isinstance(word, PresenceWord):
        return _presence(word, phone)
    if isinstance(word, TextsWord):
        return _texts(word, phone)
    if isinstance(word, Rang):
        return _rang(phone)
    return _swap(word, phone, received_at) if isinstance(word, SwapWord) else ToDuty(word)


def _rang(phone: Phone) -> Verdict:
    """A missed call is a yes to the only offer there is, where nothing else waits for an answer that it could be."""
    known = [
        q for q in phone.questions.values() if q.live and q.may_be_known and q.kind in {OfferKind.VISIT, OfferKind.ESCALATION}
    ]
    waiting = any(job.asked is not None for job in phone.live_jobs)
    if len(known) == 1 and known[0].kind is OfferKind.VISIT and not waiting:
        return ToQuestion(known[0], Answer.ACCEPT, None)
    return ToWords(rang=True)


def _texts(word: TextsWord, phone: Phone) -> Verdict | ToTexts:
    """ "DUNG" without its mark is asked back while anything is asked there: it may be "đúng"."""
    live = [question for question in phone.questions.values() if question.live]
    if not word.sure and (known := sorted(question.code for question in live if question.may_be_known)):
        return AskBack(tuple(known))
    offers = tuple(question for question in live if question.kind in {OfferKind.VISIT, OfferKind.ESCALATION})
    return ToTexts(word.wanted, () if word.wanted else offers)


def _presence(word: PresenceWord, phone: Phone) -> Verdict | ToTeam:
    """Taken at its word when it can mean nothing else on this phone."""
    jobs = tuple(phone.live_jobs)
    if jobs and not word.present and not word.of_team:
        return NoQuestion() if all(AskedBack.ABSENT in job.asked_back for job in jobs) else AskWhoIsAbsent(jobs, word.names)
    open_codes = sorted(question.code for question in phone.questions.values() if question.live and question.may_be_known)
    return ToTeam(word) if word.sure or not open_codes else AskBack(tuple(open_codes))


def _swap(word: SwapWord, phone: Phone, received_at: datetime) -> Verdict | ToShift:
    if word.code is None:
        return ToShift(word)
    about_shifts = [question for question in _asked(word.code, phone, received_at) if question.kind is OfferKind.SHIFT]
    return ToShift(word, max(about_shifts, key=_latest).offers[-1].offer_id) if about_shifts else UnknownNumber()


def _unclear(number: int | None, phone: Phone, what: AskedBack = AskedBack.OUTCOME) -> Verdict:
    jobs = [job for job in phone.live_jobs if number in {None, job.number}]
    if len(jobs) > 1:
        return AskBack(tuple(sorted(job.number for job in jobs)), jobs=True)
    return AskOutcome(jobs[0], what) if jobs and what not in jobs[0].asked_back else NoQuestion()


def _about_job(choice: Choice, job: JobOnPhone) -> Verdict | None:
    """What a yes or a no with the number of a visit means, when nothing else has that number."""
    if job.asked is not None and choice.word != _VANG[1]:
        said = _ASKED[job.asked, choice.yes]
        return Help((job,)) if said is Answer.SOS else ToJob(job, said)
    if choice.yes and choice.word in _VANG:
        return ToJob(job, Answer.ABSENT)
    return ToJob(job, Answer.TURNED_DOWN) if choice.word.endswith("tu choi") else None


def _naming(naming: Naming, phone: Phone, received_at: datetime) -> Verdict:
    """A lead says whom they send; a team who of it goes, to a job or to a question it said yes to. A name alone is no yes.

    Anything else that begins with a number is somebody who writes to us.
    """
    job = next((job for job in phone.live_jobs if job.number == naming.number), None)
    its_own = phone.question_of(job.offer_id) if job is not None else None
    if job is not None and (its_own is None or its_own.kind is OfferKind.VISIT):
        return ToJob(job, Answer.NAMED, naming.name)
    asked = [its_own] if its_own is not None else _asked(naming.number, phone, received_at)
    escalations = [question for question in asked if question.kind is OfferKind.ESCALATION]
    if escalations:
        return ToQuestion(max(escalations, key=_latest), Answer.ASSIGN, naming.name)
    question = max(asked, key=_latest, default=None)
    if question is not None and question.answer is Answer.ACCEPT:
        return _named(question, phone, naming.name)
    return AskBack((question.code,)) if question is not None and question.live else NoQuestion()


def _named(question: Question, phone: Phone, member: str | None) -> Verdict:
    if question.kind is not OfferKind.VISIT or not question.offers:
        return Doubled(question)
    return ToJob(_taken(question, phone) or question.offers[-1], Answer.NAMED, member)


def _taken(question: Question, phone: Phone) -> JobOnPhone | None:
    """The job that came of it."""
    return next((job for job in phone.live_jobs if any(job.offer_id == offer.offer_id for offer in question.offers)), None)


def _job(word: JobWord, phone: Phone) -> Verdict:
    live = phone.live_jobs
    if (unwanted := _visit_to_oneself(word, phone)) is not None:
        return ToQuestion(unwanted, Answer.NOT_AGREED, None)
    if word.number is not None:
        found = next((job for job in live if job.number == word.number), None)
        return ToJob(found, word.answer, word.member) if found else UnknownNumber()
    if not live:
        return ToWords(read_too=True)  # "xong" once more; from a resident "hẹn lại" may be a wish
    if len({job.offer_id for job in live}) == 1:
        return ToJob(live[0], word.answer, whole=len(live) > 1)
    return AskBack(tuple(sorted(job.number for job in live)), jobs=True)


def _late(word: LateWord, phone: Phone) -> Verdict:
    """A figure that is also the number of a job here says nothing surely, nor does a word without a figure: asked, once."""
    jobs = [job for job in phone.live_jobs if word.number in {None, job.number}]
    if not jobs:
        return NoQuestion()
    unsure = word.minutes is None or (not word.unit and any(job.number == word.minutes for job in jobs))
    if len({job.offer_id for job in jobs}) > 1 and not unsure:
        return AskBack(tuple(sorted(job.number for job in jobs)), jobs=True)
    if unsure:
        return _unclear(jobs[0].number, phone, AskedBack.LATE)
    return ToJob(jobs[0], Answer.LATE, whole=len(jobs) > 1, minutes=word.minutes)


def _visit_to_oneself(word: JobWord, phone: Phone) -> Question | None:
    """ "khong can den" is what a helper reports of a resident; from whoever is asked for their consent, it is their no."""
    if word.answer is not Answer.REFUSED or phone.live_jobs:
        return None
    asked = [one for one in phone.questions.values() if one.live and one.kind is OfferKind.CONSENT]
    return next((one for one in asked if word.number in {None, one.code}), None)


def _with_code(choice: Choice, code: int, phone: Phone, received_at: datetime) -> Verdict:
    asked = _asked(code, phone, received_at)
    job = next((job for job in phone.live_jobs if job.number == code), None)
    said_again = choice.word == _VANG[0] and any(_recent(question, received_at) for question in asked)  # yes, and yes once more
    free = job is not None and not said_again and not any(question.live for question in asked)
    if job is not None and free and (verdict := _about_job(choice, job)):
        return verdict
    if not asked:
        return UnknownNumber()
    return _to(max(asked, key=_latest), choice, phone)


def _asked(code: int, phone: Phone, received_at: datetime) -> list[Question]:
    return [q for q in phone.questions.values() if q.code == code and q.may_be_known and _remembered(q, received_at)]


def _latest(question: Question) -> tuple[bool, datetime]:
    return question.live, question.created_at


def _bare(choice: Choice, phone: Phone, received_at: datetime) -> Verdict:
    """Counts only if this phone had no other question lately: else a yes to the one could book the other."""
    candidates = [q for q in phone.questions.values() if q.may_be_known and (_in_mind(q) or _recent(q, received_at))]
    waiting = [job for job in phone.live_jobs if job.asked is not None]
    serious = [question for question in candidates if question.kind not in {OfferKind.DRILL, OfferKind.SURVEY}]
    if serious or waiting:  # whoever answers anything else has answered a drill, too
        candidates = serious
    live = [question for question in candidates if question.live]
    if waiting and (len(waiting) > 1 or live):
        return AskBack(tuple(sorted([*(question.code for question in live), *(job.number for job in waiting)])))
    if waiting and (verdict := _about_job(choice, waiting[0])):
        return verdict
    if not candidates:
        return _unclear(None, phone) if choice.word in _VANG else NoQuestion()
    if len(candidates) == 1:
        return _to(candidates[0], choice, phone)
    return AskBack(tuple(sorted(question.code for question in live or candidates)))


def _to(question: Question, choice: Choice, phone: Phone) -> Verdict:
    if question.kind is OfferKind.SURVEY:
        return NoQuestion()  # a mark answers it (rating_words.py), no yes and no no
    answer = meaning(question.kind, yes=choice.yes)
    said_yes, name = question.answer is Answer.ACCEPT, choice.member or choice.or_name
    if said_yes and name:
        return _named(question, phone, name)
    taken = _taken(question, phone)
    if taken is not None and said_yes and not choice.yes:  # "no" after "yes": they will not go, and somebody else has to
        return ToJob(taken, Answer.RELEASE, whole=sum(job.offer_id == taken.offer_id for job in phone.live_jobs) > 1)
    on_phone = taken is not None and question.kind is OfferKind.VISIT
    said_again = question.answer is answer and not on_phone  # a no, and it was theirs all the same: dispatch says which was later
    theirs_already = on_phone and choice.yes and question.answer is not Answer.DECLINE  # nor given back a moment ago
    once = question.kind is not OfferKind.CONSENT  # since then an operator may have heard otherwise
    if once and (said_again or theirs_already):
        return Doubled(question)
    if choice.reason is not None and question.kind in OF_RESIDENTS:
        return NoQuestion()  # "không, hôm nay bận": another day perhaps, which a person has to read
    return ToQuestion(question, answer, choice.member, choice.reason)


def _in_mind(question: Question) -> bool:
    """Some questions stay open for a day: once something else was asked after them, a bare "1" means that."""
    return question.live and not (question.kind in _PATIENT and question.status is QuestionStatus.PAUSED)


def _remembered(question: Question, at: datetime) -> bool:
    return question.live or (question.closed_at is not None and question.closed_at >= at - CODE_MEMORY)


def _recent(question: Question, at: datetime) -> bool:
    known_at = question.asked_at or question.answered_at
    return known_at is not None and known_at >= at - BARE_WINDOW
