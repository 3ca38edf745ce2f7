"""What people write beside an answer, or instead of one: no code, card or citizen ID of it is in any box that is kept or told."""

from typing import Any

from shared.events.contract import Sealed
from shared.events.registry import EventType
from shared.events.requests import Inquired
from tests.integration.notify.test_inquiries import resolved
from tests.support.notifying import Bureau
from tests.support.secrets import by_hand, made

SAMPLE = [*by_hand(), *made()[::17]]


async def test_no_secret_is_stored_or_passed_on_however_it_is_written(bureau: Bureau) -> None:
    case = await resolved(bureau)
    await case.says(EventType.REQUEST_INQUIRED, Inquired.SURVEY)
    for form in SAMPLE:
        for text in (form.text, f"1 10 {form.text}"):
            await bureau.writes(case.lan, text, read=False)
    while await bureau.one("select count(*) from inbound_texts where handled_at is null"):
        await bureau.read()

    def opened(box: dict[str, Any]) -> str:
        return case.lan.key.open(Sealed(**box), purpose="text").decode()

    kept = [opened({"key_id": row["key_id"], "box": row["body"]}) for row in await bureau.rows("select * from inbound_texts")]
    whys = [opened(reply["why"]) for reply in await bureau.emitted(EventType.REPLY_RECEIVED)]
    passed_on = [opened(message["text"]) for message in await bureau.emitted(EventType.MESSAGE_RECEIVED)]
    assert len(kept) == 2 * len(SAMPLE)
    assert len(whys) > 0.95 * len(SAMPLE), "where no other figures follow at once, the answer was read as one"
    assert len(passed_on) > len(SAMPLE)
    assert [text for text in (*kept, *whys, *passed_on) if any(form.secret in text for form in SAMPLE)] == []
