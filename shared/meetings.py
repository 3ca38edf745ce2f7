"""A room on the web for one call: an address that nobody can guess, at the provider a deployment names. Pure.

Whoever has the template and the fingerprint makes the same address, so that it is never written into an event or a message.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

ROOM: Final = "{room}"
ROOM_BYTES: Final = 15  # 24 letters, 120 bits


@dataclass(frozen=True, slots=True)
class Meetings:
    """`template`: a Jitsi base with `{room}` in it, or the one address of a room with a doorkeeper (Zoom); None: there are none.

    `fingerprint`: keyed; the vault's.
    """

    template: str | None
    fingerprint: Callable[[bytes], bytes]

    def address(self, job_id: UUID, visit: int) -> str | None:
        if self.template is None:
            return None
        room = base64.b32encode(self.fingerprint(f"meeting {job_id} {visit}".encode())[:ROOM_BYTES]).decode().lower()
        return self.template.replace(ROOM, f"techrescue-{room}")
