"""The public doors are counted: filings per phone and per address, and wrong codes; windows are shared and they end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from intake.limits import network_of
from intake.settings import IntakeSettings, Limit
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.support.databases import set_app_clock

SETTINGS = IntakeSettings(
    web_per_phone=Limit(most=2, seconds=600),
    web_per_address=Limit(most=5, seconds=600),
    wrong_codes_per_address=Limit(most=3, seconds=600),
)


@pytest.fixture
async def strict(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn, SETTINGS) as desk:
        yield desk


async def file_by_web(desk: Desk, phone: str, key: str | None = None) -> int:
    response = await desk.file(form(channel="web", requester={"name": "An", "phone": phone}), role=None, key=key)
    if response.status_code == 429:
        assert response.headers["content-type"] == "application/problem+json"
        assert 1 <= int(response.headers["retry-after"]) <= 600
        advice = response.json()["advice"]
        assert "chưa được nhận" in advice, "nobody may go home believing that this one is with us"
        assert "gọi 1022" in advice, "whoever is in need now must not wait for a window to end"
    return response.status_code


async def test_a_phone_files_so_often_and_then_waits(strict: Desk) -> None:
    assert [await file_by_web(strict, "0912345678") for _ in range(3)] == [202, 202, 429]
    await set_app_clock(strict.dsn, 601)
    assert await file_by_web(strict, "0912345678") == 202


async def test_an_address_files_so_often_and_then_waits(strict: Desk) -> None:
    assert [await file_by_web(strict, f"091234567{n}") for n in range(6)] == [202] * 5 + [429]


async def test_forty_people_in_front_of_one_dead_counter_file_twice_each_from_its_network(dsn: str) -> None:
    async with open_desk(dsn) as desk:
        filed = [await file_by_web(desk, f"09123456{n:02}") for n in range(40) for _ in range(2)]
    assert set(filed) == {202}


async def test_who_asks_again_for_a_lost_answer_is_not_counted(strict: Desk) -> None:
    assert [await file_by_web(strict, "0912345678", key="k") for _ in range(5)] == [202] * 5
    assert await strict.count("requests") == 1


async def test_a_browser_that_sends_one_form_many_times_at_once_is_one_visitor(strict: Desk) -> None:
    assert set(await asyncio.gather(*(file_by_web(strict, "0912345678", key="k") for _ in range(100)))) == {202}
    assert await strict.count("requests") == 1
    assert {row["used"] for row in await strict.rows("select used from allowances")} == {1}


async def test_two_residents_whose_forms_made_the_same_key_are_two(strict: Desk) -> None:
    assert [await file_by_web(strict, phone, key="1790000000") for phone in ("0912345678", "0912345679")] == [202, 202]
    assert await strict.count("requests") == 2


async def test_the_same_resident_asks_again_and_for_another_wish_needs_another_key(
    strict: Desk,
) -> None:
    body = form(channel="web", requester={"name": "An", "phone": "0912345678"})
    first = (await strict.file(body, role=None, key="k")).json()
    assert (await strict.file(body, role=None, key="k")).json()["code"] == first["code"]
    other = await strict.file({**body, "description": "Còn máy quét nữa"}, role=None, key="k")
    assert other.status_code == 422
    assert await strict.count("requests") == 1


async def test_the_hotline_is_not_counted(strict: Desk) -> None:
    assert {(await strict.file()).status_code for _ in range(8)} == {202}
    assert await strict.count("allowances") == 0


async def test_guessing_codes_ends_soon_and_is_told_when_it_may_go_on(strict: Desk) -> None:
    guesses = [(await strict.client.get(f"/v1/requests/TR-0000-000{n}")) for n in range(4)]
    assert [answer.status_code for answer in guesses] == [404, 404, 404, 429]
    assert 1 <= int(guesses[-1].headers["retry-after"]) <= 600
    assert "1022" in guesses[-1].json()["advice"]
    assert "1022" in guesses[-1].json()["advice_en"]
    await set_app_clock(strict.dsn, 601)
    assert (await strict.client.get("/v1/requests/TR-0000-0009")).status_code == 404


async def test_a_neighbours_guesses_keep_nobody_from_following_their_own_request(strict: Desk) -> None:
    code = (await strict.filed())["code"]
    for number in range(10):
        await strict.client.get(f"/v1/requests/TR-0000-000{number}")
    assert {(await strict.client.get(f"/v1/requests/{code}")).status_code for _ in range(10)} == {200}


async def test_whoever_shares_an_address_with_a_guesser_is_not_locked_out_with_a_token(strict: Desk) -> None:
    code = (await strict.filed())["code"]
    for _ in range(5):
        assert (await strict.send("GET", "/v1/requests/TR-0000-0000")).status_code == 404
    assert [(await strict.client.get("/v1/requests/TR-0000-0000")).status_code for _ in range(4)] == [404, 404, 404, 429]
    assert (await strict.send("GET", f"/v1/requests/{code}")).status_code == 200


async def test_a_wrong_method_is_told_all_that_the_address_takes(strict: Desk) -> None:
    refused = await strict.client.delete("/v1/requests/TR-0000-0000")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, PATCH")


async def test_buckets_name_nobody(strict: Desk) -> None:
    await file_by_web(strict, "0912345678")
    for row in await strict.rows("select bucket from allowances"):
        assert len(row["bucket"]) == 32
        assert b"912345678" not in row["bucket"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::1", "2001:0db8:0001:0002"),
        ("unknown", "unknown"),
    ],
)
def test_a_household_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network
