"""What the document of all routes says of access and of errors."""

from fastapi import APIRouter

from shared.http.app import build_app
from shared.security.tokens import Tokens


def test_it_says_who_may_call_and_how_errors_are_told() -> None:
    routes = APIRouter()

    @routes.put("/v1/requests/{code}/location")
    async def locate(code: str, near: int) -> None:
        """Only operators may; the number is there because FastAPI would add an error of its own for it."""

    @routes.get("/v1/requests/{code}")
    async def follow(code: str) -> None:
        """Anybody may, and operators with their token."""

    @routes.get("/v1/offers/{id}")
    async def look(id: str) -> None:  # noqa: A002 - as the route names it
        """Whoever has the link, or a token."""

    document = build_app([routes], tokens=Tokens(None)).openapi()  # type: ignore[arg-type] - nobody is asked

    locate_says = document["paths"]["/v1/requests/{code}/location"]["put"]
    assert locate_says["security"] == [{"bearer": []}]
    assert locate_says["responses"].keys() == {"200", "default"}
    assert "application/problem+json" in locate_says["responses"]["default"]["content"]
    assert {} in document["paths"]["/v1/requests/{code}"]["get"]["security"]
    assert {"link": []} in document["paths"]["/v1/offers/{id}"]["get"]["security"]
    assert document["components"]["schemas"].keys() == {"Problem"}
