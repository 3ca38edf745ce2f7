"""An account at which a person is reached besides their number: in a chat, a browser, a mailbox. Pure."""

from dataclasses import dataclass
from typing import Final

from shared.events.contract import ChannelKind, Sealed

PURPOSE: Final = "account"  # under which its address is sealed
CHAT_NAMES: Final = {
    ChannelKind.TELEGRAM: "Telegram",
    ChannelKind.ZALO: "Zalo",
    ChannelKind.WEB_PUSH: "web",
    ChannelKind.EMAIL: "e-mail",
}


@dataclass(frozen=True, slots=True)
class Account:
    channel: ChannelKind
    address: Sealed


def index_text(channel: ChannelKind, address: str) -> str:
    """What the blind index of an account is made of: never that of a number, however the digits look."""
    return f"account:{channel.value}:{address}"
