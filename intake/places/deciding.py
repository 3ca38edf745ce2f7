"""From the names in a text to one commune, or to candidates and a question. Pure: what speaks for what stands in this file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from intake.places import questions
from intake.places.gazetteer import FormerUnit, Gazetteer, bare
from intake.places.index import Means, Reading
from intake.places.mentions import Mention
from intake.places.resolution import SURE, Question, Resolution, certain, open_question
from intake.places.words import WARD_LEVEL, Unit

ANNOUNCED: Final = 0.97  # "phường Bồ Đề"
UNANNOUNCED: Final = 0.9  # "Bồ Đề"
OTHER_KIND: Final = 0.9  # "xã Bồ Đề", which is a ward
OF_OLD: Final = 0.97  # by way of the name of a former unit
OF_TODAY: Final = 0.9  # where a former unit of that name went elsewhere
UNSURE: Final = 0.8  # a name without its kind, of which nothing says that it is a place of Hanoi
AWAY: Final = 0.6  # the district named is another one
NEAR: Final = 0.7  # "gần phường Láng"
STREET_OF: Final = 0.55  # a street that is called like the commune
LANDMARK: Final = 0.9

_OF_WARDS: Final = (Means.COMMUNE, Means.FORMER_UNIT)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a text holds, sorted by what it can say."""

    wards: tuple[Mention, ...]
    districts: tuple[str, ...]  # named as such; of several the address lies in one
    either: Mention | None  # may be a district or a commune, and nothing in the text says which
    streets: tuple[Mention, ...]
    landmarks: frozenset[str]
    in_hanoi: bool
    province: bool  # another one may be meant, which has wards of the same names
    elsewhere: bool
    has_street: bool  # a number or a street is there: asking for one would be rude


