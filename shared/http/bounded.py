"""Reading what a server that is not ours answers: no more of it than makes sense."""

import aiohttp


async def read_bounded(content: aiohttp.StreamReader, most_bytes: int) -> bytes:
    """`read(n)` gives what is there so far; a body comes in pieces. Raises ValueError for more than `most_bytes`."""
    parts, size = [], 0
    while part := await content.read(most_bytes):
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise ValueError("more than makes sense")
    return b"".join(parts)
