"""What stands in the knowledge base: complete in both languages, of every category, and nothing in it that a fraud could use."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from intake.guidance.entry import FOLDER, OWNERS, Entry, read_entries
from intake.guidance.library import load_library
from shared.categories import CATEGORIES, FRAUD
from shared.errors import Misconfigured
from shared.events.contract import Priority
from shared.lures import lure_in

ENTRIES = read_entries()
ADDRESS = re.compile(r"https?:|www\.|\.(?:vn|com|gov|net)\b|@")
NUMBER = re.compile(r"\d{4,}")


def test_there_are_at_least_thirty_and_some_for_every_category() -> None:
    assert len(ENTRIES) >= 30
    assert {entry.category for entry in ENTRIES} == set(CATEGORIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_says_the_same_steps_in_both_languages_and_never_to_give_an_otp(entry: Entry) -> None:
    vi, en = entry.words["vi"], entry.words["en"]
    assert len(vi.steps) == len(en.steps) >= 2
    assert vi.title != en.title
    assert "Không đọc mã OTP cho bất kỳ ai." in vi.never
    assert "Never read an OTP to anybody." in en.never
    assert all(len(step) <= 200 and step[-1] in ".:" for step in (*vi.steps, *en.steps))
    assert entry.owner in OWNERS


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_names_no_address_of_the_web_and_no_number_but_those_of_the_city(entry: Entry) -> None:
    for words in entry.words.values():
        for text in (words.title, *words.steps):
            assert not ADDRESS.search(text), text
            assert set(NUMBER.findall(text)) <= {"1022"}, text


def test_what_never_to_do_reads_as_a_warning_and_as_nothing_else() -> None:
    nevers = {line for entry in ENTRIES for words in entry.words.values() for line in words.never}
    baited = {line: str(found) for line in nevers if (found := lure_in(line)) is not None}
    assert not baited


def test_nobody_is_told_to_try_first_where_minutes_count_or_somebody_may_be_defrauded() -> None:
    urgent = {key for key, category in CATEGORIES.items() if category.priority in {Priority.P1, Priority.P2}} | {FRAUD}
    assert not [entry.id for entry in ENTRIES if entry.try_first and entry.category in urgent]
    assert len([entry for entry in ENTRIES if entry.try_first]) >= 30


def test_the_sample_of_procedures_is_part_of_the_library() -> None:
    entry = load_library().get("1.001193")
    assert entry is not None
    assert (entry.told("vi").title, entry.category, entry.owner) == ("Đăng ký khai sinh", "birth", "commune")
    assert not entry.told("vi").steps  # nobody has told us any


def broken(tmp_path: Path, **changes: Any) -> Path:
    row = json.loads((FOLDER / "vneid.json").read_text(encoding="utf-8"))["entries"][0]
    (tmp_path / "never.json").write_text((FOLDER / "never.json").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps({"entries": [{**row, **changes}]}), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "changes",
    [{"owner": "nobody"}, {"never": ["nothing"]}, {"en": {"title": "Half of it"}}, {"reviewed": "soon"}],
    ids=["owner", "never", "half", "day"],
)
def test_an_entry_that_names_what_there_is_not_stops_the_start(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert len(read_entries(broken(tmp_path))) == 1
    with pytest.raises(Misconfigured, match="vneid-password"):
        read_entries(broken(tmp_path, **changes))


def test_two_entries_of_one_id_stop_the_start(tmp_path: Path) -> None:
    folder = broken(tmp_path)
    (folder / "b.json").write_text((folder / "a.json").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Misconfigured, match="same id: vneid-password"):
        read_entries(folder)
