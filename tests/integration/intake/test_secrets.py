"""What must never be kept is in no table, no outbox row, no log and not even in the boxes, however it was written (law 12)."""

import asyncio
import re

import orjson
import pytest

from shared.events.contract import Sealed
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_canaries import everything
from tests.support.secrets import Form, by_hand, made

SHORT = 5
SAMPLE = [*by_hand(), *made()[::17]]


async def opened(desk: Desk) -> list[str]:
    """Every text of every box, as whoever may open them reads it."""
    async with desk.pool.acquire() as connection:
        rows = await connection.fetch("select key_id, details_box from requests")
        keys = await desk.vault.keys(connection, [row["key_id"] for row in rows])
    boxes = [Sealed(key_id=row["key_id"], box=row["details_box"]) for row in rows]
    details = [orjson.loads(keys[box.key_id].open(box, purpose="details")) for box in boxes]
    return [str(text) for one in details for text in (one["name"], one["description"], one["address"], one["on_behalf_of"])]


async def filed(desk: Desk, place: int, secret: Form) -> None:
    """In every field that takes a text, and once more as a change."""
    body = form(
        requester={"name": f"Bà {secret.text}"[:100], "phone": f"09124{place:05}"},
        description=secret.text,
        address=f"Ngõ nhỏ, {secret.text}",
        on_behalf_of=f"Mẹ {secret.text}"[:100],
    )
    response = await desk.file(body, key=f"secret-{place}")
    assert response.status_code == 202, response.text
    await desk.send("PATCH", f"/v1/requests/{response.json()['code']}", {"description": secret.text})
    await desk.post("/v1/suggestions", {"text": secret.text})


def stands_in(stored: str, secret: str) -> bool:
    """To find the figures at all is quick; what is around them is looked at only then: hashes and microseconds have six, too."""
    return secret in stored and re.search(f"(?<![0-9a-f])(?<!:[0-5][0-9][.]){re.escape(secret)}(?![0-9a-f])", stored) is not None


async def test_no_secret_reaches_a_table_a_topic_or_a_log(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(SAMPLE) >= 100
    await asyncio.gather(*(filed(desk, place, secret) for place, secret in enumerate(SAMPLE)))
    shown = capsys.readouterr()
    stored, boxes = "\n".join([await everything(desk.dsn), shown.out, shown.err]), await opened(desk)
    assert "request.amended" in stored
    assert len(boxes) == 4 * len(SAMPLE)
    # A short one stands in the base64 of some box by chance, and six figures in the middle of a hash; read out of a box none may.
    assert [secret.text for secret in SAMPLE if len(secret.secret) > SHORT and stands_in(stored, secret.secret)] == []
    assert [text for text in boxes if any(secret.secret in text for secret in SAMPLE)] == []
