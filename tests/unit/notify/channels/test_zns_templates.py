"""The example of a deployment's templates fits the texts that we really write, and none of them loses a pass phrase."""

from pathlib import Path

import pytest

from notify.channels.zns import Templates, ZnsTemplate, read_templates
from notify.purpose import Purpose
from notify.templates import render
from shared.errors import Misconfigured
from tests.architecture.repository import ROOT

EXAMPLE = ROOT / "ops/zalo/zns-templates.json"
CODE, PHRASE, DAY, WHO = "TR-7K2M-9QXD", "nghiêng nghiêng thuyền buồm", "15:30 thứ Hai 24/11", "Nguyễn Thị Lan"


@pytest.fixture
def templates() -> Templates:
    return read_templates(EXAMPLE)


def filled(templates: Templates, purpose: Purpose, **fields: str) -> tuple[str, dict[str, str]] | None:
    text = render(purpose, fields.pop("language", "vi"), fields)
    found = [(one.template_id, one.parameters(text)) for one in templates[purpose.value]]
    return next(((id_, parameters) for id_, parameters in found if parameters is not None), None)


def test_each_purpose_of_the_example_is_filled_from_our_own_text(templates: Templates) -> None:
    hotline = {"hotline": "1022"}
    assert filled(templates, Purpose.FILED, code=CODE, phrase=PHRASE, expected=DAY) == (
        "100001",
        {"code": CODE, "expected": DAY, "phrase": PHRASE, **hotline},
    )
    assert filled(templates, Purpose.FILED, code=CODE, phrase=PHRASE) == ("100002", {"code": CODE, "phrase": PHRASE, **hotline})
    assert filled(templates, Purpose.NAMED_RESIDENT, code=CODE, who=WHO) == ("100003", {"code": CODE, "who": WHO})
    assert filled(templates, Purpose.DONE_RESIDENT, code=CODE) == ("100004", {"code": CODE})
    assert set(templates) == {"filed", "named_resident", "done_resident"}


def test_a_text_that_says_something_else_does_not_go_this_way(templates: Templates) -> None:
    assert filled(templates, Purpose.FILED, code=CODE) is None  # without a phrase
    assert filled(templates, Purpose.FILED, code=CODE, phrase=PHRASE, opens=DAY) is None  # off hours
    assert filled(templates, Purpose.DONE_RESIDENT, code=CODE, language="en") is None


def test_a_pattern_has_to_account_for_the_whole_text() -> None:
    template = ZnsTemplate.model_validate({"template_id": "1", "reads": r"Việc (?P<code>\S+) đã kết thúc\."})
    assert template.parameters("Việc TR-7K2M-9QXD đã kết thúc.") == {"code": "TR-7K2M-9QXD"}
    assert template.parameters("Việc TR-7K2M-9QXD đã kết thúc. Ám hiệu MỚI: mây trắng.") is None


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('{"no_such_purpose": []}', "no_such_purpose"),
        ('{"filed": [{"template_id": "x", "reads": "a"}]}', "template_id"),
        ('{"filed": [{"template_id": "1", "reads": "("}]}', "reads"),
        ('{"filed": [{"template_id": "1", "reads": "a", "reds": "b"}]}', "reds"),
        ('{"remote_call": [{"template_id": "1", "reads": "a"}]}', "only ever spoken"),
        ("nonsense", "JSON"),
    ],
)
def test_a_mistake_in_the_file_stops_the_start(tmp_path: Path, text: str, advice: str) -> None:
    file = tmp_path / "templates.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=advice):
        read_templates(file)


def test_no_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_templates(tmp_path / "nothing.json")