class Decider:
    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def decide(self, evidence: Evidence) -> Resolution:
        if evidence.elsewhere:
            return Resolution(None, 0.0, (), *questions.OUTSIDE)
        if evidence.wards:
            return self._from_wards(evidence)
        if evidence.landmarks:
            return self._from_landmarks(evidence)
        if evidence.either is not None:
            # "Hà Đông" is a ward, and was a district of which that is a part.
            return self._from_districts(evidence, [reading.id for reading in evidence.either.means(Means.DISTRICT)])
        if evidence.districts:
            return self._from_districts(evidence, evidence.districts)
        return self._from_streets(evidence)

    def _from_wards(self, evidence: Evidence) -> Resolution:
        claims = [self._claim(mention, evidence) for mention in evidence.wards]
        claims = [claim for claim in claims if claim.scores]
        shared = set.intersection(*(set(claim.scores) for claim in claims))
        if not shared or _are_two_places(claims):
            return self._contradiction(claims)
        scores = {code: max(claim.scores[code] for claim in claims) for code in claims[0].scores if code in shared}
        if evidence.landmarks and (by_street := {code: score for code, score in scores.items() if code in evidence.landmarks}):
            scores = by_street
        if len(scores) == 1:
            ((code, score),) = scores.items()
            if len(claims[0].scores) > 1:
                score = LANDMARK  # several names together, or a street of the list, have decided
            return certain(code, score) if score >= SURE else open_question(scores, self._confirm(claims[0], code))
        narrowed = min(claims, key=lambda claim: len(claim.scores))
        return open_question(_shared_out(scores), self._ask(narrowed, list(scores), evidence))

    def _claim(self, mention: Mention, evidence: Evidence) -> "Claim":
        """What one name says, given the districts that are named beside it."""
        readings, fits = _fitting(mention, mention.means(*_OF_WARDS))
        base = (ANNOUNCED if mention.unit in WARD_LEVEL else UNANNOUNCED) * mention.quality * (1.0 if fits else OTHER_KIND)
        if mention.unit is None and not (evidence.districts or evidence.in_hanoi or _plain(mention)):
            base *= UNSURE
        if mention.near:
            base *= NEAR
        if not (fits or mention.alone):  # half of a longer name that nobody knows
            base *= UNSURE
        if evidence.province:
            base *= AWAY
        if evidence.districts:
            within = [reading for reading in readings if self.lies_in(reading, evidence.districts)]
            former = [reading for reading in within if reading.means is Means.FORMER_UNIT]
            if former or within:  # who names a district speaks of what was there
                return self._weighed(former or within, base)
            return self._weighed(readings, base * AWAY)
        now = [reading for reading in readings if reading.means is Means.COMMUNE]
        if now and (self._agree(readings) or (mention.unit in WARD_LEVEL and _one_name(mention))):
            return self._weighed(now, base)
        # A name and the city, no district: that is how addresses are written now.
        if now and evidence.in_hanoi and _one_name(mention):
            return self._weighed(now, base * OF_TODAY)
        return self._weighed(readings, base)

    def _weighed(self, readings: Sequence[Reading], base: float) -> "Claim":
        scores: dict[str, float] = {}
        units = []
        for reading in readings:
            if reading.means is Means.COMMUNE:
                scores[reading.id] = max(scores.get(reading.id, 0.0), base)
                continue
            unit = self._gazetteer.units[reading.id]
            units.append(unit)
            for code in unit.parts:
                scores[code] = max(scores.get(code, 0.0), base * OF_OLD)
        return Claim(scores, tuple(units), unit_and_commune=len(units) < len(readings))

    def _agree(self, readings: Iterable[Reading]) -> bool:
        """Whether a commune and its namesakes of old all are one place now."""
        return len({code for reading in readings for code in self._places(reading)}) == 1

    def _places(self, reading: Reading) -> tuple[str, ...]:
        return (reading.id,) if reading.means is Means.COMMUNE else self._gazetteer.units[reading.id].parts

    def lies_in(self, reading: Reading, districts: Sequence[str]) -> bool:
        if reading.means is Means.FORMER_UNIT:
            return self._gazetteer.units[reading.id].district in districts
        return any(reading.id in self._gazetteer.districts[district] for district in districts)

    def _ask(self, claim: "Claim", codes: Sequence[str], evidence: Evidence) -> Question:
        if len({unit.district for unit in claim.units}) > 1 and not claim.unit_and_commune:
            return questions.of_namesakes(claim.units)
        if len(claim.units) == 1 and set(codes) <= set(claim.units[0].parts):
            return questions.of_split_unit(self._gazetteer, claim.units[0], codes, knows_street=evidence.has_street)
        return questions.between(self._gazetteer, codes)

    def _confirm(self, claim: "Claim", code: str) -> Question:
        if len(claim.units) == 1 and not claim.unit_and_commune:
            return questions.is_it_former(claim.units[0])
        return questions.is_it(self._gazetteer, code)

    def _contradiction(self, claims: Sequence["Claim"]) -> Resolution:
        scores: dict[str, float] = {}
        for claim in claims:
            for code, score in _shared_out(claim.scores).items():
                scores[code] = max(scores.get(code, 0.0), score / len(claims))
        return open_question(scores, questions.between(self._gazetteer, list(scores)))

    def _from_landmarks(self, evidence: Evidence) -> Resolution:
        scores = dict.fromkeys(sorted(evidence.landmarks), LANDMARK)
        if evidence.districts:
            near = {code for district in evidence.districts for code in self._gazetteer.districts[district]}
            scores = {code: score for code, score in scores.items() if code in near} or dict.fromkeys(scores, AWAY)
        if len(scores) == 1 and (found := next(iter(scores.items())))[1] >= SURE:
            return certain(*found)
        return open_question(_shared_out(scores), questions.between(self._gazetteer, list(scores)))

    def _from_districts(self, evidence: Evidence, districts: Sequence[str]) -> Resolution:
        codes = [code for name in districts for code in self._gazetteer.districts[name]]
        scores = {code: 0.3 - place / 100 for place, code in enumerate(codes)}
        namesakes = {bare(district) for district in districts}
        scores |= {code: 0.5 for code in codes if bare(self._gazetteer.name(code)) in namesakes}
        for code in self._street_namesakes(evidence):
            if code in scores:
                scores[code] = STREET_OF
        return open_question(scores, questions.within_district(districts))

    def _from_streets(self, evidence: Evidence) -> Resolution:
        scores = dict.fromkeys(self._street_namesakes(evidence), 0.3)
        return open_question(scores, questions.NOTHING_KNOWN)

    def _street_namesakes(self, evidence: Evidence) -> list[str]:
        """Streets are often called like a former unit near by: good enough to be asked about, never to be taken."""
        readings = (reading for mention in evidence.streets for reading in mention.means(*_OF_WARDS))
        return [code for reading in readings for code in self._places(reading)]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one name says: communes by how much speaks for them, and the former units it was read as."""

    scores: dict[str, float]
    units: tuple[FormerUnit, ...]
    unit_and_commune: bool  # read as a commune of today, too


def _are_two_places(claims: Sequence[Claim]) -> bool:
    """Several units of before, and none of today: from one to another, or next to it. One commune for both is chance."""
    units = {unit for claim in claims for unit in claim.units}
    return len(units) > 1 and all(len(claim.units) == 1 and not claim.unit_and_commune for claim in claims)


def _plain(mention: Mention) -> bool:
    """A name, and nothing but a name of here: "tự nhiên" is a word, and Hòa Bình a province, too."""
    return mention.alone and not mention.means(Means.PROVINCE)


def _one_name(mention: Mention) -> bool:
    """A guess may be several names at once; then that one of them is of today says nothing."""
    return mention.quality == 1 or len({reading.toned for reading in mention.readings if reading.toned}) == 1


def _fitting(mention: Mention, readings: Sequence[Reading]) -> tuple[Sequence[Reading], bool]:
    """A ward is no town: of one name those of the kind that was said, if there are any."""
    if mention.unit in {None, Unit.OFFICE}:
        return readings, True
    fitting = [reading for reading in readings if reading.unit in {mention.unit, None}]
    return fitting or readings, bool(fitting)


def _shared_out(scores: dict[str, float]) -> dict[str, float]:
    """The first is the likeliest, and the more there are the less is each."""
    count = len(scores)
    return {code: score * (1.2 if place == 0 else 1.0) / (count + 0.2) for place, (code, score) in enumerate(scores.items())}
