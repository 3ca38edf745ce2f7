"""Which names stand in a text, word by word: the longest that is known, and what the word before it says it is."""

import re
from dataclasses import dataclass, field
from typing import Final

from intake.places.index import SAID_AFTER_QUAN, Index, Means, Reading
from intake.places.spelling import toned
from intake.places.words import (
    BESIDE,
    COUNTED,
    NEXT_TO,
    POLITE,
    SPOKEN,
    WARD_LEVEL,
    Gap,
    Unit,
    Word,
    numbers_in,
    spells_unit,
    unit_at,
)

_OF_WARDS: Final = frozenset({Means.COMMUNE, Means.FORMER_UNIT})
_OF_CITIES: Final = frozenset({Means.DISTRICT, Means.HANOI, Means.PROVINCE, Means.ELSEWHERE})
_GLUED: Final = re.compile(r"(phuong|quan|huien|thixa|thitran|thanhpho|xa|tp|tx|tt|p|q|x)(.{4,})")
_LONGEST_NAME: Final = 6  # words
_TIMES: Final = {"cũ": Means.FORMER_UNIT, "cu": Means.FORMER_UNIT, "mới": Means.COMMUNE, "moi": Means.COMMUNE}
_OF_OTHERS: Final = frozenset({Means.PROVINCE, Means.ELSEWHERE})
_FITS: Final = {
    **dict.fromkeys(WARD_LEVEL, _OF_WARDS),
    Unit.DISTRICT: frozenset({Means.DISTRICT, Means.ELSEWHERE}),
    Unit.CITY: _OF_CITIES,
    Unit.PROVINCE: frozenset({Means.HANOI, Means.PROVINCE}),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at words `start` to `end`. `beside`: of a street, a hamlet, a person, or of something near by."""

    start: int
    end: int
    readings: tuple[Reading, ...]
    unit: Unit | None = None
    beside: bool = False
    quality: float = 1.0  # below 1: not quite as it is spelt
    alone: bool = True  # nothing else is said in this part of the text; else it may be a word like any other
    near: bool = False  # "gần phường Láng": next to it, if not in it

    def means(self, *kinds: Means) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.means in kinds)


@dataclass(slots=True)
class Reader:
    """One pass over the words. `holes`: where a unit was announced and no name known, by unit and start of the name."""

    words: list[Word]
    index: Index
    mentions: list[Mention] = field(default_factory=list)
    holes: list[tuple[Unit, int]] = field(default_factory=list)
    ward_holes: set[int] = field(default_factory=set)
    numbers: list[bool] = field(default_factory=list)

    def read(self) -> None:
        words = self.words = [part for word in self.words for part in self._parted(word)]
        self.numbers = numbers_in(words)
        i = 0
        while i < len(words):
            i = self._announced(words, i) or self._named(i) or i + 1

    def in_hole(self, mention: Mention) -> bool:
        """Whether it is a piece of the name that was announced and is not known: "phường Rần Hưng Đạo"."""
        for place in range(mention.start - 1, max(mention.start - _LONGEST_NAME, 0) - 1, -1):
            if self.words[place + 1].gap == Gap.HARD:
                return False
            if place in self.ward_holes:
                return True
        return False

    def _parted(self, word: Word) -> tuple[Word, ...]:
        """Two that were written as one: "phuongcuanam"."""
        if word.text in self.index.starts or (glued := _GLUED.fullmatch(word.text)) is None or glued[2] not in self.index.keys:
            return (word,)
        middle = len(glued[1])
        return Word(glued[1], word.raw[:middle], word.gap), Word(glued[2], word.raw[middle:], Gap.SPACE)

    def _announced(self, words: list[Word], i: int) -> int | None:
        """A unit and its name; unless the two together are a name ("Phương Mai") that makes more of the text ("Đống Đa")."""
        found = unit_at(words, i)
        if found is None or i + found[1] >= len(words) or words[i + found[1]].gap == Gap.HARD:
            return None
        unit, start = found[0], i + found[1]
        end, readings = self._longest(start)
        readings = tuple(reading for reading in readings if reading.means in _FITS[unit])
        whole = i if spells_unit(words[i]) else self._longest(i)[0]
        foreign = all(reading.means in _OF_OTHERS for reading in readings)
        if whole > i and (foreign or self._reach(whole) > self._reach(end)):
            return None
        if readings:
            near = i > 0 and words[i].gap < Gap.HARD and words[i - 1].text in NEXT_TO
            readings = self._as_spelt(start, end, readings)
            self.mentions.append(Mention(i, end, readings, unit, alone=self._ended(end), near=near))
            return end
        if unit is Unit.DISTRICT and (said := self._said_after_quan(start)):
            self.mentions.append(said)
            return start + 1
        self.holes.append((unit, start))
        if unit in WARD_LEVEL:
            self.ward_holes.add(start)
        return start

    def _said_after_quan(self, start: int) -> Mention | None:
        text = self.words[start].text
        if text.isdigit() or text in SPOKEN:  # only Hồ Chí Minh City numbers its districts
            return Mention(start, start + 1, (Reading(Means.ELSEWHERE, text),), Unit.DISTRICT)
        district = SAID_AFTER_QUAN.get(text)
        return None if district is None else Mention(start, start + 1, (Reading(Means.DISTRICT, district),), Unit.DISTRICT)

    def _named(self, i: int) -> int | None:
        # "Tiền Phong, Ba Vì" ends like a room ("phòng ba"), and is none.
        end, readings = (i, ()) if self.numbers[i] and not self._follows(i) else self._longest(i)
        if end == i:  # before anybody looks back: over a long row of numbers each of them would
            return None
        beside = self._beside(i) or self.words[i].text == "pho"  # the street "Phố Huế" is longer than the ward was
        if self._is_word(i, end) and not beside and not self._closed(i, end):
            return None
        readings = self._as_spelt(i, end, readings)
        self.mentions.append(Mention(i, end, readings, beside=beside, alone=self._alone(i, end)))
        return end

    def _longest(self, i: int) -> tuple[int, tuple[Reading, ...]]:
        """Where the name that begins at `i` ends; `i` itself when there is none. The longest, unless a shorter one leaves the
        beginning of another: "Láng, Hà Nội" is not "Láng Hạ"."""
        ends = self._ends(i)
        if not ends:
            return i, ()
        end = ends[-1] if len(ends) == 1 else max(ends, key=lambda end: (self._reach(end), end))
        return end, self.index.keys["".join(word.text for word in self.words[i:end])]

    def _ends(self, i: int) -> list[int]:
        keys, starts = self.index.keys, self.index.starts
        joined, ends = "", []
        for j in range(i, len(self.words)):
            word = self.words[j]
            if j > i and word.gap == Gap.HARD:
                break
            joined += word.text
            if joined not in starts:
                break
            if joined in keys:
                ends.append(j + 1)
        return ends

    def _reach(self, i: int) -> int:
        """How far a name that begins at `i` goes."""
        if i >= len(self.words) or self.words[i].gap == Gap.HARD:
            return i
        return max(self._ends(i), default=i)

    def _is_word(self, i: int, end: int) -> bool:
        return end == i + 1 and self.words[i].text in self.index.single

    def _alone(self, i: int, end: int) -> bool:
        """Between commas, beside another name, or with words that mean no more than "I live in"."""
        words = self.words
        while i > 0 and words[i].gap < Gap.HARD and (words[i - 1].text in POLITE or self.numbers[i - 1]):
            i -= 1
        while end < len(words) and words[end].gap < Gap.HARD and words[end].text in POLITE:
            end += 1
        before = i == 0 or words[i].gap == Gap.HARD or self._follows(i)
        return before and (end == len(words) or words[end].gap == Gap.HARD or bool(self._ends(end)))

    def _ended(self, end: int) -> bool:
        """Whether what follows a name is known to be no more of it."""
        words = self.words
        if end == len(words) or words[end].gap == Gap.HARD or words[end].text in POLITE or words[end].text in _TIMES:
            return True
        return self.numbers[end] or unit_at(words, end) is not None or bool(self._ends(end))

    def _follows(self, i: int) -> bool:
        """Whether a name ends where this one begins."""
        return bool(self.mentions) and self.mentions[-1].end == i

    def _closed(self, i: int, end: int) -> bool:
        """Between commas, or all that there is."""
        return (i == 0 or self.words[i].gap == Gap.HARD) and (end == len(self.words) or self.words[end].gap == Gap.HARD)

    def _beside(self, i: int) -> bool:
        """A street after its word or its number; a number after "tổ" or "thôn" belongs to that."""
        if i == 0 or self.words[i].gap == Gap.HARD or self._follows(i):
            return False
        if not self.numbers[i - 1]:
            return self.words[i - 1].text in BESIDE
        while i > 0 and self.numbers[i - 1] and self.words[i].gap < Gap.HARD:
            i -= 1
        return i == 0 or self.words[i].gap == Gap.HARD or self.words[i - 1].text not in COUNTED

    def _as_spelt(self, start: int, end: int, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """Where one is spelt with just these diacritics, those that are spelt otherwise are not meant."""
        readings = self._of_its_time(end, readings)
        if len(readings) == 1:
            return readings
        said = "".join(toned(word.raw) for word in self.words[start:end])
        if not any(reading.toned == said for reading in readings):
            return readings
        return tuple(reading for reading in readings if reading.toned in {said, ""})

    def _of_its_time(self, end: int, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The old "phường Hoàng Liệt cũ" is not the one of today."""
        after = self.words[end] if end < len(self.words) else None
        said = "" if after is None else after.raw.lower()
        means = _TIMES.get(said) if after is not None and (after.gap < Gap.HARD or said == "cũ") else None
        return tuple(reading for reading in readings if reading.means is means) or readings
