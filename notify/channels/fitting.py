"""What cannot become a message on any channel, or in any chat, is refused before it leaves. Pure; no provider's words."""

import re
from datetime import datetime
from typing import Final

from notify.channels.port import Abilities, CarrierRefused, Outgoing

_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


def seconds_left(message: Outgoing, now: datetime) -> float:
    """Always more than 0: what nobody can use any more is refused, also where a provider has no word for a validity."""
    left = (message.not_after - now).total_seconds()
    if left <= 0:
        raise CarrierRefused("too_late", permanent=True)
    return left


def check_text(message: Outgoing, abilities: Abilities) -> None:
    if not message.text.strip():
        raise CarrierRefused("bad_message", permanent=True)
    if len(message.text) > abilities.longest:
        raise CarrierRefused("too_long", permanent=True)


def account_of(message: Outgoing) -> str:
    """Chats know people by digits. What is none will never be one, so it is gone."""
    if not (message.to.isascii() and message.to.isdigit()):
        raise CarrierRefused("bad_address", permanent=True, gone=True)
    return message.to


def is_mail_address(text: str) -> bool:
    """One that a server takes as it is. Nothing that could begin another line or another address."""
    return _MAIL.fullmatch(text) is not None
