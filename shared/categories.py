"""The kinds of trouble people bring, as data: how urgent, and which skills. Rules on them live in intake."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from shared.events.contract import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """`skills` are all needed from one responder."""

    key: str
    label_vi: str
    label_en: str
    group: str
    priority: Priority
    skills: tuple[str, ...]
    examples: tuple[str, ...]
    final_owner: str  # the office that can do what no helper can: a word, see notify/telling/offices.py
    watch_minutes: int  # a helper who is there for so long is asked whether all is well
    first_channel: str  # how help begins: remote (a call may solve it), onsite, either (somebody goes)
    fault: str | None = None  # what several callers in one place may have in common; None: it is a person's own trouble


def read_categories(file: Path) -> Mapping[str, Category]:
    rows = json.loads(file.read_text(encoding="utf-8"))["categories"]
    return MappingProxyType(
        {
            row["key"]: Category(
                key=row["key"],
                label_vi=row["label_vi"],
                label_en=row["label_en"],
                group=row["group"],
                priority=Priority(row["priority"]),
                skills=tuple(row["skills"]),
                examples=tuple(row["examples"]),
                final_owner=row["final_owner"],
                watch_minutes=row["watch_minutes"],
                first_channel=row["first_channel"],
                fault=row.get("fault"),
            )
            for row in rows
        }
    )


CATEGORIES: Final = read_categories(Path(__file__).with_name("categories.json"))

FRAUD: Final = "fraud"  # goes to those who answer for a ward, never to volunteers: a false helper is what it is about

BY_PHONE: Final = frozenset(key for key, one in CATEGORIES.items() if one.first_channel == "remote" and key != FRAUD)

FAULTS: Final[Mapping[str, str]] = MappingProxyType({key: one.fault for key, one in CATEGORIES.items() if one.fault})

SKILLS: Final = tuple(sorted({skill for category in CATEGORIES.values() for skill in category.skills}))

SKILL_NAMES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    json.loads(Path(__file__).with_name("skills.json").read_text(encoding="utf-8"))["skills"]
)
_UNNAMED: Final = {"vi": "kỹ năng khác", "en": "another skill"}  # a roster may know skills that no category asks for


def skill_names(skill: str) -> Mapping[str, str]:
    """By language: vi, en."""
    return SKILL_NAMES.get(skill, _UNNAMED)
