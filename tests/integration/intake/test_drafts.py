"""Whatever an operator types is there again after a crash, in every window, and becomes one request in one call."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from intake.erase import erase
from intake.hotline.settings import HotlineSettings
from shared.postgres.transaction import transaction
from tests.integration.intake.conftest import Desk, form
from tests.support.desk import EAST, PLACES, WEST
from tests.support.ringing import BINH, CHI, Hotline, a_hotline

S = HotlineSettings()


@pytest.fixture
def line(desk: Desk) -> Hotline:
    return a_hotline(desk)


def whole() -> dict[str, Any]:
    return {name: value for name, value in form().items() if name != "channel"}


async def save(
    desk: Desk, typed: dict[str, Any], *, key: str = "d1", version: int = 0, who: str = "operator", **more: Any
) -> Any:
    answer = await desk.send("PUT", f"/v1/drafts/{key}", {"version": version, "form": typed, **more}, role=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def file(desk: Desk, key: str = "d1", who: str = "operator") -> httpx.Response:
    return await desk.post(f"/v1/drafts/{key}/file", role=who)


async def test_what_is_typed_while_talking_becomes_a_request_in_one_call(desk: Desk) -> None:
    first = await save(desk, {"requester": {"phone": "0912 3"}})
    more = await save(desk, {"requester": {"phone": BINH}, "description": "Không đăng nhập"}, version=first["version"])
    await save(desk, whole(), version=more["version"])
    answer = await file(desk)
    assert answer.status_code == 202, answer.text
    assert answer.json()["pass_phrase"]
    assert answer.headers["location"] == f"/v1/requests/{answer.json()['code']}"
    assert [event["type"] for event in await desk.events()] == ["request.filed"]
    assert (await desk.send("GET", "/v1/drafts")).json()["drafts"] == []


async def test_a_draft_filed_twice_or_by_two_windows_at_once_is_one_request(desk: Desk) -> None:
    await save(desk, whole())
    answers = await asyncio.gather(*(file(desk) for _ in range(5)))
    answers.append(await file(desk))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert await desk.count("requests") == 1


async def test_what_the_database_refuses_leaves_the_draft_to_be_mended(desk: Desk) -> None:
    await save(desk, whole())
    owner = await asyncpg.connect(desk.dsn)
    try:
        await owner.execute("alter table intake.requests add constraint not_this check (category <> 'vneid_login')")
    finally:
        await owner.close()
    assert (await file(desk)).status_code == 500
    assert (await desk.send("GET", "/v1/drafts/d1")).json()["status"] == "open"


async def test_who_files_a_draft_hears_what_may_be_the_same(desk: Desk) -> None:
    first = await desk.filed()
    await save(desk, whole())
    assert (await file(desk)).json()["duplicates"] == [first["code"]]


async def test_what_is_missing_is_named_and_the_draft_is_kept(desk: Desk) -> None:
    typed = {"requester": {"phone": "12345678"}, "category": "kitchen"}
    await save(desk, typed)
    answer = await file(desk)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    told = {error["pointer"] for error in answer.json()["errors"]}
    assert told == {"#/requester/name", "#/requester/phone", "#/category", "#/description"}
    assert "12345678" not in answer.text
    (kept,) = (await desk.send("GET", "/v1/drafts")).json()["drafts"]
    assert (kept["form"], kept["key"]) == (typed, "d1")
    assert await desk.count("requests") == 0


async def test_two_windows_do_not_overwrite_each_other_in_silence(desk: Desk) -> None:
    begun = await save(desk, {"description": "một"})
    await save(desk, {"description": "hai"}, version=begun["version"])
    body = {"version": begun["version"], "form": {"description": "ba"}}
    refused = await desk.send("PUT", "/v1/drafts/d1", body)
    assert (refused.status_code, refused.json()["reason"]) == (409, "draft_changed")
    now = (await desk.send("GET", "/v1/drafts/d1")).json()
    assert (now["form"], now["version"]) == ({"description": "hai"}, 2)
    again = await save(desk, {"description": "hai"}, version=begun["version"])
    assert again["version"] == 2, "an answer that was lost: the same is sent again"


async def test_two_windows_that_begin_at_once_are_one_draft(desk: Desk) -> None:
    bodies = [{"form": {"description": word}} for word in ("một", "hai", "ba")]
    answers = await asyncio.gather(*(desk.send("PUT", "/v1/drafts/d1", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json().get("reason") for answer in answers} == {None, "draft_changed"}
    assert await desk.count("drafts") == 1


async def test_drafts_are_each_operators_own(desk: Desk, line: Hotline) -> None:
    await line.newcomer("an")
    await save(desk, {"description": "của tôi"})
    assert (await desk.send("GET", "/v1/drafts", role="an")).json()["drafts"] == []
    assert (await desk.send("GET", "/v1/drafts/d1", role="an")).status_code == 404
    assert (await file(desk, who="an")).status_code == 404
    await save(desk, {"description": "của An"}, who="an")
    assert await desk.count("drafts") == 2


async def test_a_draft_that_is_filed_is_changed_as_a_request(desk: Desk) -> None:
    await save(desk, whole())
    await file(desk)
    for method, body in [("PUT", {"version": 1, "form": {"description": "khác"}}), ("DELETE", None)]:
        refused = await desk.send(method, "/v1/drafts/d1", body)
        assert (refused.status_code, refused.json()["reason"]) == (409, "draft_filed")


async def test_a_deleted_draft_is_gone_and_its_key_begins_another_request(desk: Desk) -> None:
    await save(desk, whole())
    assert (await desk.send("DELETE", "/v1/drafts/d1")).status_code == 204
    assert (await desk.send("DELETE", "/v1/drafts/d1")).status_code == 404
    assert (await file(desk)).status_code == 404
    stale = await desk.send("PUT", "/v1/drafts/d1", {"version": 1, "form": whole()})
    assert stale.status_code == 404, "another window does not bring it back by itself"
    await save(desk, whole())
    assert (await file(desk)).status_code == 202


async def test_nothing_that_was_typed_stands_in_a_table_and_no_code_even_sealed(desk: Desk) -> None:
    typed = {**whole(), "description": "mã OTP là 123456, gọi 0912 345 678"}
    kept = (await save(desk, typed))["form"]["description"]
    assert "123456" not in kept
    assert "0912 345 678" in kept, "a helper has to be able to call"
    rows = str([dict(row) for row in await desk.rows("select * from drafts")])
    assert not any(word in rows for word in ("Bình", "0912", "912345678", "OTP", "d1'"))


async def test_a_draft_nobody_touches_is_swept_and_one_that_is_touched_stays(desk: Desk, line: Hotline) -> None:
    await save(desk, {"description": "một"})
    await save(desk, {"description": "hai"}, key="d2")
    await line.minutes_pass(S.draft_seconds / 60 - 90)
    await save(desk, {"description": "hai rưỡi"}, key="d2", version=1)
    await line.minutes_pass(150)
    assert [one["key"] for one in (await desk.send("GET", "/v1/drafts")).json()["drafts"]] == ["d2"]


async def test_a_draft_of_a_call_stays_with_its_caller_for_the_next_operator(desk: Desk, line: Hotline) -> None:
    await line.newcomer("an")
    first = (await line.told("a1", "ringing", 0))["call"]
    await save(desk, {"description": "chưa kịp nói hết"}, call=first)
    await line.told("a1", "answered", 3)
    await line.told("a1", "ended", 40)
    await line.minutes_pass(S.draft_seconds / 60 + 70)
    body = {"call": "a2", "event": "ringing", "from": BINH}
    again = (await desk.post("/v1/calls", body, role="adapter")).json()["call"]
    shown = (await desk.send("GET", f"/v1/callers/{again}", role="an")).json()
    assert [(one["form"], one["operator"]) for one in shown["drafts"]] == [({"description": "chưa kịp nói hết"}, "test operator")]
    await line.minutes_pass(31 * 24 * 60)
    assert await desk.count("drafts") == 0


async def test_a_colleague_goes_on_with_what_was_typed_for_this_caller_and_for_nobody_else(desk: Desk, line: Hotline) -> None:
    await line.newcomer("an")
    first = (await line.told("a1", "ringing", 0))["call"]
    begun = await save(desk, {"description": "chưa kịp nói hết"}, call=first)
    again, stranger = await line.told("a2", "ringing", 60), await line.told("b1", "ringing", 60, caller=CHI)
    body = {"form": {"description": "nói tiếp"}, "continues": begun["id"]}
    refused = await desk.send("PUT", "/v1/drafts/d1", {**body, "call": stranger["call"]}, role="an")
    assert refused.status_code == 404
    assert await desk.count("drafts") == 1
    await save(desk, body["form"], who="an", call=again["call"], continues=begun["id"])
    shown = (await desk.send("GET", f"/v1/callers/{again['call']}")).json()["drafts"]
    assert [(one["form"], one["operator"]) for one in shown] == [({"description": "nói tiếp"}, "an")]
    stale = await desk.send("PUT", "/v1/drafts/d1", {"version": 1, "form": {"description": "của tôi"}})
    assert stale.status_code == 404, "the first operator's window hears that it is not theirs any more"


async def test_who_works_for_one_commune_has_drafts_too_and_takes_none_of_a_caller_of_another(desk: Desk, line: Hotline) -> None:
    for name, commune in [("west", WEST), ("east", EAST)]:
        await line.newcomer(name, commune_code=commune)
    await desk.filed(location=PLACES[EAST], requester={"name": "Bình", "phone": BINH})
    call = (await line.told("a1", "ringing", 0))["call"]
    begun = await save(desk, {"description": "chưa kịp nói hết"}, call=call)
    typed = {"requester": {"phone": BINH}}
    for named, status in [({"call": call}, 422), ({"continues": begun["id"]}, 404)]:
        refused = await desk.send("PUT", "/v1/drafts/d1", {"form": typed, **named}, role="west")
        assert refused.status_code == status, refused.text
    await save(desk, typed, who="east", call=call, continues=begun["id"])
    await save(desk, whole(), who="west")
    assert (await file(desk, who="west")).status_code == 202


async def test_what_was_typed_for_somebody_goes_when_they_are_erased(desk: Desk, line: Hotline) -> None:
    call = (await line.told("a1", "ringing", 0))["call"]
    await save(desk, {"description": "một"}, call=call)
    await desk.filed()
    await save(desk, whole(), key="d2")  # known by the number that is typed
    await save(desk, {"description": "của người khác"}, key="d3")
    person = (await desk.rows("select contact_point_id from calls"))[0][0]
    async with transaction(desk.pool, "intake.change") as connection:
        await erase(connection, person)
    assert [one["key"] for one in (await desk.send("GET", "/v1/drafts")).json()["drafts"]] == ["d3"]


WRONG: list[tuple[str, str, Any]] = [
    ("a key with a space", "a b", {"form": {}}),
    ("a call that is none", "d1", {"form": {}, "call": "00000000-0000-0000-0000-000000000001"}),
    ("no form", "d1", {"version": 0}),
    ("a field nobody knows", "d1", {"form": {"otp": "1"}}),
    ("a form that is a list", "d1", {"form": []}),
]


@pytest.mark.parametrize(("key", "body"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_what_is_no_draft_is_refused_with_advice(desk: Desk, key: str, body: Any) -> None:
    answer = await desk.send("PUT", f"/v1/drafts/{key}", body)
    assert (answer.status_code, await desk.count("drafts")) == (422, 0), answer.text
    assert answer.json()["errors"]


async def test_a_door_of_others_is_not_filed_through(desk: Desk) -> None:
    await save(desk, {**whole(), "channel": "web"})
    answer = await file(desk)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/channel"]


@pytest.mark.parametrize("role", [None, "adapter", "ward_lead", "ops"])
async def test_only_operators_have_drafts(desk: Desk, role: str | None) -> None:
    answer = await desk.send("PUT", "/v1/drafts/d1", {"form": {}}, role=role)
    assert answer.status_code == (401 if role is None else 403)
