"""What is wrong with a roster, person by person, and what to do about it. Pure; names are compared, never told.

Correct, sufficient, clean, alive: a line is something that one telephone call or one correction puts right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from unicodedata import normalize
from uuid import UUID

from shared.events.assignments import ResponderKind
from shared.folding import folded

AHEAD: Final = timedelta(days=7)  # in which somebody on the roster ought to have a shift
SILENT: Final = timedelta(days=30)  # without an answer, though asked
COMPLAINED: Final = timedelta(days=180)  # as long as it counts against them
NEVER_AFTER: Final = 5  # questions without a single answer: one or two may have come at a bad moment


class Finding(StrEnum):
    PHONE_NOT_CONFIRMED = "phone_not_confirmed"  # its owner has not said that it is theirs: nobody is asked there
    NO_CHANNEL = "no_channel"  # nothing can be written to them
    COMPLAINED_OF = "complained_of"  # residents have complained, in the last half year
    PHONE_UNREACHABLE = "phone_unreachable"  # messages do not arrive, or a drill went unanswered: nobody is asked there for now
    PHONE_STOPPED = "phone_stopped"  # its owner wants no texts of ours: nobody is asked there
    NEVER_ANSWERED = "never_answered"  # asked again and again, not one answer
    PHONE_SILENT = "phone_silent"  # answered once, and not for a month
    PROBABLE_DOUBLE = "probable_double"  # the same name, on the same phone or in the same commune
    SHARED_PHONE = "shared_phone"  # several behind one number: allowed, and worth knowing
    NO_VETTED_MEMBER = "no_vetted_member"  # a team of which nobody may stand at a door
    NO_SHIFT = "no_shift"  # never there in the next seven days


# What to do, Vietnamese first.
TO_DO: Final = {
    Finding.PHONE_NOT_CONFIRMED: (
        "Gọi số này, hỏi đúng người chưa, rồi xác nhận.",
        "Ring this number, ask whether it is theirs, then confirm it.",
    ),
    Finding.NO_CHANNEL: (
        "Xin số điện thoại mới, hoặc cho nghỉ trong danh sách.",
        "Ask for a new number, or set them inactive on the list.",
    ),
    Finding.COMPLAINED_OF: (
        "Nghe cả hai phía (danh sách: /v1/complaints), rồi nhắc nhở hoặc cho nghỉ.",
        "Hear both sides (the list: /v1/complaints), then speak to them or set them inactive.",
    ),
    Finding.PHONE_UNREACHABLE: (
        "Tin không đến được số này nên tạm không hỏi nữa. Gọi thử; nhắn lại một tin bất kỳ là được hỏi lại.",
        "Nothing arrives there, so nobody is asked for now. Ring it; any text from that phone brings it back.",
    ),
    Finding.PHONE_STOPPED: (
        "Người này đã nhắn STOP. Gọi hỏi; muốn tham gia tiếp thì tự nhắn NHAN TIN từ số đó.",
        "They sent STOP. Ring and ask; whoever wants to go on sends START from that phone.",
    ),
    Finding.NEVER_ANSWERED: (
        "Gọi hỏi: có nhận được tin không, còn muốn tham gia không.",
        "Ring and ask: do the messages arrive, do they still want to take part?",
    ),
    Finding.PHONE_SILENT: (
        "Gọi xem số này còn dùng không.",
        "Ring and see whether this number is still in use.",
    ),
    Finding.PROBABLE_DOUBLE: (
        "Xem có phải cùng một người không; nếu phải, chỉ giữ một dòng.",
        "See whether they are the same; if so, keep one line.",
    ),
    Finding.SHARED_PHONE: (
        "Dùng chung số: mỗi lúc chỉ hỏi được một việc. Nếu được, xin số riêng.",
        "A shared number is asked one thing at a time. Ask for one of their own if there is one.",
    ),
    Finding.NO_VETTED_MEMBER: (
        "Xác minh ít nhất một thành viên, rồi ghi vào danh sách.",
        "Vet at least one member, and write it on the list.",
    ),
    Finding.NO_SHIFT: (
        "Xin lịch trực, hoặc cho nghỉ trong danh sách.",
        "Ask for their hours, or set them inactive on the list.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the tables know of one active responder. `name` in clear, for comparing only; None: it cannot be read."""

    external_id: str
    commune_code: str
    kind: ResponderKind
    contact_point_id: UUID
    confirmed: bool
    reachable: bool  # there is an address, and a channel that a machine can write to
    complaints: int = 0
    complained_at: datetime | None = None
    unreachable_at: datetime | None = None
    stopped: bool = False  # … because its owner wants no texts
    offers_made: int = 0
    offers_answered: int = 0
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    members: int = 0
    vetted: int = 0
    has_shift: bool = True
    name: str | None = field(default=None, repr=False)
    on_the_same_phone: tuple["Other", ...] = ()  # wherever they are


