"""Names that are not quite as they are spelt: as they sound, or a letter or two off. Asked only where nothing was found."""

from collections.abc import Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from intake.places.index import Index, Means
from intake.places.mentions import Mention, Reader
from intake.places.spelling import sound_of
from intake.places.words import BESIDE, WARD_LEVEL, Gap, Unit, Word, unit_at

LIKE: Final = 0.7  # of a name whose kind was announced
ALIKE: Final = 0.8  # of one that stands between commas
_LONGEST: Final = 6  # words of a name
_MOST_WINDOWS: Final = 40  # however long the text is
_SOUNDS: Final = 0.9  # what a name is worth that only sounds right
_AHEAD: Final = 0.1  # so much liker than the next: then it is meant
_ALONE: Final = 0.8  # what that is worth
_SAME: Final = 0.02  # two that are as like as this are equally like


def guess(reader: Reader, districts: Sequence[str]) -> list[Mention]:
    """What the announced but unknown names may be, else what stands alone between commas. A district narrows the choice."""
    keys = _keys_of(reader.index, districts)
    found = [
        mention
        for unit, start in reader.holes[-4:]
        if unit in WARD_LEVEL and (mention := _best(reader, start, keys, unit, LIKE)) is not None
    ]
    if found:
        return found
    starts = [start for start in _segments(reader) if reader.words[start].text not in BESIDE][-6:]
    return [mention for start in starts if (mention := _best(reader, start, keys, None, ALIKE)) is not None]


def guess_within(reader: Reader, mention: Mention, districts: Sequence[str]) -> Mention | None:
    """A name that is known, but not in this district: may be one that is in it was meant."""
    found = unit_at(reader.words, mention.start)
    if found is None or mention.unit not in WARD_LEVEL:
        return None
    return _best(reader, mention.start + found[1], _keys_of(reader.index, districts), mention.unit, LIKE)


def guess_district(reader: Reader) -> list[Mention]:
    """After "quận" or "huyện"."""
    keys = reader.index.districts
    return [
        mention
        for unit, start in reader.holes[-4:]
        if unit is Unit.DISTRICT and (mention := _best(reader, start, keys, unit, LIKE, Means.DISTRICT)) is not None
    ]


def _keys_of(index: Index, districts: Sequence[str]) -> Sequence[str]:
    if districts:
        return [key for district in districts for key in index.within.get(district, ())]
    return index.wards


def _segments(reader: Reader) -> list[int]:
    """Where a part between commas begins that nothing is known of."""
    taken = {place for mention in reader.mentions for place in range(mention.start, mention.end)}
    return [
        i
        for i, word in enumerate(reader.words)
        if i not in taken
        and not reader.numbers[i]
        and (i == 0 or word.gap == Gap.HARD or i - 1 in taken or reader.numbers[i - 1])
    ]


def _best(reader: Reader, start: int, keys: Sequence[str], unit: Unit | None, least: float, *means: Means) -> Mention | None:
    wanted = frozenset(means or (Means.COMMUNE, Means.FORMER_UNIT))
    best: tuple[float, int, list[str]] = (0.0, start, [])
    for end in _ends(reader.words, start):
        if unit is None and not _closes(reader, end):
            continue
        likeness, found = _likest(reader.index, reader.words[start:end], keys, least)
        if likeness > best[0]:
            best = likeness, end, found
    likeness, end, found = best
    readings = [reading for key in found for reading in reader.index.keys[key] if reading.means in wanted]
    if not readings:
        return None
    return Mention(start, end, tuple(dict.fromkeys(readings)), unit, quality=likeness)


def _closes(reader: Reader, end: int) -> bool:
    """A guess between commas takes all that stands there."""
    return end == len(reader.words) or reader.words[end].gap == Gap.HARD or any(m.start == end for m in reader.mentions)


def _ends(words: Sequence[Word], start: int) -> list[int]:
    ends = []
    for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
        ends.append(end)
        if end < len(words) and words[end].gap == Gap.HARD:
            break
    return ends


def _likest(index: Index, words: Sequence[Word], keys: Sequence[str], least: float) -> tuple[float, list[str]]:
    """The keys that are likest, all of them where several are."""
    said = "".join(word.text for word in words)
    heard = [key for key in index.sounds.get("".join(sound_of(word.text) for word in words), ()) if key in keys]
    found = []
    if len(said) >= 4:  # noqa: PLR2004 - of three letters anything is like anything
        found = process.extract(said, keys, scorer=OSA.normalized_similarity, score_cutoff=least - 2 * _AHEAD, limit=4)
    if heard:  # and what is a letter away is as good a guess
        return _SOUNDS, list(dict.fromkeys((*heard, *(key for key, likeness, _ in found if likeness >= _SOUNDS - _AHEAD / 2))))
    if not found or found[0][1] < least:
        return 0.0, []
    likest = found[0][1]
    alike = [key for key, likeness, _ in found if likeness >= likest - _SAME]
    rival = max((likeness for key, likeness, _ in found if key not in alike), default=least)
    return max(likest, _ALONE if likest - rival >= _AHEAD else 0.0), alike
