"""Who speaks what the resident speaks: looked for further away, never the reason why nobody comes."""

import orjson
import pytest

from dispatch.matching import words
from dispatch.matching.assignment import match
from dispatch.matching.decision import Witness, decisions, distances_m
from dispatch.matching.policy import Policy
from dispatch.matching.waiting import WaitingJobs
from dispatch.roster.entry import Entry
from shared.languages import LANGUAGES, language_names
from tests.unit.dispatch.matching.test_roster import COMMUNES, person, roster_of
from tests.unit.dispatch.matching.test_waiting import always, row
from tests.unit.dispatch.towns import NOW, job_at, people_at

POLICY = Policy()
VI, KO = 1, 2
KILOMETRE = 1000.0


@pytest.mark.parametrize(("kilometres", "chosen"), [(3.5, 40), (4.5, 0)])
def test_a_speaker_is_found_behind_many_who_are_nearer_but_not_at_any_price(kilometres: float, chosen: int) -> None:
    nearer = [(float(place), 0.0) for place in range(40)]
    people = people_at([*nearer, (kilometres * KILOMETRE, 0.0)], languages=[VI] * 40 + [VI | KO])
    [asked] = match([job_at(0, 0, tongue=KO)], people, POLICY, now=NOW).proposals
    assert asked.person == chosen


def test_who_speaks_is_weighed_once_and_nobody_else_is_forgotten() -> None:
    people = people_at([(0, 0), (100, 0), (200, 0)], languages=[VI, KO, VI])
    matching = match([job_at(0, 0, tongue=KO, wave_size=3)], people, POLICY, now=NOW)
    assert [one.person for one in matching.proposals] == [1, 0, 2]
    assert all(len(pairs.people) == len(set(pairs.people.tolist())) for pairs in matching.pairs)


def test_where_nobody_speaks_it_somebody_goes_all_the_same() -> None:
    [asked] = match([job_at(0, 0, tongue=KO)], people_at([(0, 0)]), POLICY, now=NOW).proposals
    assert asked.cost == pytest.approx(POLICY.base_minutes + POLICY.language_minutes)


def test_everybodys_language_costs_nobody_anything() -> None:
    people = people_at([(0, 0), (100, 0)], languages=[KO, VI])
    [asked] = match([job_at(0, 0)], people, POLICY, now=NOW).proposals
    assert (asked.person, asked.cost) == (0, POLICY.base_minutes)


def test_speakers_are_not_taken_twice_in_a_batch() -> None:
    people = people_at([(0, 0), (100, 0)], languages=[VI, KO])
    jobs = [job_at(0, 0, tongue=KO, urgency=5), job_at(0, 0, tongue=KO)]
    assert {one.person for one in match(jobs, people, POLICY, now=NOW).proposals} == {0, 1}


def decided(*languages: list[str]) -> tuple[list[dict[str, object]], dict[str, object]]:
    roster = roster_of(*(person(languages=spoken) for spoken in languages))
    jobs = WaitingJobs(roster, COMMUNES, Policy(wave_size=1))
    jobs.put([row(language="ko")])
    prepared = jobs.prepared(jobs.due(NOW, always), NOW)
    picture = roster.picture(NOW)
    witness = Witness(prepared, picture, lambda position: roster.id_of(int(picture.people.row[position])), POLICY)
    matching = match(prepared, picture.people, POLICY, now=NOW)
    made = decisions(matching, distances_m(matching, witness), witness)[0]
    return orjson.loads(made.candidates), orjson.loads(made.ranking)


def test_the_decision_says_who_speaks_it() -> None:
    candidates, ranking = decided(["vi"], ["ko", "vi"])
    assert [words.speaks(one, ranking) for one in candidates] == ["ko", None]
    said = words.decision(candidates, {}, ranking)
    assert "nói được tiếng Hàn" in said["vi"]
    assert "speaks Korean" in said["en"]


def test_the_decision_says_that_nobody_does() -> None:
    candidates, ranking = decided(["vi"])
    said = words.decision(candidates, {}, ranking)
    assert said["vi"].endswith("Chưa có ai được hỏi nói được tiếng Hàn.")
    assert said["en"].endswith("Nobody who was asked speaks Korean.")


def test_a_responder_speaks_what_any_member_speaks() -> None:
    entry = Entry.model_validate(
        {
            "kind": "team",
            "name": "Tổ 1",
            "phone": "0912345678",
            "commune_code": "00004",
            "members": [{"id": "a", "name": "An", "languages": ["ko"]}, {"id": "b", "name": "Bình", "languages": ["hab"]}],
        }
    )
    assert entry.spoken() == ("hab", "ko", "vi")


def test_every_language_has_its_names_and_an_unknown_one_is_told_by_its_code() -> None:
    assert all(set(names) == {"vi", "en"} for names in LANGUAGES.values())
    assert language_names("xx")["vi"] == "ngôn ngữ xx"
