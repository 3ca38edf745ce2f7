"""What a conversation is told to try first: from the shelf, and nothing while the whole city has that trouble."""

from collections.abc import Callable

from intake.conversations.tip import Tip
from intake.guidance.offering import offer, offered
from intake.guidance.shelf import Shelf


class ShelfGuide:
    """`incident`: of this kind of help, where it works nowhere now; then no restart of a phone helps."""

    def __init__(self, shelf: Shelf, incident: Callable[[str], object | None]) -> None:
        self._shelf = shelf
        self._incident = incident

    def tip(self, trouble: str, category: str, language: str) -> Tip | None:
        if self._incident(category) is not None:
            return None
        entry = offer(trouble, category, self._shelf.library)
        return None if entry is None else Tip(entry.id, offered(entry, language))
