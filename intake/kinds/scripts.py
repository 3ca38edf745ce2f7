"""What is asked about a kind of trouble, as data: operator and bot read the same script. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from shared.categories import CATEGORIES
from shared.errors import NotFound

EVERY: Final = "every"  # begins every script


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    key: str
    answer: str  # text, yes_no, choice, number or date
    before_visit: bool  # nobody goes without the answer
    vi: str
    en: str
    choices: tuple[Mapping[str, str], ...] = ()  # each by language

    def view(self) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "key": self.key,
            "text": {"vi": self.vi, "en": self.en},
            "answer": self.answer,
            "before_visit": self.before_visit,
        }
        return {**asked, "choices": [dict(choice) for choice in self.choices]} if self.choices else asked


def read_scripts(file: Path) -> Mapping[str, tuple[Question, ...]]:
    """By category; the questions of EVERY in front of each."""
    rows = json.loads(file.read_text(encoding="utf-8"))["questions"]
    scripts = {
        key: tuple(Question(**{**one, "choices": tuple(one.get("choices", ()))}) for one in asked) for key, asked in rows.items()
    }
    first = scripts.pop(EVERY)
    return MappingProxyType({key: (*first, *asked) for key, asked in scripts.items()})


SCRIPTS: Final = read_scripts(Path(__file__).with_name("questions.json"))


def script_of(category: str) -> tuple[Question, ...]:
    """Raises NotFound."""
    if category not in SCRIPTS:
        raise NotFound("category")
    return SCRIPTS[category]


def kinds() -> list[dict[str, Any]]:
    """What anybody may know of the categories."""
    return [
        {"key": one.key, "label": {"vi": one.label_vi, "en": one.label_en}, "group": one.group} for one in CATEGORIES.values()
    ]
