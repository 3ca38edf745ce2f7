"""What OpenAPI says of an answer that is none of an error (those: openapi.py). Nothing is checked by it at run time."""

from typing import Any

from pydantic import BaseModel

from shared.http.body import inlined

Responses = dict[int | str, dict[str, Any]]


def answers(model: type[BaseModel], status: int = 200) -> Responses:
    """For `responses=` of a route."""
    schema = inlined(model.model_json_schema(mode="serialization"))
    return {status: {"description": "Done", "content": {"application/json": {"schema": schema}}}}


def header(name: str, *, longest: int = 200) -> dict[str, Any]:
    """For `parameters` of `openapi_extra`."""
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": longest}}
