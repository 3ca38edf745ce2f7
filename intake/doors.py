"""Through which channel may who file, and which door counts its visitors. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.errors import Refused
from shared.events.requests import Channel
from shared.security.tokens import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    roles: frozenset[str] | None  # None: everybody, without a token too
    limited: bool  # per phone and per address: a public door is found by machines as well


DOORS: Final[Mapping[Channel, Door]] = {
    Channel.HOTLINE: Door(roles=frozenset({Role.OPERATOR}), limited=False),
    Channel.CHAT: Door(roles=frozenset({Role.ADAPTER}), limited=False),
    Channel.WEB: Door(roles=None, limited=True),
    Channel.COUNTER: Door(roles=frozenset({Role.OPERATOR, Role.ADAPTER}), limited=False),
    Channel.OPEN311: Door(roles=frozenset({Role.ADAPTER}), limited=False),
    Channel.IMPORT: Door(roles=frozenset({Role.OPERATOR, Role.OPS}), limited=False),
}


class WrongDoor(Refused):
    """HTTP 401 without a token, 403 with one of another role."""

    def __init__(self, channel: Channel) -> None:
        super().__init__("wrong_channel", f"channel {channel} needs the token of another role; residents file through web")


def enter(channel: Channel, role: str) -> Door:
    """Raises WrongDoor."""
    door = DOORS[channel]
    if door.roles is not None and role not in door.roles:
        raise WrongDoor(channel)
    return door


def hears_phrase(role: str) -> bool:
    """Only an operator reads it aloud; everybody else gets it on the registered number."""
    return role == Role.OPERATOR
