"""Guessing is limited and audited: a try that is refused counts and stands in the audit, though all else of it is rolled back."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from intake.settings import IntakeSettings, Limit
from tests.integration.intake.conftest import Desk, open_desk
from tests.integration.intake.test_board import filed
from tests.support.desk import EAST, PLACES, WEST, operator_of

SETTINGS = IntakeSettings(
    strangers_per_request=Limit(most=3, seconds=600),
    phrases_per_visit=Limit(most=3, seconds=600),
    wrong_codes_per_address=Limit(most=3, seconds=600),
)
Try = Callable[..., Awaitable[httpx.Response]]  # of a desk and a code, as somebody (`role`) or nobody


@pytest.fixture
async def strict(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn, SETTINGS) as desk:
        yield desk


def posts(path: str, body: object = None) -> Try:
    async def tried(desk: Desk, code: str, role: str | None = None) -> httpx.Response:
        return await desk.post(f"/v1/requests/{code}/{path}", body, role=role)

    return tried


async def looks(desk: Desk, code: str) -> httpx.Response:
    return await desk.send("GET", f"/v1/requests/{code}", role=None)


REFUSED = {
    "wish to cancel": ("wish", posts("cancel-wish"), "cancelled"),
    "wish to move": ("wish", posts("move-wish", {"address": "5 ngõ 7, Phường Bồ Đề"}), "cancelled"),
    "mark": ("survey", posts("survey", {"score": 5}), "filed"),
    "phrase at the door": ("phrase", posts("visit-check", {"phrase": "hoa sen"}), "filed"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_the_status_refuses_counts_and_is_noted(strict: Desk, what: str) -> None:
    name, tried, status = REFUSED[what]
    request = await filed(strict)
    await strict.pool.execute("update requests set status = $1", status)
    assert [(await tried(strict, request.code)).status_code for _ in range(5)] == [409, 409, 409, 429, 429]
    actions = [
        row["action"] for row in await strict.rows("select action from audit where subject = $1 order by id", request.request_id)
    ]
    assert actions == ["filed"] + [f"{name}_refused"] * 3 + [f"{name}_limited"], "nobody fills the audit"


@pytest.mark.parametrize("what", ["wish to cancel", "wish to move", "phrase at the door"])
async def test_a_token_of_another_commune_tries_no_oftener_than_none(strict: Desk, what: str) -> None:
    _, tried, status = REFUSED[what]
    request = await filed(strict, location=PLACES[EAST])
    await strict.pool.execute("update requests set status = $1", status)
    theirs, anothers = await operator_of(strict, EAST), await operator_of(strict, WEST)
    assert [(await tried(strict, request.code, anothers)).status_code for _ in range(4)] == [409, 409, 409, 429]
    assert {(await tried(strict, request.code, theirs)).status_code for _ in range(4)} == {409}


GUESSES = {
    "tracking": looks,
    "wish": posts("cancel-wish"),
    "survey": posts("survey", {"score": 5}),
    "phrase": posts("visit-check", {"phrase": "hoa sen"}),
    "number": posts("confirm-number", {"code": "123456"}),
    "meeting": posts("meeting"),
}


@pytest.mark.parametrize("what", GUESSES)
async def test_guessing_codes_ends_and_is_in_the_audit_without_an_address(strict: Desk, what: str) -> None:
    answers = [(await GUESSES[what](strict, f"TR-0000-000{n}")).status_code for n in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    rows = await strict.rows("select subject, actor, detail from audit where action = 'guess_missed' order by id")
    assert [(row["actor"], row["detail"]["what"], row["detail"]["limited"]) for row in rows] == [
        *[("public", what, False)] * 3,
        ("public", what, True),
    ]
    assert len({row["subject"] for row in rows}) == 1, "all of one address"
    assert "127.0.0.1" not in str([dict(row) for row in rows])


async def test_a_no_at_the_door_always_gets_through(strict: Desk) -> None:
    request = await filed(strict)
    tried = posts("visit-check", {"phrase": "hoa sen"})
    assert [(await tried(strict, request.code)).status_code for _ in range(4)][-1] == 429
    assert (await posts("visit-check", {"refused": True})(strict, request.code)).status_code == 409, (
        "nobody comes, and it is said"
    )
