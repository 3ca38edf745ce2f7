"""What notify counts is shown as zero before it happens: a first failure of a process is then an increase, not a beginning."""

from typing import Final

from notify.message import News
from notify.purpose import Purpose
from shared.telemetry.metrics import NOTIFY_CALLS, NOTIFY_MESSAGES, NOTIFY_RECEIPTS, NOTIFY_SWEPT, NOTIFY_TEXTS, at_zero

RECEIPTS: Final = ("new", "early", "doubled_or_forged", "broken")
CALLS: Final = ("requested", "taken", "done", "dropped", "raised")
SWEPT: Final = ("lost", "undecided", "dead", "question", "call", "early", "climb")
TEXTS: Final = (
    "reply",
    "asked_back",
    "unknown_code",
    "double",
    "passed_on",
    "rang",
    "erased",
    "repeated",
    "no_number",
    "account",
)


def show_zeros() -> None:
    at_zero(NOTIFY_MESSAGES, News, Purpose)
    at_zero(NOTIFY_RECEIPTS, RECEIPTS)
    at_zero(NOTIFY_CALLS, CALLS)
    at_zero(NOTIFY_SWEPT, SWEPT)
    at_zero(NOTIFY_TEXTS, TEXTS)
