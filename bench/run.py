"""Runs the bench modules, each several times in a process of its own, and writes the medians to `bench/results.json`.

python -m bench                      all of them
python -m bench dispatch travel      some; the other rows of results.json stay as they are
python -m bench --runs 1 dispatch    a quick look
python -m bench --runs 1 --minutes 10 storm doors    the whole of both
"""

import argparse
import asyncio
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.rows import Row, as_json, middle

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
# Counts what must never be, simulates what is the same each time, or takes as long as its pace says: nothing of luck.
ONCE = {"broadcast", "contention", "doors", "policies", "sla", "storm"}
NOT_BENCHES = {"rows", "run", "__main__"}


def main() -> int:
    arguments = _arguments()
    if arguments.one:
        return _run_once(arguments.one)
    subprocess.run([str(FOLDER.parent / "scripts" / "bench_setup.sh")], check=True)
    names = arguments.names or bench_names()
    if arguments.minutes:
        os.environ["BENCH_MINUTES"] = str(arguments.minutes)  # the child reads it
    failed = False
    for name in names:
        times = 1 if name in ONCE else arguments.runs
        runs = [found for _ in range(times) if (found := _in_own_process(name)) is not None]
        failed |= len(runs) < times
        rows = middle(runs)
        _save(rows)
        for row in rows:
            print(_line(row), flush=True)
        failed |= not all(row.holds for row in rows)
    return 1 if failed else 0


def bench_names() -> list[str]:
    """Every module of this folder that has `rows`."""
    found = [module.name for module in pkgutil.iter_modules([str(FOLDER)]) if not module.ispkg]
    return [name for name in found if name not in NOT_BENCHES and "async def rows(" in (FOLDER / f"{name}.py").read_text("utf-8")]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Side-by-side measurements.")
    parser.add_argument("names", nargs="*", help="bench modules; all when none is given")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--minutes", type=float, help="how long a storm lasts")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_once(name: str) -> int:
    """In the child: one run, its rows as the last line of standard output."""
    module = importlib.import_module(f"bench.{name}")
    rows: list[Row] = asyncio.run(module.rows())
    print(json.dumps([as_json(row) for row in rows]))
    return 0


def _in_own_process(name: str) -> list[Row] | None:
    """A process each, so that no run warms another. None when it failed; what it said stands on standard error."""
    print(f"bench: {name}", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--one", name], stdout=subprocess.PIPE, env=dict(os.environ), check=False, text=True
    )
    if done.returncode:
        print(f"bench: {name} ended with {done.returncode}", file=sys.stderr)
        return None
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def _save(rows: list[Row]) -> None:
    """Rows of other modules stay; those of this one are replaced by name."""
    kept: list[dict[str, Any]] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    fresh = [as_json(row) for row in rows]
    names = {row["name"] for row in fresh}
    kept = [row for row in kept if row["name"] not in names]
    RESULTS.write_text(json.dumps(kept + fresh, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _line(row: Row) -> str:
    """A line for a person."""
    figures = f"{row.value:,.4g}" + (f" against {row.peer:,.4g}" if row.peer is not None else "")
    ratio = f", ratio {row.ratio:.3g}" if row.peer is not None and row.ratio is not None else ""
    verdict = f" [{row.bar}: {'holds' if row.holds else 'MISSED'}]" if row.bar else ""
    return f"{row.name}: {figures}{ratio}{verdict}"
