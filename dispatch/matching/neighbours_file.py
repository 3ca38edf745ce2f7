"""A deployment's own list of which communes lie next to each other: read once at the start, every mistake told by its line.

UTF-8, `,` or `;` between the two columns `commune_code` and `neighbour_code`, a pair a line, each pair once or both ways round.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from dispatch.matching.neighbours import Pair
from shared.errors import Misconfigured
from shared.geo.communes import COMMUNES

HEADER: Final = ("commune_code", "neighbour_code")
MOST_BYTES: Final = 1_000_000
MOST_TOLD: Final = 20


def read_neighbours(file: Path) -> tuple[Pair, ...]:
    """Raises Misconfigured: a start with half a map would send people across the city for months."""
    try:
        data = file.read_bytes()[: MOST_BYTES + 1]
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"neighbours: {file.name} cannot be read: {type(error).__name__}") from None
    if len(data) > MOST_BYTES:
        raise Misconfigured(f"neighbours: {file.name} is longer than {MOST_BYTES // 1000} kB; is it the right file?")
    return parse_neighbours(text, {commune.code for commune in COMMUNES})


def parse_neighbours(text: str, known: Collection[str]) -> tuple[Pair, ...]:
    """`known`: the codes of the communes served. Raises Misconfigured with the lines and what to write instead."""
    lines = [line.strip() for line in text.splitlines()]
    if not lines or _cells(lines[0]) != HEADER:
        raise Misconfigured(f"neighbours: line 1 must be {','.join(HEADER)}")
    pairs: dict[Pair, int] = {}
    mistakes = []
    for number, line in enumerate(lines[1:], start=2):
        if line:
            mistakes += [f"line {number}: {mistake}" for mistake in _take(line, number, pairs, known)]
    alone = sorted(set(known) - {code for pair in pairs for code in pair})
    if alone and not mistakes:
        mistakes.append(f"no neighbour of {', '.join(alone[:MOST_TOLD])}; write at least one for each")
    if mistakes:
        more = len(mistakes) - MOST_TOLD
        raise Misconfigured("; ".join(["neighbours", *mistakes[:MOST_TOLD], *([f"and {more} more"] if more > 0 else [])]))
    return tuple(pairs)


def _take(line: str, number: int, pairs: dict[Pair, int], known: Collection[str]) -> Iterator[str]:
    """Keeps the pair, or says what is wrong with it. Codes are no secret, so they may be told."""
    cells = _cells(line)
    if len(cells) != len(HEADER):
        yield "must hold two codes"
        return
    one, other = cells
    unknown = [code for code in cells if code not in known]
    if unknown:
        yield f"no commune of this city has the code {' or '.join(code[:10] for code in unknown)}; five digits, with their zeros"
    elif one == other:
        yield "a commune is not its own neighbour"
    elif (one, other) in pairs:
        yield f"says the same as line {pairs[one, other]}"
    else:
        pairs[one, other] = number


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.replace(";", ",").split(","))
