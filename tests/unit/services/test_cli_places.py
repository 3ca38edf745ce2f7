"""`techrescue locate`: for a person with names and the question, for a program one object a line; a text too long is refused."""

import io
import json

import pytest

from tests.support.commands import Terminal


def test_a_program_has_one_object_for_each_address(terminal: Terminal) -> None:
    status, told = terminal.types("locate", "--json", "p. cửa nam, hn", "phường Thành Công", "quận 1, TP HCM")
    assert status == 0
    sure, open_, outside = (json.loads(line) for line in told.splitlines())
    assert sure == {
        "text": "p. cửa nam, hn",
        "commune_code": "00082",
        "confidence": 0.97,
        "candidates": [{"commune_code": "00082", "score": 0.97}],
        "question": None,
    }
    assert (open_["commune_code"], [one["commune_code"] for one in open_["candidates"]]) == (None, ["00025", "00190"])
    assert open_["question"].startswith("Bác ở đường")
    assert (outside["commune_code"], outside["confidence"], outside["candidates"]) == (None, 0, [])


def test_a_person_reads_names_and_what_to_ask(terminal: Terminal) -> None:
    status, told = terminal.types("locate", "p. cửa nam, hn", "phường Thành Công")
    assert status == 0
    assert "Phường Cửa Nam (00082), chắc 97%" in told
    assert "Phường Giảng Võ (00025)" in told
    assert "Hỏi: Bác ở đường" in told


def test_a_text_that_is_too_long_is_refused_and_the_others_are_read(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("phường Cửa Nam\n" + "x" * 1_000_000 + "\nphường Láng\n"))
    status, told = terminal.types("locate", "--json")
    assert status == 2
    assert told.count('"commune_code": "00082"') == 2  # in the answer and its candidate
    assert '"commune_code": "00199"' in told
    assert "techrescue: address: is longer than 4000 characters; send the address alone" in told
