"""Bodies that anybody may have written: what gets through is UTF-8, flat, and plain text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from starlette.types import Message

from shared.http.body import DEEPEST, MOST_BYTES, JsonBody, check_json, read_body, replay
from shared.http.problems import Problem

JSON = b"application/json"


def refusal(body: bytes, content_type: bytes = JSON) -> int:
    """The status, or 0 when it is let through."""
    try:
        check_json(body, content_type)
    except Problem as problem:
        return problem.status
    return 0


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        '{"name": "Nguyễn Văn An", "text": "dòng một\\nhai\\tba"}'.encode(),
        b'{"text": "\\u0110\\u00e8n \\ud83d\\ude00"}',
        b'{"text": "a backslash: \\\\u0000"}',
        b'{"text": "NaN is a word, Infinity is another"}',
        b'{"text": "' + b"[{" * 100 + b'"}',
        b'{"text": "a quote \\" and [[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        b'{"rows": [' + b",".join([b'{"a": [1]}'] * 50) + b"]}",
        b"[" * DEEPEST + b"]" * DEEPEST,
    ],
)
def test_an_ordinary_body_is_let_through(body: bytes) -> None:
    assert refusal(body) == 0
    assert json.loads(body) is not None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"text": "\\u0000"}', 422),
        (b'{"text": "\\u001b[31m"}', 422),
        (b'{"text": "\\u007f"}', 422),
        (b'{"text": "\\u0085"}', 422),
        (b'{"text": "\x7f"}', 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "\\udc00\\ud800"}', 422),
        (b'{"deep": [{"list": ["\\uD83D"]}]}', 422),
        (b'{"\\u0000": 1}', 422),
        (b'{"\\udfff": 1}', 422),
        (b'{"lat": NaN}', 400),
        (b'{"lat": Infinity}', 400),
        (b'{"lat": -Infinity}', 400),
        (b'{"text": "\\u0000', 400),
        (b'{"text": "\xff"}', 400),
        (b'{"text": "\xed\xa0\x80"}', 400),
        ('{"text": "Đèn"}'.encode("utf-16"), 400),
        (b"[" * 10_000 + b"]" * 10_000, 400),
        (b"[" * 10_000, 400),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
        (b'{"text": "[", "deep": ' + b"[" * 30 + b"]" * 30 + b"}", 400),
    ],
)
def test_a_hostile_body_is_refused(body: bytes, status: int) -> None:
    assert refusal(body) == status


@pytest.mark.parametrize(
    "content_type", [b"", b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data", b"\xff"]
)
def test_another_content_type_is_refused(content_type: bytes) -> None:
    assert refusal(b"{}", content_type) == 415


@pytest.mark.parametrize("content_type", [b"application/json", b"application/json; charset=utf-8", b"Application/JSON"])
def test_json_is_taken_however_it_is_spelled(content_type: bytes) -> None:
    assert refusal(b"{}", content_type) == 0


@given(st.binary(max_size=400))
def test_any_bytes_are_let_through_or_refused(body: bytes) -> None:
    assert refusal(body) in {0, 400, 422}


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_gets_through_can_be_stored_as_text(value: object) -> None:
    body = json.dumps(value).encode()
    if refusal(body) == 0:
        text = json.dumps(json.loads(body), ensure_ascii=False)
        text.encode("utf-8")
        assert "\\u0000" not in text.replace("\\\\", "")


class Form(BaseModel):
    name: str
    count: int = Field(1, ge=1)


class Scope:
    def __init__(self, body: bytes) -> None:
        self.scope = {"techrescue.body": body}


def test_the_model_comes_straight_from_the_bytes() -> None:
    form = JsonBody(Form).parse(Scope(b'{"name": "An"}'))  # type: ignore[arg-type]
    assert form == Form(name="An", count=1)


def test_no_body_is_told_as_such() -> None:
    with pytest.raises(Problem, match="JSON object"):
        JsonBody(Form).parse(Scope(b""))  # type: ignore[arg-type]


def test_the_documentation_has_no_references() -> None:
    class Outer(BaseModel):
        inner: Form
        more: list[Form] = []

    schema = JsonBody(Outer).schema()["requestBody"]["content"]["application/json"]["schema"]
    assert "$ref" not in json.dumps(schema)
    assert schema["properties"]["inner"]["properties"]["name"]["type"] == "string"


class Wire:
    """What the server hands over, in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
            for number, piece in enumerate(pieces, start=1)
        ]

    async def __call__(self) -> Message:
        return self.messages.pop(0) if self.messages else {"type": "http.disconnect"}


async def test_a_body_in_pieces_is_put_together() -> None:
    assert await read_body(Wire(b"ab", b"", b"cd"), None) == b"abcd"
    assert await read_body(Wire(b"x" * MOST_BYTES), None) == b"x" * MOST_BYTES


@pytest.mark.parametrize("pieces", [[b"x" * (MOST_BYTES + 1)], [b"x" * MOST_BYTES, b"x"], [b"x" * 1000] * 100])
async def test_a_body_that_is_too_long_is_refused_whatever_the_header_said(pieces: list[bytes]) -> None:
    wire = Wire(*pieces)
    with pytest.raises(Problem) as refused:
        await read_body(wire, b"2")
    assert refused.value.status == 413
    assert not wire.messages, "read to its end, so that the client sees the answer"


@pytest.mark.parametrize("heard", [0, 1])
async def test_half_a_body_of_one_who_hung_up_is_not_taken_for_a_whole_one(heard: int) -> None:
    wire = Wire(b"ab", b"cd")
    wire.messages[heard] = {"type": "http.disconnect"}
    with pytest.raises(Problem) as refused:
        await read_body(wire, None)
    assert refused.value.status == 400


async def test_a_length_that_is_no_number_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        await read_body(Wire(b""), b"-1")
    assert refused.value.status == 400


async def test_the_body_can_be_read_once_more() -> None:
    again = replay(b"abc", Wire())
    assert (await again())["body"] == b"abc"
    assert (await again())["type"] == "http.disconnect"
