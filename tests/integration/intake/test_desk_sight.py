"""Two operators, two communes: neither reads or changes what is the other's, and it is the database that says so."""

from typing import Any

import pytest

from intake.desk.sight import Sight, seeing
from shared.events.assignments import JobStatus
from shared.security.tokens import Role
from tests.integration.intake.conftest import Desk, form
from tests.integration.intake.test_board import Job, filed, written
from tests.support.desk import EAST, PLACES, WEST, board, codes, operator_of

SEEN_TABLES = (
    *("requests", "audit", "steps", "visits", "pauses", "consents", "cards", "offers_out", "desk_calls"),
    *("chronicle", "board_changes", "request_names", "merges", "reveals", "incoming_messages"),
)


async def two_communes(desk: Desk) -> tuple[Any, Any]:
    west = await filed(desk, location=PLACES[WEST], requester={"name": "Trần Phương Tây", "phone": "0912345671"})
    east = await filed(desk, location=PLACES[EAST], requester={"name": "Trần Phương Đông", "phone": "0912345672"})
    await desk.board.handle([Job(west).says(JobStatus.PENDING), Job(east).says(JobStatus.PENDING)])
    return west, east


async def test_a_query_without_a_condition_gives_only_what_is_in_sight(desk: Desk) -> None:
    west, east = await two_communes(desk)
    for commune, ours in ((WEST, west), (EAST, east)):
        async with seeing(desk.pool, Sight("hanoi", commune)) as connection:
            assert [row["id"] for row in await connection.fetch("select id from requests")] == [ours.request_id]
            for table in ("steps", "cards", "chronicle", "board_changes", "request_names"):
                rows = await connection.fetch(f"select distinct request_id from {table}")
                assert [row["request_id"] for row in rows] == [ours.request_id], table
            assert {row["subject"] for row in await connection.fetch("select subject from audit")} == {ours.request_id}
    async with seeing(desk.pool, Sight("hanoi")) as connection:
        assert await connection.fetchval("select count(*) from requests") == 2
    async with seeing(desk.pool, Sight("hue")) as connection:
        assert await connection.fetchval("select count(*) from requests") == 0


async def test_whoever_has_told_no_commune_sees_nothing_and_the_role_ends_with_the_transaction(desk: Desk) -> None:
    await two_communes(desk)
    async with desk.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("set local role techrescue_desk")
            assert [await connection.fetchval(f"select count(*) from {table}") for table in SEEN_TABLES] == [0] * len(SEEN_TABLES)
        assert await connection.fetchval("select count(*) from requests") == 2
        assert await connection.fetchval("select current_user") == "techrescue_intake"


async def test_by_the_code_of_another_communes_request_a_token_hears_what_anybody_does(desk: Desk) -> None:
    west, east = await two_communes(desk)
    mine = await operator_of(desk, WEST)
    own, theirs, anybodys = [
        (await desk.send("GET", f"/v1/requests/{code}", role=role)).json()
        for code, role in ((west.code, mine), (east.code, mine), (east.code, None))
    ]
    assert "job_id" in own
    assert theirs == anybodys
    for _ in range(40):
        answer = await desk.send("GET", "/v1/requests/TR-ABCD-2345", role=mine)
    assert answer.status_code == 429, "who guesses is counted, with whatever token"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.WARD_LEAD])
async def test_a_token_of_one_commune_has_a_board_of_its_own(desk: Desk, role: Role) -> None:
    west, east = await two_communes(desk)
    mine, theirs = await operator_of(desk, WEST, role), await operator_of(desk, EAST, role)
    assert await codes(desk, role=mine) == [west.code]
    assert await codes(desk, role=theirs) == [east.code]
    assert await codes(desk, f"?commune={EAST}", role=mine) == []
    assert set(await codes(desk)) == {west.code, east.code}


