"""What somebody may tap under a message instead of typing it. Pure: only words that the text itself asks for become a button."""

from typing import Final

from notify.channels.port import Button
from notify.letter import Letter
from notify.phone import Phone
from notify.question import Question
from shared.events.assignments import OfferKind

# Of a question: how yes and no read. Of anything else: what the text says.
_ANSWERS: Final = {
    OfferKind.VISIT: ("Nhận việc / Accept", "Từ chối / Decline"),
    OfferKind.ESCALATION: ("Tôi nhận / Mine", "Chuyển trung tâm / City desk"),
    OfferKind.CONSENT: ("Đồng ý / Agree", "Không đồng ý / Refuse"),
    OfferKind.SHIFT: ("Có / Yes", "Không / No"),
    OfferKind.INCIDENT: ("Đã được / Fixed", "Chưa được / Not yet"),
    OfferKind.SESSION: ("Có đến / I come", "Không đến / I do not"),
    OfferKind.DRILL: ("Có / Here", "Không / No"),
    OfferKind.FIXED: ("Đã được / Fixed", "Chưa được / Not yet"),
    OfferKind.CANCEL: ("Hủy / Call off", "Không hủy / Keep"),
    OfferKind.MOVE: ("Đổi / Change it", "Giữ nguyên / Leave it"),
}
_OF_JOB: Final = (
    ("DI", "Đi / On my way"),
    ("DEN", "Đã đến / Arrived"),
    ("XONG", "Xong / Done"),
    ("CAN DEN", "Cần người đến / Needs a visit"),
    ("TRA", "Trả việc / Give back"),
)


def buttons(letter: Letter, text: str, phone: Phone) -> tuple[Button, ...]:
    question = phone.questions.get(letter.question_id) if letter.question_id else None
    if question is not None:
        return _said_in(text, _of_question(question))
    job = phone.jobs.get(letter.job_id) if letter.job_id else None
    if job is None or job.ended_at is not None:
        return ()
    return _said_in(text, [Button(label, f"{word} {job.number}") for word, label in _OF_JOB])


def _of_question(question: Question) -> list[Button]:
    if question.kind is OfferKind.SURVEY:
        return [Button(f"{score}/5", f"{score} {question.code}") for score in range(5, 0, -1)]
    yes, no = _ANSWERS[question.kind]
    return [Button(yes, f"1 {question.code}"), Button(no, f"2 {question.code}")]


def _said_in(text: str, offered: list[Button]) -> tuple[Button, ...]:
    """A text that does not speak of it (the address comes later) gets no button for it."""
    return tuple(button for button in offered if button.says in text)
