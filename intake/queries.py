"""The named SQL of intake. Every statement stands in `intake/sql/`."""

from pathlib import Path
from typing import Final

from shared.postgres.queries import load_queries

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
