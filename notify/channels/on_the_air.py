"""A message as the SMS that a provider gets: number, text in the letters it carries, time left. What cannot be one is refused."""

from dataclasses import dataclass
from datetime import datetime

from notify.channels.fitting import seconds_left
from notify.channels.port import Abilities, CarrierRefused, Outgoing
from notify.sms_text import Alphabet, TooManyParts, alphabet_of, checked_parts, fold


@dataclass(frozen=True, slots=True)
class Sms:
    number: str  # digits with the country code, no plus: 84912345678
    text: str
    plain: bool  # ASCII only; everything else goes as UCS-2
    seconds_left: float


def on_the_air(message: Outgoing, abilities: Abilities, now: datetime) -> Sms:
    """Raises CarrierRefused: nothing of this would get better later."""
    number = message.to.removeprefix("+")
    if not message.text or not (number.isascii() and number.isdigit()):
        raise CarrierRefused("bad_message", permanent=True)
    left = seconds_left(message, now)
    text = message.text if abilities.accents else fold(message.text)
    plain = text.isascii() and alphabet_of(text) is Alphabet.GSM7
    try:
        checked_parts(text, Alphabet.GSM7 if plain else Alphabet.UCS2)
    except TooManyParts:
        raise CarrierRefused("too_long", permanent=True) from None
    if len(text) > abilities.longest:
        raise CarrierRefused("too_long", permanent=True)
    return Sms(number, text, plain, left)