@dataclass(frozen=True, slots=True)
class Other:
    external_id: str
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """`others`: ids of those it is also about. `days`, `count`: since when, how often."""

    commune_code: str
    responder: str
    kind: ResponderKind
    finding: Finding
    others: tuple[str, ...] = ()
    days: int | None = None
    count: int | None = None


def lines_of(people: Sequence[Known], now: datetime) -> list[Line]:
    """Of the responders of one commune, by finding in the order of the enum."""
    by_name: dict[str, list[str]] = {}
    for one in people:
        if one.name:
            by_name.setdefault(same(one.name), []).append(one.external_id)
    found = [line for one in people for line in _of(one, by_name, now)]
    order = list(Finding)
    return sorted(found, key=lambda line: (order.index(line.finding), line.responder))


def same(name: str) -> str:
    """What two spellings of one name have in common: capitals, accents and spaces do not count."""
    return " ".join(folded(normalize("NFC", name)).split())


def _of(one: Known, by_name: dict[str, list[str]], now: datetime) -> Iterator[Line]:
    yield from _of_phone(one, now)
    yield from _of_others(one, by_name)
    if one.complained_at is not None and now - one.complained_at < COMPLAINED:
        yield _line(one, Finding.COMPLAINED_OF, count=one.complaints)
    if one.kind is ResponderKind.TEAM and not one.vetted:
        yield _line(one, Finding.NO_VETTED_MEMBER, count=one.members)
    if not one.has_shift:
        yield _line(one, Finding.NO_SHIFT)


def _of_phone(one: Known, now: datetime) -> Iterator[Line]:
    if not one.confirmed:
        yield _line(one, Finding.PHONE_NOT_CONFIRMED)
    if not one.reachable:
        yield _line(one, Finding.NO_CHANNEL)
    if one.unreachable_at is not None:
        finding = Finding.PHONE_STOPPED if one.stopped else Finding.PHONE_UNREACHABLE
        yield _line(one, finding, days=(now - one.unreachable_at).days)
    if one.offers_made >= NEVER_AFTER and not one.offers_answered:
        yield _line(one, Finding.NEVER_ANSWERED, count=one.offers_made)
    silent = _silent_days(one, now)
    if silent is not None:
        yield _line(one, Finding.PHONE_SILENT, days=silent)


def _of_others(one: Known, by_name: dict[str, list[str]]) -> Iterator[Line]:
    doubles = _doubles(one, by_name)
    if doubles:
        yield _line(one, Finding.PROBABLE_DOUBLE, others=doubles)
    sharing = tuple(sorted(other.external_id for other in one.on_the_same_phone if other.external_id not in doubles))
    if sharing:
        yield _line(one, Finding.SHARED_PHONE, others=sharing)


def _line(
    one: Known, finding: Finding, *, others: tuple[str, ...] = (), days: int | None = None, count: int | None = None
) -> Line:
    return Line(one.commune_code, one.external_id, one.kind, finding, others, days, count)


def _silent_days(one: Known, now: datetime) -> int | None:
    """Only who was asked since then can be silent."""
    answered = one.answered_at
    if answered is None or one.offered_at is None or one.offered_at <= answered or now - answered < SILENT:
        return None
    return (now - answered).days


def _doubles(one: Known, by_name: dict[str, list[str]]) -> tuple[str, ...]:
    if not one.name:
        return ()
    here = by_name[same(one.name)]
    there = [other.external_id for other in one.on_the_same_phone if other.name and same(other.name) == same(one.name)]
    return tuple(sorted({*here, *there} - {one.external_id}))
