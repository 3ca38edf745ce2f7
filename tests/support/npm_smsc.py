"""An SMSC on the npm package smpp behind a real bearerbox: what it was sent, as another implementation of SMPP reads it."""

import asyncio
import json
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.eventually import eventually

SCRIPT: Final = Path(__file__).resolve().parents[2] / "scripts" / "smsc.sh"
IS_POSSIBLE: Final = shutil.which("npm") is not None
CONCATENATED: Final = "0003"  # header element: reference, how many parts, which of them
UCS2: Final = 8


@dataclass(frozen=True)
class Part:
    """`number`: the how-manyth that the SMSC took. `whole`: of so many parts."""

    number: int
    to: str
    coding: int
    reference: str
    whole: int
    place: int
    text: str


@dataclass
class NpmSmsc:
    """`log` is what it has told so far."""

    log: Path

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def parts(self) -> list[Part]:
        return [_part(one) for one in self.told() if "taken" in one]

    def throttled(self) -> int:
        return sum("throttled" in one for one in self.told())

    def cuts(self) -> list[int]:
        """After how many parts the link broke, each time."""
        return [one["after"] for one in self.told() if "cut" in one]

    def texts(self) -> dict[str, str]:
        """Number → its text, of those that are whole. Parts that came twice are the same part."""
        found: dict[str, dict[int, Part]] = defaultdict(dict)
        for part in self.parts():
            found[part.to][part.place] = part
        whole = {to: parts for to, parts in found.items() if len(parts) == next(iter(parts.values())).whole}
        return {to: "".join(parts[place].text for place in sorted(parts)) for to, parts in whole.items()}


@asynccontextmanager
async def npm_smsc(log: Path, port: int, *, throttle_every: int = 0, cut_every: int = 0) -> AsyncIterator[NpmSmsc]:
    """0: never."""
    smsc = NpmSmsc(log)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(SCRIPT, str(port), str(throttle_every), str(cut_every), stdout=output)
    try:
        await eventually(smsc.told, 60, what="the SMSC listens")
        yield smsc
    finally:
        process.terminate()
        await process.wait()


def _part(told: dict[str, Any]) -> Part:
    headers = [one for one in told["udh"] if one.startswith(CONCATENATED)]
    reference, whole, place = (headers[0][4:6], int(headers[0][6:8], 16), int(headers[0][8:10], 16)) if headers else ("", 1, 1)
    return Part(told["taken"], told["to"], told["coding"], reference, whole, place, told["message"])
