"""The pass phrase is read aloud at filing and goes to the registered number: no other answer, row in clear or event has it."""

from typing import Any

import orjson
import pytest

from shared.events.contract import Sealed
from shared.security.phrases import phrase
from tests.integration.intake.conftest import Desk, form
from tests.support.databases import set_app_clock

LOOKS = (
    *("/v1/requests/{code}", "/v1/requests/{code}/life", "/v1/board", "/v1/search?code={code}", "/v1/search?phone=0912345678"),
    *("/v1/messages", "/v1/callers", "/v1/callbacks", "/v1/drafts", "/v1/places/waiting", "/v1/privacy/requests"),
)


async def words_of(desk: Desk) -> tuple[str, str]:
    (row,) = await desk.rows("select key_id, details_box from requests")
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
    seed = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details"))["phrase_seed"]
    return phrase(seed, 0), seed


@pytest.mark.parametrize("role", ["operator", "ward_lead", "ops", "adapter", None])
async def test_nobody_reads_the_phrase_anywhere(desk: Desk, role: str | None) -> None:
    code = (await desk.filed())["code"]
    words, seed = await words_of(desk)
    await desk.post(f"/v1/requests/{code}/phrase")
    shown = [(await desk.send("GET", path.format(code=code), role=role)).text for path in LOOKS]
    shown += [(await desk.post(f"/v1/requests/{code}/{act}", body, role=role)).text for act, body in ACTS]
    for text in (*shown, str(await desk.events())):
        assert words not in text
        assert seed not in text


ACTS: tuple[tuple[str, Any], ...] = (
    ("reveal", {"reason": "callback"}),
    ("phrase", None),
    ("visit-check", {"phrase": "hoa sen"}),
    ("visit-consent", {"agreed": True}),
    ("cancel-wish", None),
)


async def test_an_answer_that_was_lost_is_told_again_with_the_phrase_but_not_for_ever(desk: Desk) -> None:
    first = (await desk.file(form(), key="k")).json()
    assert (await desk.file(form(), key="k")).json()["pass_phrase"] == first["pass_phrase"], "they are still on the line"
    await set_app_clock(desk.dsn, 3601)
    later = (await desk.file(form(), key="k")).json()
    assert later["code"] == first["code"]
    assert "pass_phrase" not in later, "later it is told on a call back to the number only"
