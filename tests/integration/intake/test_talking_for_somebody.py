"""A chat in which somebody asks for help for their mother: she is asked on her own phone before anybody comes."""

from shared.events.contract import Sealed
from tests.integration.intake.conftest import Desk
from tests.integration.intake.test_consent import MOTHER, Phones
from tests.integration.intake.test_talking import PLACE, writer


async def test_the_mother_is_asked_on_the_number_that_was_told(desk: Desk) -> None:
    son, phones = await writer(desk, "+84912345678"), Phones(desk)
    for text in ("mẹ tôi không đăng nhập được VNeID", "chưa", PLACE, "tôi tên là Hùng", MOTHER, "1"):
        await son.writes(text)

    await phones.fire()  # at night, or on a Sunday, it waits for the morning
    await phones.let_pass(14 * 24 * 3600)
    asked = next(event for event in await phones.events() if event["type"] == "request.consent_asked")
    assert asked["consent"]["behalf"] is True
    row = await phones.row()
    async with desk.pool.acquire() as connection:
        key = (await desk.vault.keys(connection, [row["key_id"]]))[row["key_id"]]
        mother = await desk.vault.find_contact_point(connection, "+84987654321")
    assert asked["consent"]["contact_point_id"] == str(mother)
    assert "mẹ tôi".encode() in key.open(Sealed(key_id=row["key_id"], box=row["details_box"]), purpose="details")
