"""What people agree to about their personal data: versioned texts in data, shown by every door or read aloud. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from shared.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """A text that was once in use is never changed: who agreed to it agreed to these words."""

    version: str
    vi: str
    en: str

    def told(self, language: str) -> str:
        return self.en if language == "en" else self.vi

    def view(self) -> dict[str, str]:
        return {"version": self.version, "vi": self.vi, "en": self.en}


def load_texts(raw: str) -> tuple[str, str, Mapping[str, ConsentText]]:
    """The version that doors show now, the one where a message has to be short, and all by their versions."""
    found: dict[str, Any] = json.loads(raw)
    texts = {one["version"]: ConsentText(**one) for one in found["texts"]}
    return texts[found["current"]].version, texts[found["brief"]].version, texts


CURRENT, BRIEF, TEXTS = load_texts(files("intake.privacy").joinpath("consent_texts.json").read_text("utf-8"))
FIELD: Final = "data_consent"


def agreed_version(version: str | None) -> str | None:
    """Raises Invalid for words that nobody was ever shown."""
    if version is not None and version not in TEXTS:
        raise Invalid(FIELD, "send the version of the text that was agreed to, as GET /v1/privacy/consent-text tells it")
    return version
