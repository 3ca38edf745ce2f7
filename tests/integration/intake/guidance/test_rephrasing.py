"""A language model may say an entry in plainer words. It hears nothing of who asks, and whatever it does, an answer comes."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from intake.guidance.library import load_library
from intake.guidance.rephrasing import FAILURES, REST_SECONDS, AsItIs, ModelSettings, Rephraser, open_rephraser
from tests.integration.intake.guidance.conftest import open_reader
from tests.support.eventually import eventually
from tests.support.provider import Act, Provider, a_provider, drips, hangs_up, never_answers, nobody, pours, says

ENTRY = load_library().get("vneid-password")
assert ENTRY is not None
OWN = list(ENTRY.told("vi").steps)
PLAINER = [OWN[0].replace(", ở", ". Ở"), *OWN[1:]]


def model_says(steps: object) -> Act:
    return says({"choices": [{"message": {"role": "assistant", "content": json.dumps(steps, ensure_ascii=False)}}]})


@asynccontextmanager
async def a_model(*acts: Act, seconds: float = 5.0) -> AsyncIterator[tuple[Rephraser, Provider]]:
    async with a_provider(*acts) as provider:
        settings = ModelSettings(url=f"{provider.url}/v1", model="plain-words", key="not-for-logs", seconds=seconds)
        async with open_rephraser(settings) as plain:
            assert isinstance(plain, Rephraser)
            yield plain, provider


async def test_off_by_default() -> None:
    async with open_rephraser(None) as plain:
        assert isinstance(plain, AsItIs)
        assert ENTRY is not None
        assert await plain.words(ENTRY, "vi") is None


async def test_plainer_words_come_to_whoever_asks_and_the_model_hears_only_the_entry(dsn: str) -> None:
    async with a_model(model_says(PLAINER)) as (plain, provider), open_reader(dsn, plain=plain) as reader:
        found = (await reader.finds("tôi là Kanarienvogel 0912345678 quên mật khẩu vneid", limit=1))[0]
        again = (await reader.client.get("/v1/guidance/vneid-password")).json()
    assert found["steps"] == PLAINER == again["steps"]
    assert found["rephrased"]
    assert (found["title"], found["never"][0]) == ("Lấy lại mật khẩu VNeID", "Không đọc mã OTP cho bất kỳ ai.")
    [asked] = provider.asked  # once for both
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == "Bearer not-for-logs"
    assert b"Kanarienvogel" not in asked.body
    assert b"0912345678" not in asked.body
    assert json.loads(asked.json["messages"][1]["content"]) == OWN


async def test_all_that_is_found_is_asked_for_at_once(dsn: str) -> None:
    """This model answers nobody before all are there: asked for one after the other, whoever searches waits for each."""
    question = "mật khẩu vneid"
    asked = [hit.entry.id for hit in load_library().hits(question) if hit.entry.told("vi").steps]
    assert len(asked) > 1

    async def when_all_are_there(provider: Provider, request: web.Request) -> web.StreamResponse:
        await eventually(lambda: len(provider.asked) == len(asked))
        return await model_says(json.loads((await request.json())["messages"][1]["content"]))(provider, request)

    async with a_model(when_all_are_there) as (plain, _), open_reader(dsn, plain=plain) as reader:
        found = await reader.finds(question)
    assert {one["id"] for one in found if one["rephrased"]} == set(asked)


@pytest.mark.parametrize(
    "act",
    [
        says(b"<html>Bad Gateway</html>"),
        says({"choices": []}),
        says({"error": "overloaded"}, status=503),
        says(b"", status=302, location="http://127.0.0.1/elsewhere"),
        model_says(PLAINER[:3]),
        model_says([*PLAINER, "Gọi 0912345678"]),
        model_says([f"{PLAINER[0]} vneid-gov.vn", *PLAINER[1:]]),
        model_says(["bla"] * 5),
        hangs_up,
        never_answers,
        drips(b'{"choices": '),
        pours(1024 * 1024 * 1024),
    ],
    ids=["page", "empty", "503", "elsewhere", "fewer", "more", "link", "nonsense", "hangs up", "silent", "drips", "a gigabyte"],
)
async def test_whatever_it_does_the_entry_stands_as_it_is(act: Act, dsn: str) -> None:
    async with a_model(act, seconds=0.3) as (plain, provider), open_reader(dsn, plain=plain) as reader:
        entry = (await reader.client.get("/v1/guidance/vneid-password")).json()
    assert (entry["steps"], entry["rephrased"]) == (OWN, False)
    assert len(provider.asked) == 1
    assert provider.poured < 16 * 1024 * 1024


async def test_one_that_is_gone_is_left_alone_and_asked_again_later() -> None:
    assert ENTRY is not None
    clock = [0.0]
    async with a_provider(says(b"", status=503)) as provider, aiohttp.ClientSession() as session:
        plain = Rephraser(session, ModelSettings(url=provider.url, model="m"), now=lambda: clock[0])
        for _ in range(FAILURES + 4):
            assert await plain.words(ENTRY, "vi") is None
        assert len(provider.asked) == FAILURES
        clock[0] = REST_SECONDS + 1
        provider.will(model_says(PLAINER))
        words = await plain.words(ENTRY, "vi")
        assert words is not None
        assert list(words.steps) == PLAINER


async def test_nobody_there_at_all() -> None:
    assert ENTRY is not None
    async with open_rephraser(ModelSettings(url=nobody(), model="m")) as plain:
        assert await plain.words(ENTRY, "en") is None
