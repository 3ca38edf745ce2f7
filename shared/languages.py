"""Languages people speak, as data: their codes and what they are called. Our texts come in two, whatever is spoken."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    Path(__file__).with_name("languages.json").read_text(encoding="utf-8")
)["languages"]
EVERYBODYS: Final = "vi"  # what is spoken when nobody says anything


def language_names(code: str) -> Mapping[str, str]:
    """By language of the reader: vi, en. A code that nobody has named is told as it is."""
    return LANGUAGES.get(code) or {"vi": f"ngôn ngữ {code}", "en": f"the language {code}"}
