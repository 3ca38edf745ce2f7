"""The use case of the door: somebody stands there, and the visited person asks us. Load, decide, save, publish; no rules here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson

from intake import store
from intake.changes import SOURCE, PersonErased
from intake.forms import VisitCheckForm
from intake.limits import Limits
from intake.queries import QUERIES
from intake.store import AuditNote
from intake.stored import StoredRequest
from intake.tries import Tries
from intake.visit import MOST_WRONG, Judged, Knock, Visit, compared, expected, refused
from shared.events.contract import Sealed
from shared.events.envelope import Event
from shared.events.registry import EventType
from shared.events.requests import Suspicion, VisitSuspicious
from shared.http.limits import TooMany
from shared.postgres.transaction import app_now, transaction
from shared.security.phrases import phrase
from shared.security.sealing import DataKey
from shared.security.vault import Vault
from shared.transport.outbox import append

ADVICE: Final = {
    Knock.KNOWN: (
        "Đúng ám hiệu. Có thể mở cửa. Không đưa OTP hay tiền cho ai.",
        "The pass phrase is right. You may open. Give nobody an OTP or money.",
    ),
    Knock.UNNAMED: (
        "Đúng ám hiệu, nhưng tổ chưa báo tên người đến. Khoan mở cửa, chờ TechRescue báo tên hoặc gọi 1022.",
        "The pass phrase is right, but the team has not said who comes. Do not open yet: wait for the name, or call 1022.",
    ),
    Knock.WRONG: (
        "Chưa đúng ám hiệu. Khoan mở cửa, hỏi lại người đến.",
        "Not the pass phrase. Do not open yet; ask the visitor again.",
    ),
    Knock.FROZEN: (
        "ĐỪNG mở cửa. TechRescue đã dừng buổi này và đang gọi cho ông/bà. Thấy nguy hiểm, gọi 113.",
        "Do NOT open. TechRescue has stopped this visit and is calling you. In danger, call 113.",
    ),
}

# What an operator says and asks when a visit has been stopped; the resident may have given something away already.
SCRIPT: Final = (
    (
        "Nói: ông/bà khóa cửa, đừng mở cho ai. Người đó còn ở cửa hoặc thấy nguy hiểm thì gọi 113 ngay; tôi giữ máy."
        " Hỏi: đã đưa ai OTP, mật khẩu, thẻ hay tiền chưa? Có thì gọi ngay ngân hàng (số ở mặt sau thẻ) để khóa thẻ, tài khoản."
    ),
    (
        "Say: lock the door and open to nobody. If they are still there, or you see danger, call 113 now; I stay on the line."
        " Ask: did you give anybody an OTP, a password, a card or money? Then call your bank (number on the card) now."
    ),
)

MEANWHILE: Final = {
    "advice": "Khoan mở cửa. Gọi 1022 để hỏi. Thấy nguy hiểm, gọi 113.",
    "advice_en": "Do not open yet. Call 1022 and ask. In danger, call 113.",
}


class VisitChecks:
    """One per process; `wake` tells the relay that there is something to publish."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, limits: Limits, wake: Callable[[], None]) -> None:
        self._pool = pool
        self._vault = vault
        self._tries = Tries(pool, limits)
        self._wake = wake

    async def check(self, code: str, form: VisitCheckForm, actor: str, address: str | None) -> dict[str, Any]:
        """Raises NotFound, NobodyComes, PersonErased, and TooMany for an address that guessed too many codes.

        Only guesses are counted: thousands share the address of a mobile network, and whoever has the right code may stand before
        a stranger. `address` None: somebody we know asks.
        """
        try:
            judged, keys = await self._judge_or_count(code, form, actor, address)
        except TooMany as error:
            raise TooMany(error.retry_after_seconds, MEANWHILE) from None
        if judged.suspicion is not None:
            self._wake()
        told = answer(judged, keys)
        if address is None and judged.knock is Knock.FROZEN:
            told |= {"script": SCRIPT[0], "script_en": SCRIPT[1]}
        return told

    async def _judge_or_count(
        self, code: str, form: VisitCheckForm, actor: str, address: str | None
    ) -> tuple[Judged, dict[Any, DataKey]]:
        counts = form.phrase is not None and address is not None
        async with (
            self._tries.of("phrase", code, actor, address, count=counts) as known,
            transaction(self._pool, "intake.change") as connection,
        ):
            return await self.judge(connection, known, form, actor)

    async def judge(
        self, connection: asyncpg.Connection, code: str, form: VisitCheckForm, actor: str
    ) -> tuple[Judged, dict[Any, DataKey]]:
        """In the caller's transaction; their commit is to wake the relay. Raises NotFound, NobodyComes, PersonErased."""
        request = await store.lock(connection, code)
        visit = expected(request.status, visit_of(await connection.fetchrow(QUERIES["read_visit"], request.id)))
        boxes = [request.details, visit.name, visit.member, visit.partner]
        keys = await self._vault.keys(connection, [box.key_id for box in boxes if box is not None])
        now = await app_now(connection)
        said = form.phrase
        judged = refused(visit, now) if said is None else compared(visit, said, _right(request, visit, keys), now)
        if form.phrase is not None or judged.suspicion is not None:  # a "no" said again changes nothing
            await self._keep(connection, request, judged, actor, now)
        return judged, keys

    async def _keep(
        self, connection: asyncpg.Connection, request: StoredRequest, judged: Judged, actor: str, now: datetime
    ) -> None:
        """The audit says that somebody asked and what we answered, never what was said."""
        visit = judged.visit
        await connection.execute(QUERIES["note_tries"], request.id, visit.wrong_tries, visit.suspicious_at)
        detail = {"answer": judged.knock, "visit": visit.visit, "job_id": str(visit.job_id)}
        await store.note(connection, [AuditNote(at=now, actor=actor, action="visit_check", subject=request.id, detail=detail)])
        if judged.suspicion is not None:
            version: int = await connection.fetchval(QUERIES["raise_version"], request.id)
            await append(connection, [suspicious(request, version, visit, judged.suspicion, now)], source=SOURCE)


