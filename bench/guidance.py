"""How fast the knowledge base answers, with a deployment's 559 procedures beside our own entries, in one process on one core."""

import itertools
import time
from datetime import date
from statistics import quantiles

from bench.rows import Row, limited, told
from intake.guidance.index import words_of
from intake.guidance.library import load_library
from intake.guidance.procedures import Procedure
from shared.categories import CATEGORIES
from shared.folding import folded

PROCEDURES = 559
SEARCHES = 5_000


def procedures() -> list[Procedure]:
    """Names as long and as alike as real ones."""
    words = words_of(" ".join(category.label_vi for category in CATEGORIES.values()))
    made = itertools.islice(itertools.permutations(words, 6), 0, PROCEDURES * 4_999, 4_999)
    return [Procedure(code=f"1.{at:06}", name=" ".join(words), group="ho_tich", owner="commune") for at, words in enumerate(made)]


async def rows() -> list[Row]:
    began = time.perf_counter()
    library = load_library().with_procedures(procedures(), date(2026, 11, 27))
    start_seconds = time.perf_counter() - began
    asked = [ask for entry in library.entries for ask in entry.asks]
    questions = list(itertools.islice(itertools.cycle([*asked, *map(folded, asked)]), SEARCHES))
    took = []
    for question in questions:
        at = time.perf_counter()
        library.find(question)
        took.append(time.perf_counter() - at)
    book = time.perf_counter()
    library.find("quen mat khau vneid " * 20_000)
    longest = time.perf_counter() - book
    return [
        told("guidance: searches/s, 559 procedures beside our entries", len(took) / sum(took)),
        limited("guidance: search, p99 ms", quantiles(took, n=100)[98] * 1000, "<= 10"),
        limited("guidance: a question of 400,000 characters, ms", longest * 1000, "<= 20"),
        limited("guidance: load of the whole library, s", start_seconds, "<= 1"),
    ]
