"""What OpenAPI says of the Open311 routes. Data only."""

from collections.abc import Mapping
from typing import Any, Final

from shared.http.documented import Responses

_TEXT: Final = {"type": ["string", "null"]}
_NUMBER: Final = {"type": ["number", "null"]}
_ERROR: Final = {
    "type": "array",
    "items": {"type": "object", "properties": {"code": {"type": "integer"}, "description": {"type": "string"}}},
}


def _rows(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties}}


def _either(schema: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON; as XML the same, which no JSON schema describes."""
    return {"application/json": {"schema": dict(schema)}, "text/xml": {"schema": {"type": "string"}}}


ERRORS: Final[Responses] = {"4XX": {"description": "Refused, with advice", "content": _either(_ERROR)}}


def _answers(schema: Mapping[str, Any]) -> Responses:
    return {200: {"description": "Done", "content": _either(schema)}, **ERRORS}


def _query(name: str, what: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": what, "schema": {"type": "string"}}


_JURISDICTION: Final = _query("jurisdiction_id", "the city; may be left out")
FORMAT: Final[dict[str, Any]] = {"parameters": [_JURISDICTION]}
LIST: Final[dict[str, Any]] = {
    "parameters": [
        _JURISDICTION,
        _query("service_request_id", "ids apart by commas; overrides the rest"),
        _query("service_code", "apart by commas"),
        _query("start_date", "W3C, e.g. 2026-03-02T00:00:00+07:00; at most 90 days before end_date"),
        _query("end_date", "W3C"),
        _query("status", "open, closed"),
        _query("page", "from 1"),
        _query("page_size", "1 to 200; 50 if not said"),
    ]
}
_FIELDS: Final = (
    *("api_key", "service_code", "lat", "long", "address_string", "address_id", "email", "device_id", "account_id"),
    *("first_name", "last_name", "phone", "description", "media_url", "attribute[VULNERABLE][]"),
    *("attribute[SOMEONE_PRESENT]", "attribute[VISIT_CONSENT]", "attribute[ON_BEHALF_OF]"),
    *("attribute[VISITED_PHONE]", "attribute[DATA_CONSENT]"),
)
FORM: Final[dict[str, Any]] = {
    "parameters": [_JURISDICTION],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["api_key", "service_code", "phone"],
                    "properties": {name: {"type": "string"} for name in _FIELDS},
                }
            }
        },
    },
}
SERVICES: Final = _answers(
    _rows(
        service_code={"type": "string"},
        service_name={"type": "string"},
        description={"type": "string"},
        metadata={"type": "boolean"},
        type={"type": "string", "enum": ["realtime", "batch", "blackbox"]},
        keywords={"type": "string"},
        group={"type": "string"},
    )
)
DEFINITION: Final = _answers(
    {"type": "object", "properties": {"service_code": {"type": "string"}, "attributes": {"type": "array"}}}
)
REQUEST: Final = _answers(
    _rows(
        service_request_id={"type": "string"},
        service_notice=_TEXT,
        account_id=_TEXT,
        status={"type": "string", "enum": ["open", "closed"]},
        service_code={"type": "string"},
        requested_datetime=_TEXT,
        updated_datetime=_TEXT,
        expected_datetime=_TEXT,
        address=_TEXT,
        address_id=_TEXT,
        lat=_NUMBER,
        long=_NUMBER,
    )
)
TOKENS: Final = _answers(_rows(service_request_id={"type": "string"}, token={"type": "string"}))
DISCOVERY: Final = _answers({"type": "object", "properties": {"changeset": {"type": "string"}, "endpoints": {"type": "array"}}})
