"""A roster file on a database, for commands that find people there."""

from dispatch.roster.importing import import_roster
from shared.postgres.pool import open_pool
from shared.security.vault import Vault


async def load_roster(dsn: str, master_key: bytes, lines: str) -> None:
    """Each line must be good."""
    async with open_pool(dsn, schema="dispatch", max_size=2) as pool:
        assert (await import_roster(pool, Vault(master_key), "hanoi", lines.encode())).bad_rows == ()
