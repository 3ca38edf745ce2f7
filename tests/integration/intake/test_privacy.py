"""People's own data: what they agreed to, what they may ask within two working days, and what goes when its time is over."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from prometheus_client import REGISTRY

from intake.erase import erase
from intake.privacy.consent_text import CURRENT
from intake.privacy.rights import due_at
from intake.settings import IntakeSettings, Keep
from intake.watch import PlaceWatch
from shared.calendar import OFFICE_HOURS
from shared.events.assignments import JobStatus
from shared.events.contract import ChannelKind, Sealed
from shared.events.requests import RequestState
from shared.ids import uuid7
from tests.integration.intake.conftest import Desk, form, open_desk
from tests.integration.intake.test_aftercare import DAY, Helped, helped
from tests.integration.intake.test_board import Job, filed
from tests.integration.intake.test_talking import writer
from tests.support.databases import set_app_clock

PHONE = "0912 345 678"
AN = {"name": "An", "phone": "0987654321"}


@pytest.fixture
async def forgetful(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn, IntakeSettings(keep=Keep(details_days=30, surveys_days=10))) as opened:
        yield opened


async def asked(desk: Desk, kind: str, **who: str) -> dict[str, Any]:
    body = {"kind": kind, "identified": "callback", **(who or {"phone": PHONE})}
    answer = await desk.post("/v1/privacy/requests", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def details(desk: Desk, code: str) -> dict[str, Any]:
    (row,) = await desk.rows("select key_id, details_box from requests where code = $1", code)
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
    found: dict[str, Any] = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details"))
    return found


async def actions(desk: Desk) -> list[str]:
    return [row["action"] for row in await desk.rows("select action from audit where action like 'privacy%' order by id")]


async def shown(desk: Desk) -> tuple[float | None, ...]:
    """What waits, and what of it is late, as whoever is woken by it sees it."""
    await PlaceWatch(desk.pool).look()
    return tuple(REGISTRY.get_sample_value(f"techrescue_intake_{word}_privacy_requests") for word in ("open", "overdue"))


async def test_what_was_agreed_to_is_kept_with_its_version_its_door_and_its_time(desk: Desk) -> None:
    shown = (await desk.client.get("/v1/privacy/consent-text")).json()
    assert (shown["version"], "đồng ý" in shown["vi"], "agree" in shown["en"]) == (CURRENT, True, True)
    await desk.filed(data_consent=shown["version"])
    await desk.file(form(channel="web", data_consent=CURRENT, requester=AN), role=None)
    await desk.filed(requester={"name": "Ba", "phone": "0987654322"})
    rows = await desk.rows("select version, door, said_by, at from data_consents order by at")
    assert [tuple(row)[:3] for row in rows] == [(CURRENT, "hotline", "test operator"), (CURRENT, "web", "public")]
    refused = await desk.file(form(data_consent="2020-01"))
    assert (refused.status_code, "consent-text" in refused.text) == (422, True), "words that nobody was ever shown"


async def test_a_right_has_two_working_days_and_goes_up_before_they_are_over(desk: Desk) -> None:
    request = await filed(desk)
    right = await asked(desk, "export")
    begun, due = datetime.fromisoformat(right["asked_at"]), datetime.fromisoformat(right["due_at"])
    day = timedelta(
        hours=OFFICE_HOURS.closes.hour - OFFICE_HOURS.opens.hour, minutes=OFFICE_HOURS.closes.minute - OFFICE_HOURS.opens.minute
    )
    assert OFFICE_HOURS.staffed_between(begun, due) == 2 * day.total_seconds()
    assert (await asked(desk, "export", code=request.code))["id"] == right["id"], "asked once while it is open"
    (waiting,) = (await desk.send("GET", "/v1/privacy/requests")).json()["requests"]
    assert (waiting["owner"], waiting["status"]) == ("city_desk", "open")
    case = Helped(desk, request)
    await case.let_pass((due_at(begun, 1) - begun).total_seconds() + 5)
    (waiting,) = (await desk.send("GET", "/v1/privacy/requests")).json()["requests"]
    assert waiting["owner"] == "ops"
    assert await shown(desk) == (1, 0), "its two days are not over"
    await case.let_pass((due - begun).total_seconds())
    assert [action for action in await actions(desk) if action != "privacy_overdue"] == ["privacy_asked", "privacy_raised"]
    assert "privacy_overdue" in await actions(desk)
    assert await shown(desk) == (1, 1)
    refused = await desk.post(f"/v1/privacy/requests/{right['id']}/refuse", {"reason": "not_them"})
    assert refused.json()["status"] == "refused"
    assert await shown(desk) == (0, 0)
    assert (await desk.post(f"/v1/privacy/requests/{right['id']}/refuse", {"reason": "law"})).json()["reason"] == "right_is_over"


async def test_only_people_who_know_who_asks_open_one(desk: Desk) -> None:
    await filed(desk)
    body = {"kind": "erase", "identified": "callback", "phone": PHONE}
    assert (await desk.post("/v1/privacy/requests", body, role=None)).status_code == 401
    assert (await desk.post("/v1/privacy/requests", body, role="adapter")).status_code == 403
    assert (await desk.post("/v1/privacy/requests", {**body, "phone": "0987 000 000"})).status_code == 404
    for bad in ({"kind": "erase", "phone": PHONE}, {**body, "code": "TR-AAAA-AAAA"}, {**body, "identified": "trust me"}):
        assert (await desk.post("/v1/privacy/requests", bad)).status_code == 422


async def test_a_name_and_an_address_are_sealed_anew_and_published(desk: Desk) -> None:
    request = await filed(desk)
    right = await asked(desk, "correct")
    path = f"/v1/privacy/requests/{right['id']}/correct"
    assert (await desk.post(path, {"address": "Số 9"})).status_code == 422, "of which request?"
    assert (await desk.post(path, {"address": "Số 9", "code": "TR-AAAA-AAAA"})).status_code == 404
    done = await desk.post(
        path, {"name": "Nguyễn Thị Bính", "address": "Số 9 ngõ 4", "commune_code": "00082", "code": request.code}
    )
    assert (done.status_code, done.json()["status"]) == (200, "done")
    kept = await details(desk, request.code)
    assert (kept["name"], kept["address"], kept["phone"]) == ("Nguyễn Thị Bính", "Số 9 ngõ 4", "+84912345678")
    (event,) = await desk.events("request.amended")
    assert (event["reason"], event["request"]["version"], "Bính" in str(event)) == ("corrected", 2, False)
    assert event["request"]["commune_code"] == "00082", "whoever goes there is sent to the right address"


async def test_a_wrong_number_moves_everything_under_the_key_of_the_right_one(desk: Desk) -> None:
    request = await filed(desk)
    right = await asked(desk, "correct")
    assert (await desk.post(f"/v1/privacy/requests/{right['id']}/correct", {"phone": "0987 654 321"})).is_success
    (event,) = await desk.events("request.amended")
    after = RequestState.model_validate(event["request"])
    assert after.resident.contact_point_id != request.resident.contact_point_id
    assert after.details.key_id != request.details.key_id
    assert (await details(desk, request.code))["phone"] == "+84987654321"
    gone = await desk.post("/v1/privacy/requests", {"kind": "export", "identified": "callback", "phone": "0912345678"})
    assert gone.status_code == 201, "the wrong number is still somebody's"
    assert await desk.rows("select 1 from requests where contact_point_id = $1", request.resident.contact_point_id) == []


async def test_who_is_erased_has_what_they_asked_for(desk: Desk) -> None:
    request = await filed(desk)
    await asked(desk, "erase")
    async with desk.pool.acquire() as connection, connection.transaction():
        await erase(connection, request.resident.contact_point_id)
    (row,) = await desk.rows("select status, ended_by from privacy_requests")
    assert tuple(row) == ("done", "command")
    assert await actions(desk) == ["privacy_asked", "privacy_done"]


async def test_a_chat_asks_to_be_erased_by_its_conversation(desk: Desk) -> None:
    account = await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    id_ = str((await account.talk())["id"])
    right = await asked(desk, "erase", conversation=id_, identified="chat")
    assert (right["has_number"], right["conversation_id"]) == (False, id_)
    (waiting,) = (await desk.send("GET", "/v1/privacy/requests", role="ops")).json()["requests"]
    assert waiting["conversation_id"] == id_, "whoever erases has nothing else of them"
    for wrong in (
        {"conversation": id_, "phone": PHONE},
        {"conversation": id_, "kind": "export"},
        {"phone": PHONE, "identified": "chat"},
        {"conversation": "nobody"},
    ):
        refused = await desk.post("/v1/privacy/requests", {"kind": "erase", "identified": "callback", **wrong})
        assert refused.status_code == 422, wrong
    unknown = await desk.post("/v1/privacy/requests", {"kind": "erase", "identified": "chat", "conversation": str(uuid7())})
    assert unknown.status_code == 404


async def test_what_a_chat_says_proves_no_number_that_it_has_filed_under(desk: Desk) -> None:
    """Else anybody could file under a number that is not theirs, and have that person erased."""
    request, account = await filed(desk), await writer(desk, None, ChannelKind.TELEGRAM)
    await account.told()
    await account.writes(PHONE)
    await account.writes("1")
    body = {"kind": "erase", "identified": "chat", "conversation": str((await account.talk())["id"])}
    refused = await desk.post("/v1/privacy/requests", body)
    assert (refused.status_code, refused.json()["reason"]) == (409, "chat_proves_no_number")
    right = (await desk.post("/v1/privacy/requests", {**body, "identified": "callback"})).json()
    assert right["has_number"] is True
    assert (await asked(desk, "erase", code=request.code))["id"] == right["id"], "it is about that person"


async def sweep(desk: Desk, case: Helped, days: float) -> None:
    await case.let_pass(days * DAY)


async def test_what_is_over_loses_what_is_personal_and_keeps_its_figures(forgetful: Desk) -> None:
    old, young = await helped(forgetful), await filed(forgetful, requester=AN)
    await old.let_pass(4 * DAY)
    await forgetful.post(f"/v1/requests/{old.request.code}/survey", {"score": 4, "why": "Nhanh"})
    await forgetful.pool.execute("update requests set updated_at = transport.app_clock() where id = $1", old.request.request_id)
    await old.let_pass(11 * DAY)
    (mark,) = await forgetful.rows("select score, why_box from surveys")
    assert tuple(mark) == (4, None)
    assert (await details(forgetful, old.request.code))["name"] == "Nguyễn Thị Bình", "its time is not over"
    await old.let_pass(25 * DAY)
    (row,) = await forgetful.rows("select * from requests where id = $1", old.request.request_id)
    assert (row["phone_box"], row["details_box"], row["name_hashes"]) == ("", "", None)
    assert (row["status"], row["category"], row["commune_code"] is not None) == ("closed", "vneid_login", True)
    assert row["cleared_at"] is not None
    named = {name["request_id"] for name in await forgetful.rows("select request_id from request_names")}
    assert named == {young.request_id}, "nobody finds it by its name any more"
    assert (await details(forgetful, young.code))["name"] == "An", "somebody works on it"
    seen = await forgetful.client.get(f"/v1/requests/{old.request.code}")
    assert seen.json()["status"] == "closed"


LEFT = "select (select count(*) from chronicle), (select count(*) from cards), (select count(*) from desk_calls)"


async def test_how_a_request_went_is_told_no_longer_than_what_it_was_about(forgetful: Desk) -> None:
    old, erased, young = await helped(forgetful), await helped(forgetful, requester=AN), await filed(forgetful)
    await forgetful.board.handle([Job(young).says(JobStatus.ACCEPTED)])
    for request_id, ended in ((old.request.request_id, "now()"), (old.request.request_id, "null"), (young.request_id, "now()")):
        await forgetful.pool.execute(
            "insert into desk_calls (call_id, version, request_id, purpose, owner, due_at, ended_at)"
            f" values ($1, 1, $2, 'assigned', 'hotline', now(), {ended})",
            uuid7(),
            request_id,
        )
    async with forgetful.pool.acquire() as connection, connection.transaction():
        await erase(connection, erased.request.resident.contact_point_id)
    before = tuple((await forgetful.rows(LEFT))[0])
    await old.let_pass(4 * DAY)
    assert tuple((await forgetful.rows(LEFT))[0]) == before, "somebody may ask how it went"
    await old.let_pass(36 * DAY)
    for table in ("chronicle", "cards", "desk_calls"):
        rows = await forgetful.rows(f"select distinct request_id from {table}")
        open_call = {old.request.request_id} if table == "desk_calls" else set()
        assert {row["request_id"] for row in rows} == {young.request_id, *open_call}, table


async def test_what_is_over_goes_in_portions_each_a_transaction_until_all_has_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.privacy.retention.BITE", 2)
    await desk.timers.fire_due()
    for number in range(5):
        await desk.filed(requester={"name": "An", "phone": f"09876543{number:02}"})
    await set_app_clock(desk.dsn, 31 * DAY)
    left = []
    for _ in range(4):
        left.append(await desk.count("idempotency_keys"))
        await desk.timers.fire_due()
    assert left == [5, 3, 1, 0]
    later = "due_at > transport.app_clock() + interval '50 minutes' as later"
    (timer,) = await desk.rows(f"select {later} from timers where kind = 'sweep'")
    assert timer["later"], "nothing is left: it comes again in an hour"
