"""The HTTP routes of the kinds of trouble: which there are, what is asked about each, and what a text seems to be about."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from intake.forms import Form, Text
from intake.kinds.kind import Suggest
from intake.kinds.scripts import kinds, script_of
from intake.kinds.suggester import load_suggester
from intake.places.resolution import Resolves, view_of
from shared.http.body import JsonBody
from shared.http.direct import json_answer


class TextForm(Form):
    """Body of POST /v1/suggestions. What is sent is neither stored nor logged."""

    text: Text


TextBody: Final = JsonBody(TextForm)


def kinds_router(places: Resolves, suggest: Suggest | None = None) -> APIRouter:
    """`places`: what reads where somebody is, out of the same text."""
    suggest = suggest or load_suggester().suggest
    routes = APIRouter(tags=["categories"])
    listed = {"categories": kinds()}

    @routes.get("/v1/categories")
    async def list_categories() -> dict[str, Any]:
        return listed

    @routes.get("/v1/categories/{key}/questions")
    async def list_questions(key: str) -> dict[str, Any]:
        return {"category": key, "questions": [question.view() for question in script_of(key)]}

    @routes.post("/v1/suggestions", openapi_extra=TextBody.schema())
    async def suggest_category(request: Request) -> Response:
        text = TextBody.parse(request).text
        found, place = suggest(text), places.resolve(text)
        return json_answer(
            {
                "category": found.category,
                "confidence": found.confidence,
                "candidates": [{"category": category, "score": score} for category, score in found.candidates],
                "place": {"commune_code": place.commune_code, "confidence": place.confidence, **view_of(place)},
            }
        )

    return routes
