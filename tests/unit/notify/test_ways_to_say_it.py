"""Several hundred ways in which people answer, each as it stands, without its marks, and in capitals: a line of a file each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from notify.answers.contact_words import HelpWord, TextsWord
from notify.answers.late_words import LateWord
from notify.answers.reading import Choice, JobWord, Meaning, parse
from notify.sms_text import fold
from shared.events.messages import Answer, DeclineReason

FILE: Final = Path(__file__).with_name("ways_to_say_it.txt")
LINE: Final = re.compile(r"(?P<only>!)?(?:\[(?P<number>\d+)\] )?(?P<text>.+)")


def ways() -> Iterator[tuple[str, int | None, str]]:
    """Meaning, number, text."""
    meaning = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            meaning = line[2:]
        elif line and not line.startswith("#") and (found := LINE.fullmatch(line)):
            number, text = int(found["number"]) if found["number"] else None, found["text"]
            for written in {text} if found["only"] else {text, fold(text), fold(text).upper()}:
                yield meaning, number, written


def said(meaning: Meaning | None) -> tuple[str, int | None]:
    match meaning:
        case Choice(member=None, or_name=None):
            return "accept" if meaning.yes else f"decline {meaning.reason or ''}".rstrip(), meaning.code
        case JobWord(member=None):
            return meaning.answer, meaning.number
        case LateWord():
            return f"late {meaning.minutes or ''}".rstrip(), meaning.number
        case TextsWord():
            return ("start" if meaning.wanted else "stop"), None
        case HelpWord() | None:
            return ("help" if meaning else "none"), None
    return repr(meaning), None


ALL: Final = list(ways())


@pytest.mark.parametrize(("meaning", "number"), sorted({way[:2] for way in ALL}, key=str))
def test_people_are_understood(meaning: str, number: int | None) -> None:
    texts = [text for *way, text in ALL if way == [meaning, number]]
    wrong = {text: found for text in texts if (found := said(parse(text))) != (meaning, number)}
    assert wrong == {}


def test_the_list_is_long_and_knows_every_reason() -> None:
    assert len({text for _, _, text in ALL}) > 500
    assert {f"decline {reason}" for reason in DeclineReason} < {meaning for meaning, _, _ in ALL}
    assert {Answer.EN_ROUTE, Answer.ON_SCENE, Answer.DONE, Answer.RELEASE, Answer.SOS} < {meaning for meaning, _, _ in ALL}
