"""Errors as problem+json: the right status, something to do about it, and nothing of what was sent."""

import json

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from shared.errors import DependencyDown, Invalid, NotFound, Permanent, Refused, Transient
from shared.http.limits import TooMany
from shared.http.problems import MEDIA_TYPE, Problem, response_for

SECRET = "0912345678"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=5)
    lat: float = Field(1, le=90)
    tags: dict[str, int] = {}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("already_taken", "somebody else has it"), 409),
        (NotFound("request"), 404),
        (Invalid("location.lat", "must lie in Hanoi"), 422),
        (TooMany(0.2), 429),
        (DependencyDown("PostgreSQL"), 503),
        (Transient("x"), 503),
        (Problem(413, "too long"), 413),
        (HTTPException(405, headers={"allow": "GET"}), 405),
        (HTTPException(404), 404),
    ],
)
def test_every_known_error_is_a_problem(error: Exception, status: int) -> None:
    response = response_for(error)
    assert response is not None
    body = json.loads(bytes(response.body))
    assert response.status_code == status == body["status"]
    assert response.media_type == MEDIA_TYPE
    assert body["title"]
    assert body["detail"]
    assert ("retry-after" in response.headers) == (status in {429, 503})


def test_a_header_that_does_not_fit_is_named() -> None:
    response = response_for(Invalid("Idempotency-Key", "was used for another body"))
    assert response is not None
    assert json.loads(bytes(response.body))["detail"].startswith("Idempotency-Key: ")


def test_a_retry_is_never_after_zero_seconds() -> None:
    response = response_for(TooMany(0.01))
    assert response is not None
    assert response.headers["retry-after"] == "1"


def test_a_refusal_carries_its_reason() -> None:
    response = response_for(Refused("already_taken", "somebody else has it"))
    assert response is not None
    assert json.loads(bytes(response.body))["reason"] == "already_taken"


@pytest.mark.parametrize("error", [Permanent("x"), KeyError("x"), RuntimeError("x")])
def test_an_unknown_error_has_no_answer_here(error: Exception) -> None:
    assert response_for(error) is None


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "An", SECRET: 1},
        {"name": SECRET},
        {"name": "An", "lat": SECRET + "x"},
        {"name": "An", "lat": 912345678},
        {"name": "An", "tags": {SECRET: "x"}},
        {"name": {"deep": SECRET}},
        [SECRET],
        SECRET,
    ],
)
def test_nothing_that_was_sent_comes_back(sent: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Strict.model_validate_json(json.dumps(sent))
    response = response_for(refused.value)
    assert response is not None
    assert response.status_code == 422
    text = bytes(response.body).decode()
    assert "12345678" not in text
    assert json.loads(text)["errors"][0]["pointer"].startswith("#")


def test_a_field_is_pointed_at() -> None:
    with pytest.raises(ValidationError) as refused:
        Strict.model_validate_json('{"name": "too long"}')
    response = response_for(refused.value)
    assert response is not None
    (told,) = json.loads(bytes(response.body))["errors"]
    assert told["pointer"] == "#/name"
    assert "5" in told["detail"]


@pytest.mark.parametrize(
    ("field", "pointer"),
    [("nmae", "#/nmae"), ("caller_phone", "#/caller_phone"), (f"tel{SECRET}", "#"), ("nguyễn thị bình", "#"), ("a" * 21, "#")],
)
def test_an_unknown_field_is_named_where_its_name_can_hide_nothing(field: str, pointer: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Strict.model_validate({"name": "An", field: 1})
    response = response_for(refused.value)
    assert response is not None
    (told,) = json.loads(bytes(response.body))["errors"]
    assert told == {"pointer": pointer, "detail": "a field that is not known here; leave it out"}


def test_a_thousand_mistakes_are_not_all_told() -> None:
    with pytest.raises(ValidationError) as refused:
        Strict.model_validate_json(json.dumps({"name": "An", "tags": {f"k{number}": "x" for number in range(1000)}}))
    response = response_for(refused.value)
    assert response is not None
    assert len(json.loads(bytes(response.body))["errors"]) == 20
