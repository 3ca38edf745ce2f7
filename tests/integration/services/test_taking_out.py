"""A daughter has filed for her mother, who is erased: the request stays the daughter's, and says nothing of the mother."""

from collections.abc import AsyncIterator
from uuid import UUID

import orjson
import pytest

from services.erasing import erase
from shared.events.contract import Sealed
from shared.events.messages import Answer
from shared.security.vault import Vault
from tests.integration.intake.conftest import MASTER_KEY, Desk, form, open_desk
from tests.integration.intake.test_consent import Phones
from tests.integration.intake.test_talking import writer
from tests.support.opening import opened_in_tables

MOTHER = "+84987654321"
FORM = {"on_behalf_of": "Zyxwq", "visited_phone": MOTHER, "address": "7 ngõ Kvuxyz", "description": "Máy in hỏng"}


@pytest.fixture
async def desk(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn) as opened:
        yield opened


async def told_of_her(desk: Desk) -> set[str]:
    """What of her opens with any key, in tables that are kept longer than what was published."""
    opened = await opened_in_tables(desk.dsn, Vault(MASTER_KEY))
    words = " ".join(said for table, said in opened if not table.endswith((".outbox", ".log")))
    return {word for word in ("Zyxwq", "Kvuxyz", MOTHER) if word in words}


async def test_what_says_who_and_where_goes_and_the_desk_finds_out_how_it_goes_on(desk: Desk) -> None:
    phones = Phones(desk)
    code = await phones.file(**FORM)
    await phones.answer(Answer.AGREED)
    asked = (await phones.newest()).consent
    assert (await phones.row())["visit_consent"] is True
    assert await told_of_her(desk) == {"Zyxwq", "Kvuxyz", MOTHER}

    await erase(desk.dsn, MASTER_KEY, MOTHER)
    amended = await phones.newest()
    assert (amended.reason, amended.consent) == ("visited_erased", asked), "her question is closed"
    assert amended.request.visit_consent is None, "nobody has said that somebody may come"
    assert await told_of_her(desk) == set()
    row = await phones.row()
    assert (row["status"], row["owner"], row["version"]) == ("filed", "city_desk", amended.request.version)
    shown = (await desk.send("POST", f"/v1/requests/{code}/reveal", {"reason": "call_back"})).json()
    assert "Máy in hỏng" in str(shown), "what she has told of the trouble is the daughter's"

    await phones.fire()
    unanswered = await phones.newest()
    assert (unanswered.reason, [one.contact_point_id for one in unanswered.recipients]) == (
        "unreached",
        [row["contact_point_id"]],
    )
    said = await desk.post(f"/v1/requests/{code}/visit-consent", {"agreed": True})
    assert said.status_code == 200, said.text
    assert (await phones.row())["visit_consent"] is True, "whom an operator has found and asked"


async def test_what_is_over_says_nothing_of_her_either_and_is_no_bother(desk: Desk) -> None:
    phones = Phones(desk)
    code = await phones.file(**FORM)
    await desk.post(f"/v1/requests/{code}/cancel")
    before = await phones.told()
    await erase(desk.dsn, MASTER_KEY, MOTHER)
    await phones.fire()
    assert await told_of_her(desk) == set()
    assert await phones.told() == before
    assert ((await phones.row())["status"], (await phones.row())["owner"]) == ("cancelled", None)


@pytest.mark.parametrize("by", ["number", "chat"])
async def test_whom_others_have_named_and_nobody_has_asked_yet_is_not_asked(desk: Desk, by: str) -> None:
    """At night, for what can wait: the number lies in the request, and to us she is nobody, or somebody who wrote from it."""
    answer = await desk.file(form(channel="web", category="death", **FORM), role=None)
    assert await told_of_her(desk) == {"Zyxwq", "Kvuxyz", MOTHER}
    who: str | UUID = MOTHER
    if by == "chat":
        mother = await writer(desk, MOTHER)
        await mother.writes("xóa dữ liệu của tôi")
        who = (await mother.talk())["id"]
    await erase(desk.dsn, MASTER_KEY, who)
    assert await told_of_her(desk) == set()
    phones = Phones(desk)
    await phones.fire()
    (row,) = await desk.rows("select code, contact_point_id from requests")
    assert row["code"] == answer.json()["code"]
    hearers = {one["contact_point_id"] for event in await phones.events() for one in event.get("recipients", ())}
    assert hearers == {str(row["contact_point_id"])}, "nobody but who filed it"
    assert (await phones.row())["owner"] == "city_desk"


async def test_what_was_filed_for_somebody_else_is_as_it_was(desk: Desk) -> None:
    await Phones(desk).file(**FORM)
    other = await desk.filed(on_behalf_of="Ba Hoa", visited_phone="0977 111 222", address="9 ngõ Gạch")
    await erase(desk.dsn, MASTER_KEY, MOTHER)
    (row,) = await desk.rows("select version, key_id, details_box from requests where code = $1", other["code"])
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
    kept = orjson.loads(key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details"))
    assert (kept["on_behalf_of"], kept["address"], row["version"]) == ("Ba Hoa", "9 ngõ Gạch", 1)
