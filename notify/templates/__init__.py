"""The words people read and hear: one file a language, `render` for texts, `script` for calls."""

from notify.templates.render import FieldMissing, render, script, tells_phrase
from notify.templates.words import distance_text, lease_text, phone_text, span_text, when_text

__all__ = [
    "FieldMissing",
    "distance_text",
    "lease_text",
    "phone_text",
    "render",
    "script",
    "span_text",
    "tells_phrase",
    "when_text",
]
