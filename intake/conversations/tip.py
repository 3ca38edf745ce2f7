"""What a conversation asks the guidance for: something to try before somebody is sent. Values only."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tip:
    """`id`: of the entry, of which each word of `text` is."""

    id: str
    text: str


class Guide(Protocol):
    def tip(self, trouble: str, category: str, language: str) -> Tip | None: ...
