"""Which communes lie next to each other: by a deployment's own file, whose mistakes are told by their lines."""

from itertools import pairwise
from pathlib import Path

import pytest

from dispatch.matching.neighbours import Neighbourhood
from dispatch.matching.neighbours_file import HEADER, MOST_BYTES, parse_neighbours, read_neighbours
from dispatch.matching.policy import Policy
from shared.errors import Misconfigured
from shared.geo.communes import COMMUNES

POLICY = Policy()
KNOWN = ("00001", "00002", "00003")
FIRST = ",".join(HEADER)


def test_pairs_hold_both_ways_and_everything_else_is_elsewhere() -> None:
    found = Neighbourhood.of_pairs(KNOWN, parse_neighbours(f"{FIRST}\n00001,00002\n00003;00002\n", KNOWN), POLICY)
    one, two, three, unknown = (found.of(code) for code in (*KNOWN, "99999"))
    near, far = POLICY.neighbour_minutes, POLICY.elsewhere_minutes
    assert found.spill_over[one, two] == found.spill_over[two, one] == found.spill_over[two, three] == near
    assert found.spill_over[one, three] == found.spill_over[one, unknown] == found.spill_over[unknown, unknown] == far
    assert found.spill_over[one, one] == 0


def test_a_byte_order_mark_and_both_ways_round_are_fine(tmp_path: Path) -> None:
    codes = [commune.code for commune in COMMUNES]
    ring = [f"{one},{other}" for one, other in pairwise(codes)] + [f"{codes[1]},{codes[0]}"]
    file = tmp_path / "neighbours.csv"
    file.write_text("\n".join(["\ufeff" + FIRST, *ring, ""]), encoding="utf-8")
    assert len(read_neighbours(file)) == len(codes)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "line 1 must be commune_code,neighbour_code"),
        (["00001,00002"], "line 1 must be commune_code,neighbour_code"),
        ([FIRST, "00001"], "line 2: must hold two codes"),
        ([FIRST, "00001,00002,3 km"], "line 2: must hold two codes"),
        ([FIRST, "00001,99999"], "line 2: no commune of this city has the code 99999"),
        ([FIRST, "1,00002"], "line 2: no commune of this city has the code 1"),
        ([FIRST, "00001,00001"], "line 2: a commune is not its own neighbour"),
        ([FIRST, "00001,00002", "", "00001,00002"], "line 4: says the same as line 2"),
        ([FIRST, "00001,00002"], "no neighbour of 00003; write at least one for each"),
        ([FIRST, *["x,y"] * 30], "and 10 more"),
    ],
)
def test_each_mistake_is_told_by_its_line(lines: list[str], told: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        parse_neighbours("\n".join(lines), KNOWN)
    assert told in str(refused.value)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"x" * (MOST_BYTES + 1), None])
def test_what_is_no_such_file_is_refused(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "neighbours.csv"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(Misconfigured):
        read_neighbours(file)
