"""The named statements of services that are not the judge's: the embedded home, and forgetting a person."""

from pathlib import Path
from typing import Final

from shared.postgres.queries import load_queries

QUERIES: Final = load_queries(Path(__file__).with_name("sql"))
