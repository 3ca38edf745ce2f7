"""Forms in which people write and speak what must never be kept: written by hand in files, and made from patterns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "unit" / "shared" / "secrets"

SPOKEN: Final = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
SPOKEN_PLAIN: Final = ["khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin"]
SPOKEN_ENGLISH: Final = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("482913", "7704", "90817263"),
    "card": ("4111111111111111", "5555555555554444", "9704366614626076016"),
    "citizen_id": ("001203004567", "034188012345", "079301998877"),
}
BEFORE: Final[Mapping[str, tuple[str, ...]]] = {
    "code": (
        "mã OTP là ",
        "em nhận được mã xác thực ",
        "ma otp ",
        "mật khẩu của bà: ",
        "Họ bảo đọc mã xác nhận, tôi đọc ",
        "my OTP is ",
    ),
    "card": ("số thẻ ", "thẻ tín dụng ", "the atm so the ", "my credit card "),
    "citizen_id": ("căn cước ", "cccd so ", "số định danh ", "cmnd/cccd: ", "my id card "),
}


@dataclass(frozen=True, slots=True)
class Form:
    """`secret` as it stands between the other two."""

    before: str
    secret: str
    after: str = ""

    @property
    def text(self) -> str:
        return f"{self.before}{self.secret}{self.after}"


def by_hand() -> list[Form]:
    lines = (FOLDER / "written_by_hand.txt").read_text(encoding="utf-8").splitlines()
    return [Form(before, *rest.split("⟧")) for before, rest in (line.split("⟦") for line in lines if line)]


def kept() -> list[str]:
    """What must not be changed: phones, houses, dates, dossiers, sums."""
    return (FOLDER / "kept.txt").read_text(encoding="utf-8").splitlines()


def made() -> list[Form]:
    """Every number of every kind, in every way of writing it, after every word for it."""
    return [
        Form(before, written, after)
        for kind, numbers in NUMBERS.items()
        for number in numbers
        for place, written in enumerate(ways(number))
        for before in BEFORE[kind]
        for after in ((" ạ", ", có phải không", "")[place % 3],)
    ]


def ways(number: str) -> Iterator[str]:
    yield number
    for separator in (" ", ".", "-", " - "):
        yield separator.join(number)
        yield separator.join(grouped(number, 2))
    yield " ".join(grouped(number, 4))
    yield number.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    yield "\u200b".join(grouped(number, 3))
    yield " rồi ".join(grouped(number, 2))
    for words in (SPOKEN, SPOKEN_PLAIN, SPOKEN_ENGLISH):
        yield " ".join(words[int(digit)] for digit in number)
    yield ", ".join(SPOKEN[int(digit)] for digit in number)
    half = len(number) // 2
    yield f"{number[:half]} {' '.join(SPOKEN[int(digit)] for digit in number[half:])}"


def grouped(number: str, size: int) -> list[str]:
    return [number[at : at + size] for at in range(0, len(number), size)]
