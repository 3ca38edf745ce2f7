"""The named SQL of the plumbing tables; each context's search_path decides whose tables are meant."""

from pathlib import Path
from typing import Final

from shared.postgres.queries import load_queries

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
