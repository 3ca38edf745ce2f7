"""What /openapi.json says beyond what FastAPI sees: who may call each route, and how every error is told."""

from collections.abc import Mapping
from typing import Any, Final

from shared.http.access import RULES, Rule, shape
from shared.http.problems import MEDIA_TYPE

_PROBLEM: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what to do about it"},
        "reason": {"type": "string", "description": "a word of a closed set, for programs"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_BEARER: Final[Mapping[str, Any]] = {"bearer": []}
_LINK: Final[Mapping[str, Any]] = {"link": []}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, with the table of access and the one way of errors in it. FastAPI's own 422 is none of ours."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            responses = operation["responses"]
            responses.setdefault("default", {"description": "Any error, as RFC 9457 tells it."})
            for status, told in responses.items():
                if status == "default" or status.startswith("4"):  # also where a route has a way of its own: the guard has ours
                    told["content"] = {
                        **told.get("content", {}),
                        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
                    }
            operation["security"] = _security(RULES[shape(method.upper(), path)])
    components = document.setdefault("components", {})
    components["schemas"] = {"Problem": dict(_PROBLEM)} | {
        name: schema for name, schema in components.get("schemas", {}).items() if "ValidationError" not in name
    }
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "link": {"type": "apiKey", "in": "query", "name": "t", "description": "of the link in a helper's text"},
    }
    return document


def _security(rule: Rule) -> list[dict[str, Any]]:
    """An empty one says that nothing is needed."""
    ways = [dict(_BEARER)] if rule.roles else []
    if rule.link:
        ways.append(dict(_LINK))
    return [*ways, {}] if rule.public else ways
