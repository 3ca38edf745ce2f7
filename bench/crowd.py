"""Honest people of a storm, the same each time: who has which trouble, by which door they come, and how they come again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.events.contract import ChannelKind
from shared.geo.communes import COMMUNES

TROUBLES: Final = (
    "Không đăng nhập được VNeID",
    "Nộp hồ sơ đến bước cuối báo lỗi hệ thống",
    "Gửi phản ánh trên iHanoi không được",
    "Thẻ bảo hiểm y tế không hiện trên VNeID",
    "Quên mật khẩu cổng dịch vụ công",
)
CHATS: Final = (ChannelKind.TELEGRAM, ChannelKind.ZALO, ChannelKind.SMS)
BEHIND_ONE_ADDRESS: Final = 40  # people in front of one dead counter, or behind one gate of a carrier
LATEST_AGAIN_SECONDS: Final = 20.0
FAMILY_NAMES, GIVEN_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng"), ("Lan", "Hoa", "Minh", "Hùng", "Dung", "Hải", "Tuấn")


class Door(StrEnum):
    WEB = "web"
    CHAT = "chat"


class Again(StrEnum):
    SAME = "same"  # no answer was seen: the browser sends its form once more, the provider each message of the conversation
    ANEW = "anew"  # a request of its own about the same trouble


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    name: str
    phone: str  # E.164
    place: str
    address: str  # where their browser comes from, as the proxy in front says
    chat: ChannelKind

    @property
    def account(self) -> str:
        """By which a channel knows them."""
        return self.phone if self.chat is ChannelKind.SMS else str(5_000_000_000 + self.number)


@dataclass(frozen=True, slots=True)
class Matter:
    """One trouble of one person, and the one time that they come again with it."""

    person: Person
    trouble: str
    at: float  # seconds after the beginning
    door: Door
    again: Again
    again_door: Door
    again_after: float
    at_once: bool  # in a chat: all in one breath, or one thing at a time


def crowd(*, people: int, first: int, rate: float, seconds: float, seed: int = 17) -> list[Matter]:
    """As many matters as make `rate` arrivals a second, each of which comes twice; every person has one or two of them."""
    choice = random.Random(seed)  # noqa: S311 - the same crowd each time
    town = [_person(number, choice) for number in range(first, first + people)]
    return [_matter(place, town, at, choice) for place, at in enumerate(_moments(choice, rate / 2, seconds))]


def _moments(choice: random.Random, rate: float, seconds: float) -> Iterator[float]:
    at = choice.expovariate(rate)
    while at < seconds:
        yield at
        at += choice.expovariate(rate)


def _person(number: int, choice: random.Random) -> Person:
    communes = list(COMMUNES)
    home = number if number % 2 else number // (2 * BEHIND_ONE_ADDRESS)
    network = "113.{}.{}.{}" if number % 2 else "171.{}.{}.{}"
    return Person(
        number=number,
        name=f"{choice.choice(FAMILY_NAMES)} Thị {choice.choice(GIVEN_NAMES)}",
        phone=f"+8497{number:07d}",
        place=f"tổ {1 + number % 40}, {communes[number % len(communes)].name}",
        address=network.format(home // 65536, home // 256 % 256, home % 256),
        chat=CHATS[number % len(CHATS)],
    )


def _matter(place: int, town: list[Person], at: float, choice: random.Random) -> Matter:
    round_, number = divmod(place, len(town))
    door, again = choice.choice(list(Door)), choice.choice(list(Again))
    return Matter(
        person=town[number],
        trouble=TROUBLES[(number + round_) % len(TROUBLES)],
        at=at,
        door=door,
        again=again,
        again_door=door if again is Again.SAME else choice.choice(list(Door)),
        again_after=choice.choice((0.0, choice.uniform(1.0, LATEST_AGAIN_SECONDS))),
        at_once=choice.random() < 0.5,
    )
