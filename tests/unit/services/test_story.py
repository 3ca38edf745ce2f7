"""The story against something that does not play along: one line of what to do, never a traceback."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.story import Story, StoryFailed


async def a_page(_: web.Request) -> web.Response:
    return web.Response(text="<html>", content_type="text/html")


async def no_messages(_: web.Request) -> web.Response:
    return web.json_response([])


async def too_many(_: web.Request) -> web.Response:
    return web.json_response({"detail": "Wait, then try again."}, status=429, content_type="application/problem+json")


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ([web.get("/dev/messages", a_page)], "no JSON"),
        ([web.get("/", a_page)], "404: is that a demonstration"),
        ([web.get("/dev/messages", no_messages), web.post("/v1/requests", too_many)], "429: Wait, then try again"),
    ],
)
async def test_an_answer_that_is_none_ends_the_story_with_advice(routes: list[web.RouteDef], told: str) -> None:
    app = web.Application()
    app.add_routes(routes)
    async with TestServer(app) as server:
        with pytest.raises(StoryFailed, match=told):
            async for _ in Story(str(server.make_url("/")), {"operator": "x", "adapter": "x"}).run():
                pass