def visit_of(row: Any) -> Visit | None:
    if row is None:
        return None
    found = dict(row)
    for name in ("name", "member", "partner"):
        found[name] = None if found[name] is None else Sealed.model_validate(found[name])
    return Visit(**found)


def suspicious(request: StoredRequest, version: int, visit: Visit, why: Suspicion, now: datetime) -> Event:
    body = VisitSuspicious(request_id=request.id, city=request.city, reason=why, job_id=visit.job_id, visit=visit.visit)
    kind = EventType.VISIT_SUSPICIOUS
    return Event(type=kind, subject=request.id, version=version, key=request.id, body=body, time=now)


def answer(judged: Judged, keys: dict[Any, DataKey]) -> dict[str, Any]:
    """What is read aloud to the visited person. A name is told only to somebody who heard the right phrase."""
    right = judged.knock in {Knock.KNOWN, Knock.UNNAMED}
    advice, advice_en = ADVICE[judged.knock]
    told: dict[str, Any] = {"matches": right, "open": judged.knock is Knock.KNOWN, "advice": advice, "advice_en": advice_en}
    if right:
        told["who"] = _who(judged.visit, keys)
    elif judged.knock is Knock.WRONG:
        told["tries_left"] = MOST_WRONG - judged.visit.wrong_tries
    else:
        told["frozen"] = True
    return told


def _who(visit: Visit, keys: dict[Any, DataKey]) -> dict[str, str | None]:
    """`partner` only where two come: then nobody opens to one of them alone."""
    who = {"kind": visit.helper_kind, "name": _opened(visit.name, keys), "member": _opened(visit.member, keys)}
    return who if visit.partner is None else {**who, "partner": _opened(visit.partner, keys)}


def _opened(box: Sealed | None, keys: dict[Any, DataKey]) -> str | None:
    key = None if box is None else keys.get(box.key_id)  # None: that person was erased
    return None if box is None or key is None else key.open(box, purpose="name").decode()


def _right(request: StoredRequest, visit: Visit, keys: dict[Any, DataKey]) -> str:
    key = keys.get(request.key_id)
    if key is None or not request.details_box:
        raise PersonErased
    return phrase(orjson.loads(key.open(request.details, purpose="details"))["phrase_seed"], visit.visit)
