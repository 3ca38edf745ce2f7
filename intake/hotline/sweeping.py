"""What of the hotline is forgotten in time: drafts nobody touches, whose call it was, and at last the call itself."""

from datetime import datetime, timedelta
from typing import Any, Final

from intake.hotline.settings import HotlineSettings

KEEP_FIGURES: Final = timedelta(days=5 * 366)  # law 14: what service levels are counted from, without personal data


def hotline_classes(settings: HotlineSettings, now: datetime) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Query and arguments of each; how many at most comes last."""
    kept = now - timedelta(seconds=settings.keep_seconds)
    return (
        ("sweep_drafts", (now - timedelta(seconds=settings.draft_seconds), kept)),
        ("sweep_callers", (kept,)),
        ("sweep_callbacks", (kept,)),
        ("sweep_calls", (now - KEEP_FIGURES,)),
    )
