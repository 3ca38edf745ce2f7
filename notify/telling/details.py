"""What stands in the sealed details of a request: opened for one text, and forgotten. Pure; boxes are opened by the `Opener`."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from shared.events.contract import Sealed
from shared.security.phrases import phrase

Opener = Callable[[Sealed | None, str], str | None]  # (box, purpose) → text; None: absent, or its key is gone


def details_of(details: Sealed, opened: Opener) -> Mapping[str, Any]:
    text = opened(details, "details")
    if text is None:
        return {}
    found = orjson.loads(text)
    return found if isinstance(found, dict) else {}


def phrase_of(details: Mapping[str, Any], visit: int) -> str | None:
    seed = text_of(details.get("phrase_seed"))
    return phrase(seed, visit) if seed else None


_BETWEEN: Final = " ,;.-"


def beside_commune(address: str, commune: str) -> str | None:
    """What an address says besides the commune, for a text that names it already. None: nothing."""
    rest = address = address.strip(_BETWEEN)
    folded, name = address.casefold(), commune.casefold()
    if folded.endswith(name):
        rest = address[: -len(name)]
    elif folded.startswith(name) and folded[len(name) :].lstrip()[:1] in {",", ";", "("}:  # "Phường Láng Hạ" begins like another
        rest = address[len(name) :]
    rest = rest.strip(_BETWEEN)
    return (rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest) or None


def text_of(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
