"""How fast addresses become communes, on one core; what the longest one costs; what a process pays before the first."""

import os
import subprocess
import sys
import time

from bench.rows import Row, limited, told
from intake.places.gazetteer import Gazetteer, bare, read_gazetteer
from intake.places.resolver import Resolver, load_resolver
from shared.folding import folded

ROUNDS = 5  # the best counts: what else the machine does is no part of it
LONGEST = 2_000
SENTENCES = (
    "Số 12 ngõ 3, phường Thành Công, quận Ba Đình, Hà Nội; ",
    "phuong hang bbb, quan abc ",
    "ba dinh cua nam lang ha noi ",
)
START = """
import resource, time
began = time.perf_counter()
from intake.places.resolver import load_resolver
load_resolver().resolve("phường Cửa Nam, Hà Nội")
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


async def rows() -> list[Row]:
    resolver, gazetteer = load_resolver(), read_gazetteer()
    clean, misspelt = _addresses(gazetteer), _misspelt(gazetteer)
    longest = max(_seconds(resolver, [_of_length(sentence, LONGEST)]) for sentence in SENTENCES)
    doubled = max(_seconds(resolver, [_of_length(sentence, 2 * LONGEST)]) for sentence in SENTENCES)
    seconds, mebibytes = _start()
    return [
        limited("addresses located on one core (1/s)", len(clean) / _seconds(resolver, clean), ">= 2000"),
        limited("misspelt addresses located on one core (1/s)", len(misspelt) / _seconds(resolver, misspelt), ">= 2000"),
        limited("an address of 2,000 characters (ms)", longest * 1_000, "<= 20"),
        told("an address of twice the length (times the time)", doubled / longest),
        limited("start of the address resolver (s)", seconds, "<= 1"),
        limited("memory of a process that locates (MiB)", mebibytes, "<= 80"),
    ]


def _addresses(gazetteer: Gazetteer) -> list[str]:
    """Each former unit and each commune, spelt out and as it is typed on a plain telephone."""
    found = [f"Số 5 ngõ 12, {unit.name}, {unit.district}, Hà Nội" for unit in gazetteer.units.values()]
    found += [f"tổ 3, {commune.name}, Hà Nội" for commune in gazetteer.communes]
    return [*found, *map(folded, found)]


def _misspelt(gazetteer: Gazetteer) -> list[str]:
    """With a letter too few in the name."""
    names = [(unit.name, bare(unit.name), unit.district) for unit in gazetteer.units.values()]
    return [
        f"so 5, {folded(name.removesuffix(short))}{folded(short)[:-2]}{folded(short)[-1]}, {folded(district)}"
        for name, short, district in names
    ]


def _of_length(sentence: str, length: int) -> str:
    return (sentence * (length // len(sentence) + 1))[:length]


def _seconds(resolver: Resolver, texts: list[str]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            resolver.resolve(text)
        best = min(best, time.process_time() - began)
    return best


def _start() -> tuple[float, float]:
    """In a process of its own: seconds to the first answer, and MiB at most."""
    done = subprocess.run([sys.executable, "-c", START], stdout=subprocess.PIPE, env=dict(os.environ), check=True, text=True)
    seconds, mebibytes = map(float, done.stdout.split())
    return seconds, mebibytes
