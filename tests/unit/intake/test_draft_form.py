"""What an operator types is kept as it is, half written or wrong, but for what must never be; and what is missing is said."""

import re
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from intake.hotline.draft_form import LONGEST, DraftForm, Unfit, finished

WHOLE: dict[str, Any] = {
    "requester": {"name": "Nguyễn Thị Bình", "phone": "0912 345 678"},
    "category": "vneid_login",
    "description": "Không đăng nhập được",
}


def typed(form: dict[str, Any]) -> dict[str, Any]:
    return DraftForm.model_validate_json(orjson.dumps({"form": form})).form


UNFINISHED: list[dict[str, Any]] = [
    {},
    {"requester": {"phone": "0912 3"}},
    {"requester": {"name": ""}, "description": None},
    {"location": {"lat": "21.0", "lon": 105.8}},
    {"location": None, "vulnerable": ["eld"], "visit_consent": None},
    {"category": "vne", "commune_code": "000"},
]


@pytest.mark.parametrize("form", UNFINISHED, ids=[f"stage {number}" for number in range(len(UNFINISHED))])
def test_any_field_may_be_missing_or_half_written(form: dict[str, Any]) -> None:
    assert typed(form) == form


SECRETS = [
    ("a code in the story", {"description": "mã OTP là 123456"}),
    ("a code where a name belongs", {"requester": {"name": "otp 654 321"}}),
    ("a card in the address", {"address": "thẻ 4111 1111 1111 1111"}),
    ("a citizen's number as a telephone", {"requester": {"phone": "001203004567"}}),
    ("a code among reasons", {"vulnerable": ["mã xác thực 445566"]}),
    ("a password where a category belongs", {"category": "mat khau 998877"}),
]


@pytest.mark.parametrize("form", [row[1] for row in SECRETS], ids=[row[0] for row in SECRETS])
def test_a_secret_is_masked_wherever_it_is_typed(form: dict[str, Any]) -> None:
    kept = str(typed(form))
    assert not re.search(r"\d{3}", kept)
    assert "đã che" in kept


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("a field nobody knows", {"otp": "1"}),
    ("a number in place of a text", {"description": 123456}),
    ("a number that is no degree", {"location": {"lat": 123456}}),
    ("figures hidden in a name of a field", {"location": {"code123456": None}}),
    ("a text without end", {"description": "a" * (LONGEST + 1)}),
    ("a list without end", {"vulnerable": ["ill"] * 31}),
]


@pytest.mark.parametrize("form", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_could_be_nobodys_form_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        typed(form)


def test_a_form_that_is_whole_becomes_a_request_of_the_hotline() -> None:
    request = finished({**WHOLE, "address": "", "location": None, "vulnerable": []})
    assert (request.channel, request.address, request.requester.phone) == ("hotline", None, "0912 345 678")


def test_everything_that_is_wrong_is_named_at_once() -> None:
    form = {
        "requester": {"phone": "0912 345 67"},
        "category": "kitchen",
        "location": {"lat": 1.0, "lon": 2.0},
        "commune_code": "99999",
        "visited_phone": "12345678",
    }
    with pytest.raises(Unfit) as told:
        finished(form)
    assert told.value.shape is not None
    shape = {".".join(map(str, item["loc"])) for item in told.value.shape.errors()}
    assert shape == {"requester.name", "description"}
    assert {one.field for one in told.value.rest} == {"visited_phone", "category", "commune_code", "location", "requester.phone"}
