"""How a broadcast stands, in figures: whom it would reach, at what price, and what became of each. Pure: rows are handed in."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from notify.broadcasts.broadcast import BroadcastStatus, PersonStatus, Skip, at_most
from notify.broadcasts.words import Words
from shared.events.contract import ChannelKind
from shared.events.messages import FailureReason

_OVER: Final = {BroadcastStatus.STOPPED: Skip.STOPPED, BroadcastStatus.DONE: FailureReason.TOO_LATE}
# What a message is → how it is called here.
_TEXTS: Final = {
    "queued": "on_the_way",
    "sending": "on_the_way",
    "unknown": "unknown",
    "submitted": "sent",
    "delivered": "delivered",
}


def counted(row: Any, people: Iterable[Any], texts: Iterable[Any], per_second: int, price_vnd: int) -> dict[str, Any]:
    """`people`, `parts`, `vnd` and `minutes` of all whom it may reach, told or not; `counts` says how it stands."""
    people = list(people)
    pace = min(row["per_second"] or per_second, at_most(per_second))
    reached = [one for one in people if one["status"] != PersonStatus.SKIPPED]
    parts = _parts(row, reached)
    return {
        "people": sum(one["people"] for one in people),
        "parts": parts,
        "vnd": parts * price_vnd,
        "minutes": round(sum(one["people"] for one in reached) / pace / 60, 1),
        "counts": _counts(row["status"], people, texts),
    }


def _parts(row: Any, people: Iterable[Any]) -> int:
    """Of texts over the air; a chat costs by the message."""
    words = Words(row["text_vi"], row["text_en"])
    return sum(one["people"] * words.parts(one["language"]) for one in people if one["channel"] == ChannelKind.SMS)


def _counts(status: str, people: Iterable[Any], texts: Iterable[Any]) -> dict[str, Any]:
    found: Counter[str] = Counter(dict.fromkeys(("waiting", *_TEXTS.values()), 0))
    failed: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for one in people:
        if one["status"] == PersonStatus.SKIPPED:
            skipped[one["reason"]] += one["people"]
        elif one["status"] == PersonStatus.WAITING and status in _OVER:
            skipped[_OVER[BroadcastStatus(status)]] += one["people"]
        elif one["status"] == PersonStatus.WAITING:
            found["waiting"] += one["people"]
    for text in texts:
        if text["status"] in _TEXTS:
            found[_TEXTS[text["status"]]] += text["people"]
        elif text["status"] == "withdrawn":
            skipped[Skip.STOPPED] += text["people"]
        else:
            failed[text["reason"]] += text["people"]
    return {**found, "failed": dict(failed), "skipped": dict(skipped)}
