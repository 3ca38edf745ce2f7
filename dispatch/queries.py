"""The named SQL of this context, and under which name it speaks."""

from pathlib import Path
from typing import Final

from shared.postgres.queries import load_queries

QUERIES: Final = load_queries(Path(__file__).parent / "sql")
SOURCE: Final = "/dispatch"
