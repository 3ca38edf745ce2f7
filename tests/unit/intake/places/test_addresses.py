"""Addresses as people write and say them, by hand (addresses.csv): one commune where only one can be meant, else a question.

`sure`: exactly this commune. `ask`: no commune, a question, and all of these among the candidates. `none`: no candidate at all.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from intake.places.resolution import Resolution
from intake.places.resolver import load_resolver
from shared.geo.communes import COMMUNES

CASES: Final = Path(__file__).with_name("addresses.csv")
CODES: Final = {commune.name: commune.code for commune in COMMUNES}
LEAST_RIGHT: Final = 0.95


def cases(*, held_out: bool) -> Iterator[tuple[str, str, list[str]]]:
    with CASES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if (row["held_out"] == "1") is held_out:
                yield row["text"], row["answer"], [CODES[name] for name in row["communes"].split(";") if name]


def is_right(read: Resolution, answer: str, communes: list[str]) -> bool:
    candidates = {candidate.commune_code for candidate in read.candidates}
    if answer == "sure":
        return [read.commune_code] == communes and read.question is None
    if read.commune_code is not None or not read.question:
        return False
    return candidates >= set(communes) if answer == "ask" else not candidates


def wrong(*, held_out: bool) -> tuple[list[str], int]:
    resolver = load_resolver()
    found = [(text, is_right(resolver.resolve(text), answer, communes)) for text, answer, communes in cases(held_out=held_out)]
    return [text for text, right in found if not right], len(found)


def test_addresses_are_read_as_they_are_meant() -> None:
    misread, total = wrong(held_out=False)
    assert total >= 130
    assert len(misread) <= total * (1 - LEAST_RIGHT), misread


def test_so_are_those_that_were_held_out_while_it_was_built() -> None:
    misread, total = wrong(held_out=True)
    assert total >= 60
    assert len(misread) <= total * (1 - LEAST_RIGHT), misread


def test_a_wrong_commune_is_never_given_for_sure() -> None:
    resolver = load_resolver()
    for text, answer, communes in cases(held_out=False):
        read = resolver.resolve(text)
        assert read.commune_code is None or (answer == "sure" and [read.commune_code] == communes), text
