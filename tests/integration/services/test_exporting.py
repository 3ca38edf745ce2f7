"""`techrescue privacy export`: what every context keeps of a person, for that person; it ends what they have asked for."""

from collections.abc import AsyncIterator

import orjson
import pytest

from intake.privacy.consent_text import CURRENT
from services.exporting import export
from shared.errors import NotFound
from tests.integration.intake.conftest import MASTER_KEY, Desk, open_desk
from tests.integration.intake.test_privacy import asked

PHONE = "+84912345678"  # of `form`


@pytest.fixture
async def desk(dsn: str) -> AsyncIterator[Desk]:
    async with open_desk(dsn) as opened:
        yield opened


async def test_everything_of_a_person_is_opened_for_them_and_nothing_of_others(desk: Desk) -> None:
    mine = await desk.filed(data_consent=CURRENT, address="Số 7 ngõ Gạch", visit_consent=True)
    await desk.filed(requester={"name": "Ông Ba", "phone": "0987 654 321"}, description="của người khác")
    right = await asked(desk, "export")
    found = await export(desk.dsn, MASTER_KEY, PHONE)
    (request,) = found["intake"]["requests"]
    assert (request["code"], request["phone"], request["details"]["address"]) == (mine["code"], PHONE, "Số 7 ngõ Gạch")
    assert "phrase_seed" not in request["details"], "a secret of the visit, not data about them"
    assert [one["version"] for one in found["intake"]["data_consents"]] == [CURRENT]
    told = orjson.dumps(found, default=str).decode()
    assert "Nguyễn Thị Bình" in told
    assert "người khác" not in told
    assert "Ông Ba" not in told
    assert {"intake", "dispatch", "notify"} <= found.keys()
    (row,) = await desk.rows("select status, ended_by from privacy_requests where id = $1::uuid", right["id"])
    assert tuple(row) == ("done", "command")


async def test_whoever_was_never_here_has_nothing_to_export(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await export(desk.dsn, MASTER_KEY, "+84900000001")
