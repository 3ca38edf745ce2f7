"""Filing on a real database: once per key, together with its neighbours, whatever breaks on the way."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest

from intake.draft import Filing
from intake.forms import RequestForm
from intake.reception import Reception
from intake.settings import IntakeSettings
from shared.errors import DependencyDown
from shared.events.contract import Sealed
from shared.events.requests import RequestChanged
from shared.postgres import transaction as transactions
from shared.security.phrases import phrase
from shared.security.tokens import Caller
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.support.events import OUTBOX
from tests.support.eventually import eventually
from tests.support.proxy import proxied

OPERATOR = Caller("test operator", "operator")


def filing(desk: Desk, key: str, **changes: Any) -> Filing:
    checked = RequestForm.model_validate_json(orjson.dumps(form(**changes)))
    return Reception(desk.vault.fingerprint).check(checked, caller=OPERATOR, key=key)


async def test_a_filed_request_is_stored_published_and_answered(desk: Desk) -> None:
    response = await desk.file()
    assert response.status_code == 202
    answer = response.json()
    assert set(answer) == {
        "id",
        "code",
        "status",
        "priority",
        "commune_code",
        "expected",
        "pass_phrase",
        "priority_reason",
        "duplicates",
    }
    assert answer["status"] == "filed"
    assert response.headers["location"] == f"/v1/requests/{answer['code']}"
    (event,) = await desk.events()
    assert event["type"] == "request.filed"
    state = RequestChanged.model_validate(event).request
    assert (str(state.request_id), state.code, state.commune_code) == (answer["id"], answer["code"], answer["commune_code"])
    assert await desk.count("requests") == await desk.count("audit") == await desk.count("idempotency_keys") == 1
    (row,) = await desk.pool.fetch(OUTBOX)
    assert [dict(one) for one in desk.handed] == [dict(row)], "the relay gets what it would find"


async def test_the_details_open_with_the_persons_key_and_hold_what_was_said(desk: Desk) -> None:
    answer = await desk.filed(description="mã OTP là 123 456", address="Số 5 ngõ 12", on_behalf_of="Mẹ Hoa")
    state = RequestChanged.model_validate((await desk.events())[0]).request
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [state.details.key_id]))[state.details.key_id]
    details = orjson.loads(key.open(state.details, purpose="details"))
    assert details["name"] == "Nguyễn Thị Bình"
    assert details["phone"] == key.open(state.resident.address, purpose="phone").decode() == "+84912345678"
    assert "123" not in details["description"]
    assert (details["address"], details["on_behalf_of"]) == ("Số 5 ngõ 12", "Mẹ Hoa")
    assert (details["lat"], details["lon"]) == (21.0285, 105.8542)
    assert phrase(details["phrase_seed"], 0) == answer["pass_phrase"]


async def test_only_operators_hear_the_phrase(desk: Desk) -> None:
    chat = await desk.file(form(channel="chat"), role="adapter")
    web = await desk.file(form(channel="web"), role=None)
    assert (chat.status_code, web.status_code) == (202, 202)
    assert "pass_phrase" not in chat.json()
    assert "pass_phrase" not in web.json()


async def test_the_same_key_and_body_give_the_same_answer(desk: Desk) -> None:
    first = await desk.file(key="k")
    again = await desk.file(orjson.dumps(form(), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2), key="k")
    assert first.json() == again.json()
    assert first.status_code == again.status_code == 202
    assert await desk.count("requests") == 1


async def test_the_same_key_with_another_body_is_refused(desk: Desk) -> None:
    await desk.file(key="k")
    other = await desk.file(form(description="etwas ganz anderes"), key="k")
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["errors"][0]["pointer"] or "key" in other.json()["detail"]
    assert await desk.count("requests") == 1


async def test_two_callers_may_use_the_same_key(desk: Desk) -> None:
    hotline = await desk.file(key="1")
    chat = await desk.file(form(channel="chat"), role="adapter", key="1")
    assert hotline.json()["id"] != chat.json()["id"]


async def test_two_hundred_at_once_with_one_key_are_one_request(desk: Desk) -> None:
    responses = await asyncio.gather(*(desk.file(key="k") for _ in range(200)))
    assert {response.status_code for response in responses} == {202}
    assert len({response.content for response in responses}) == 1
    assert await desk.count("requests") == await desk.count("outbox") == await desk.count("audit") == 1


async def test_two_processes_with_one_key_file_one_request(dsn: str) -> None:
    async with open_desk(dsn) as one:
        other = open_desk_of(one)
        results = await asyncio.gather(*(filer.file(filing(one, "k")) for filer in [one.filer, other] for _ in range(50)))
        assert len({str(result.answer["id"]) for result in results}) == 1
        assert len({result.phrase for result in results}) == 1
        assert await one.count("requests") == 1


def open_desk_of(desk: Desk) -> Any:
    """A second filer with lanes of its own, as another process would have."""
    return type(desk.filer)(desk.pool, desk.vault, IntakeSettings(filing_batch=7), lambda _: None)


async def test_many_people_at_once_are_filed_in_few_transactions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = count_commits(monkeypatch)
    people = [form(requester={"name": f"Người {n}", "phone": f"09123{n:05}"}) for n in range(200)]
    responses = await asyncio.gather(*(desk.file(person) for person in people))
    assert [response.status_code for response in responses] == [202] * 200
    assert len({response.json()["code"] for response in responses}) == 200
    assert await desk.count("requests") == await desk.count("outbox") == 200
    assert commits["n"] < 40


async def test_a_poisoned_item_does_not_fail_its_neighbours(desk: Desk) -> None:
    good = [filing(desk, f"good-{n}", requester={"name": "An", "phone": f"09123{n:05}"}) for n in range(20)]
    poisoned = replace(filing(desk, "bad"), caller="a name with a \x00 in it")  # PostgreSQL takes no NUL
    results = await asyncio.gather(
        *(desk.filer.file(item) for item in [*good[:10], poisoned, *good[10:]]), return_exceptions=True
    )
    assert isinstance(results.pop(10), asyncpg.PostgresError)
    assert not [result for result in results if isinstance(result, BaseException)]
    assert await desk.count("requests") == 20


async def test_a_commit_that_fails_files_nothing_and_the_key_works_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        break_commits(broken, before=True)
        assert_come_back_later(await desk.file(key="k"))
    assert await desk.count("requests") == 0
    assert (await desk.file(key="k")).status_code == 202
    assert await desk.count("requests") == 1


async def test_a_commit_whose_outcome_is_unknown_gives_the_one_result_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        break_commits(broken, before=False)
        assert_come_back_later(await desk.file(key="k"))
    (stored,) = await desk.rows("select id, code from requests")
    later = await desk.file(key="k")
    assert (later.json()["id"], later.json()["code"]) == (str(stored["id"]), stored["code"])
    assert later.json()["pass_phrase"]
    assert await desk.count("requests") == await desk.count("outbox") == 1


async def test_a_database_that_goes_away_is_told_and_recovers_without_a_restart(dsn: str) -> None:
    """The connection breaks off in the middle of a filing; nothing is restarted, and the same key is filed once."""
    async with proxied(dsn) as (through, proxy), open_desk(through) as desk:
        await desk.file(key="warms-the-token-up")
        login = await asyncpg.connect(dsn)
        held = login.transaction()
        await held.start()
        await login.execute("lock table intake.requests in exclusive mode")
        waiting = asyncio.create_task(desk.file(key="k"))
        blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        await eventually(lambda: login.fetchval(blocked))
        proxy.sever()
        assert_come_back_later(await waiting)
        await held.rollback()
        await login.close()
        assert (await desk.file(key="k")).status_code == 202
        assert await desk.count("requests") == 2


async def test_stored_answers_hold_no_phrase(desk: Desk) -> None:
    answer = await desk.filed()
    (row,) = await desk.rows("select answer::text as answer from idempotency_keys")
    assert answer["pass_phrase"] not in row["answer"]
    assert "pass_phrase" not in row["answer"]


async def test_an_erased_person_gets_the_answer_without_the_phrase(desk: Desk) -> None:
    first = (await desk.file(key="k")).json()
    (row,) = await desk.rows("select contact_point_id, key_id from requests")
    login = await asyncpg.connect(desk.dsn)
    await desk.vault.erase(login, row["contact_point_id"])
    await login.close()
    again = (await desk.file(key="k")).json()
    assert again == {name: value for name, value in first.items() if name != "pass_phrase"}


async def test_a_key_used_for_another_phone_makes_nobody_in_the_vault(desk: Desk) -> None:
    await desk.file(key="k")
    assert (await desk.file(form(requester={"name": "An", "phone": "0912000111"}), key="k")).status_code == 422
    login = await asyncpg.connect(desk.dsn)
    assert await login.fetchval("select count(*) from vault.keys") == 1
    await login.close()


async def test_one_phone_has_one_contact_point(desk: Desk) -> None:
    for written in ("0912345678", "+84 912 345 678", "84912345678", "912.345.678"):
        await desk.filed(requester={"name": "An", "phone": written})
    assert len(await desk.rows("select distinct contact_point_id from requests")) == 1


async def test_a_landline_is_called(desk: Desk) -> None:
    await desk.filed(requester={"name": "An", "phone": "024 3825 1234"})
    await desk.filed(contact="call")
    await desk.filed()
    assert [event["request"]["by_call"] for event in await desk.events()] == [True, True, False]
    assert [event["recipients"][0]["channels"] for event in await desk.events()] == [["call"], ["call"], ["sms"]]


async def test_a_request_without_a_place_has_an_owner_and_a_timer(desk: Desk) -> None:
    answer = await desk.filed(location=None, address="gần chợ Đồng Xuân")
    assert (answer["status"], answer["commune_code"]) == ("needs_location", None)
    (request,) = await desk.rows("select owner, status from requests")
    assert request["owner"] == "city_desk"
    (timer,) = await desk.rows("select kind, subject from timers where kind = 'locate'")
    assert str(timer["subject"]) == answer["id"]


async def test_coordinates_win_over_the_commune_and_it_is_noted(desk: Desk) -> None:
    answer = await desk.filed(commune_code="00004", location={"lat": 20.985, "lon": 105.78})
    assert answer["commune_code"] != "00004"
    (row,) = await desk.rows("select place_note, commune_code from requests")
    assert row["place_note"] == "coordinates_won"


async def test_the_published_event_is_the_contract_to_the_letter(desk: Desk) -> None:
    """The body is written without its model, for speed; the model must read it and write the same."""
    await desk.filed(vulnerable=["elderly", "no_smartphone"], visit_consent=True)
    await desk.filed(location=None)
    for row in await desk.rows("select body, subject, version, key, source, topic from outbox"):
        written = orjson.loads(row["body"])
        model = RequestChanged.model_validate_json(row["body"])
        assert orjson.loads(model.model_dump_json()).keys() == written.keys()
        assert set(orjson.loads(model.model_dump_json())["request"]) == set(written["request"])
        assert RequestChanged.model_validate(written) == model
        assert (row["subject"], row["version"], row["key"]) == (model.request.request_id, 1, str(model.request.request_id))
        assert (row["source"], row["topic"]) == ("/intake", "techrescue.requests.v1")
        assert isinstance(model.request.details, Sealed)


def count_commits(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    seen = {"n": 0}
    real = transactions._uncancelled

    async def counted(commit: Any) -> Any:
        seen["n"] += 1
        return await real(commit)

    monkeypatch.setattr(transactions, "_uncancelled", counted)
    return seen


def break_commits(monkeypatch: pytest.MonkeyPatch, *, before: bool) -> None:
    """The connection is lost while the COMMIT is on its way: `before` it arrives, or after it was done."""
    real = transactions._uncancelled

    async def lost(commit: Any) -> None:
        if before:
            commit.close()
        else:
            await real(commit)
        raise DependencyDown("PostgreSQL")

    monkeypatch.setattr(transactions, "_uncancelled", lost)


def assert_come_back_later(response: Any) -> None:
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1
    assert response.headers["content-type"] == "application/problem+json"