async def test_neither_finds_the_others_people_nor_reads_their_life(desk: Desk) -> None:
    west, east = await two_communes(desk)
    mine = await operator_of(desk, WEST)
    for query in (f"code={east.code}", "phone=0912345672", "name=Trần Phương Đông"):
        assert (await desk.send("GET", f"/v1/search?{query}", role=mine)).json() == {"requests": []}, query
    found = (await desk.send("GET", "/v1/search?name=phuong", role=mine)).json()["requests"]
    assert [one["code"] for one in found] == [west.code]
    assert (await desk.send("GET", f"/v1/requests/{east.code}/life", role=mine)).status_code == 404
    assert (await desk.send("GET", f"/v1/requests/{west.code}/life", role=mine)).status_code == 200


async def test_neither_changes_reveals_or_merges_what_is_the_others(desk: Desk) -> None:
    west, east = await two_communes(desk)
    mine = await operator_of(desk, WEST)
    tries = [
        ("POST", f"/v1/requests/{east.code}/cancel", None),
        ("PATCH", f"/v1/requests/{east.code}", {"description": "đổi"}),
        ("POST", f"/v1/requests/{east.code}/complaint", {"reason": "late"}),
        ("POST", f"/v1/requests/{east.code}/visit-consent", {"agreed": True}),
        ("POST", f"/v1/requests/{east.code}/reveal", {"reason": "call_back"}),
        ("POST", f"/v1/requests/{east.code}/merge", {"into": west.code}),
        ("POST", f"/v1/requests/{west.code}/merge", {"into": east.code}),
        ("POST", f"/v1/requests/{east.code}/unmerge", None),
        ("PUT", f"/v1/requests/{east.code}/location", {"commune_code": WEST}),
    ]
    before = await desk.rows("select id, version, status from requests order by id")
    for method, path, body in tries:
        assert (await desk.send(method, path, body, role=mine)).status_code == 404, path
    assert await desk.rows("select id, version, status from requests order by id") == before
    assert (await desk.post(f"/v1/requests/{west.code}/cancel", role=mine)).status_code == 200


async def test_what_people_wrote_is_read_where_their_requests_are(desk: Desk) -> None:
    west, east = await two_communes(desk)
    for request, words in ((west, "phía tây"), (east, "phía đông")):
        async with desk.pool.acquire() as connection:
            key = (await desk.vault.keys(connection, [request.details.key_id]))[request.details.key_id]
        sealed = key.seal(words.encode(), purpose="text")
        await desk.board.handle([written(request.resident.contact_point_id, sealed, request)])
    mine = await operator_of(desk, WEST)
    (message,) = (await desk.send("GET", "/v1/messages", role=mine)).json()["messages"]
    assert message["text"] == "phía tây"
    every = (await desk.send("GET", "/v1/messages")).json()["messages"]
    (other,) = [one for one in every if one["text"] == "phía đông"]
    assert (await desk.post(f"/v1/messages/{other['id']}/read", role=mine)).status_code == 404
    assert (await desk.post(f"/v1/messages/{message['id']}/read", role=mine)).status_code == 200


async def test_suggestions_at_a_filing_name_only_what_the_operator_may_see(desk: Desk) -> None:
    _, east = await two_communes(desk)
    mine = await operator_of(desk, WEST)
    again = form(location=PLACES[EAST], requester={"name": "Trần Phương Đông", "phone": "0912345672"})
    assert (await desk.file(again, role=mine)).json()["duplicates"] == []
    assert east.code in (await desk.file(again)).json()["duplicates"]


async def test_ops_see_the_board_without_names_of_helpers(desk: Desk) -> None:
    await two_communes(desk)
    assert len((await board(desk, role="ops"))["requests"]) == 2
    assert (await desk.send("GET", "/v1/search?code=TR-0000-0000", role="ops")).status_code == 403


@pytest.mark.parametrize("path", ["/v1/privacy/requests"])
async def test_what_is_of_the_whole_city_is_not_for_a_token_of_one_commune(desk: Desk, path: str) -> None:
    mine = await operator_of(desk, WEST)
    assert (await desk.send("GET", path)).status_code == 200
    assert (await desk.send("GET", path, role=mine)).status_code == 403
