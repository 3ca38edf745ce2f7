"""Which channels have a story: each file of this folder is one, either a `play` (what is said, line by line) or a `STORY`."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import services.stories
from services.stories.stage import Play
from services.story import Story
from shared.errors import Invalid

_NO_STORIES: Final = frozenset({"registry", "stage", "writing"})


@cache
def channels() -> tuple[str, ...]:
    return tuple(sorted(one.name for one in iter_modules(services.stories.__path__) if one.name not in _NO_STORIES))


def story_of(channel: str) -> Play | type[Story]:
    """Raises Invalid."""
    if channel not in channels():
        raise Invalid("--channel", f"there are stories for {', '.join(channels())}")
    found = import_module(f"services.stories.{channel}")
    told: Play | type[Story] = found.STORY if hasattr(found, "STORY") else found.play
    return told
