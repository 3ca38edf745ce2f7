"""What each part of a filing costs: microseconds of CPU in the Python process, measured alone, one form at a time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from intake.draft import Stamp, details_of, draft, new_seed
from intake.forms import RequestForm
from intake.kinds.suggester import load_suggester
from intake.places.placing import Placing
from intake.reception import Reception
from intake.triage import Promises
from shared.masking import mask
from shared.security.codes import new_code
from shared.security.phrases import phrase
from shared.security.sealing import DataKey
from shared.security.tokens import Caller
from shared.security.vault import Vault

ROUNDS: Final = 5000
FREE: Final = "Nộp hồ sơ trực tuyến đến bước cuối báo lỗi hệ thống"
BODY: Final = (
    '{"channel":"hotline","requester":{"name":"Nguyễn Thị Hoa","phone":"0912345678"},"category":"digital_signature",'
    '"description":"Chữ ký số không nhận, báo lỗi chứng thư","location":{"lat":21.02851,"lon":105.80482},"visit_consent":true}'
).encode()


def costs() -> dict[str, float]:
    """Part → microseconds. What is not here (HTTP, batching, waiting for the database) is the rest of the measured rate."""
    vault = Vault(bytes(range(32)))
    reception = Reception(vault.fingerprint)
    caller = Caller("bench", "operator")
    form = RequestForm.model_validate_json(BODY)
    filing = reception.check(form, caller=caller, key="k")
    key = DataKey(uuid4(), bytes(32))
    seed, now, promises = new_seed(), datetime.now(UTC), Promises()
    details = key.box(details_of(filing, seed), purpose="details")
    stranger = vault.strangers([filing.phone])[0]
    stamp = Stamp(
        request_id=uuid4(),
        event_id=uuid4(),
        city="hanoi",
        code=new_code(),
        seed=seed,
        stranger=stranger,
        person=stranger.contact,
        phone_box=details,
        details_box=details,
        now=now,
        expected_at=now,
    )
    return {
        "reading and checking the form": _microseconds(lambda: RequestForm.model_validate_json(BODY)),
        "all checks without a database (place, category, phone, key)": _microseconds(
            lambda: reception.check(form, caller=caller, key="k")
        ),
        "a category out of a free text": _microseconds(lambda: load_suggester().suggest(FREE)),
        "of which the nearest commune": _microseconds(lambda: Placing().place((21.02851, 105.80482), None, None)),
        "masking the description": _microseconds(lambda: mask(form.description)),
        "a contact point and a wrapped key": _microseconds(lambda: vault.strangers([filing.phone])),
        "sealing phone and details": _microseconds(
            lambda: (key.box(b"+84912345678", purpose="phone"), key.box(details_of(filing, seed), purpose="details"))
        ),
        "tracking code, seed and pass phrase": _microseconds(lambda: (new_code(), phrase(new_seed(), 0))),
        "what is promised": _microseconds(lambda: promises.expected_at(filing.triage.priority, now)),
        "row, answer and event": _microseconds(lambda: draft(filing, stamp)),
    }


def _microseconds(part: Callable[[], object]) -> float:
    """The best of three rounds: what it costs when nothing else disturbs."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        for _ in range(ROUNDS):
            part()
        best = min(best, time.process_time() - started)
    return best / ROUNDS * 1e6
