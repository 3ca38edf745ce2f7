"""The request: what may be done to it in which status. Pure; no SQL, no HTTP, no personal data.

A move by people is a command and stands in MOVES. What dispatch does with the job is projected by `on_the_board`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shared.errors import Refused
from shared.events.assignments import JobStatus, Outcome
from shared.events.requests import RequestStatus
from shared.pauses import Pause

S = RequestStatus


class Command(StrEnum):
    LOCATE = "locate"  # an operator found out where it is
    AMEND = "amend"  # the resident added or corrected something
    CANCEL = "cancel"  # the resident needs no help any more
    REOPEN = "reopen"  # it was not fixed after all
    AGREE = "agree"  # the visited person agrees to the visit
    REFUSE = "refuse"  # the visited person wants no visit
    COMPLAIN = "complain"  # about whoever helped, or did not
    CLOSE = "close"  # nobody answered "is it fixed?" in time
    CONFIRM = "confirm"  # the resident says that it is fixed
    RATE = "rate"  # … and how good the help was
    ERASE = "erase"  # the person asked to be forgotten


class NotYetLocated(Refused):
    def __init__(self) -> None:
        super().__init__("needs_location", "say where it is first: PUT /v1/requests/{code}/location")


class AlreadyLocated(Refused):
    def __init__(self) -> None:
        super().__init__("already_located", "the place is known; correct it with PATCH /v1/requests/{code}")


class HelperIsThere(Refused):
    def __init__(self) -> None:
        super().__init__("helper_is_there", "the helper is with the resident; let the helper report the outcome")


class RequestIsOver(Refused):
    def __init__(self) -> None:
        super().__init__("request_is_over", "nobody works on it any more; reopen it, or file a new request")


class RequestIsCancelled(Refused):
    def __init__(self) -> None:
        super().__init__("request_is_cancelled", "it was cancelled; file a new request")


class RequestIsOpen(Refused):
    def __init__(self) -> None:
        super().__init__("request_is_open", "it is still open; there is nothing to reopen")


class NotResolved(Refused):
    def __init__(self) -> None:
        super().__init__("not_resolved", "only a resolved request can be closed")


Answer = RequestStatus | type[Refused]
LIVE: Final = (S.NEEDS_LOCATION, S.FILED, S.WAITING, S.ASSIGNED, S.ON_THE_WAY, S.IN_PROGRESS, S.FROZEN)
OVER: Final = (S.RESOLVED, S.CLOSED, S.HANDED_OFF, S.UNREACHED)
_CHANGEABLE: Final = (S.NEEDS_LOCATION, S.FILED, S.WAITING, S.ASSIGNED, S.ON_THE_WAY, S.FROZEN)


def _same(statuses: tuple[RequestStatus, ...]) -> dict[RequestStatus, Answer]:
    return {status: status for status in statuses}


def _each(statuses: tuple[RequestStatus, ...], answer: Answer) -> dict[RequestStatus, Answer]:
    return dict.fromkeys(statuses, answer)


_WHEN_OVER: Final = {**_each(OVER, RequestIsOver), S.CANCELLED: RequestIsCancelled}
_WHILE_IT_CAN_CHANGE: Final = {**_same(_CHANGEABLE), S.IN_PROGRESS: HelperIsThere, **_WHEN_OVER}

# Every command knows every status: what it becomes, or the refusal that says why not.
MOVES: Final[Mapping[Command, Mapping[RequestStatus, Answer]]] = {
    Command.LOCATE: {**_each(LIVE, AlreadyLocated), S.NEEDS_LOCATION: S.FILED, **_WHEN_OVER},
    Command.AMEND: _WHILE_IT_CAN_CHANGE,
    Command.CANCEL: {**_each(_CHANGEABLE, S.CANCELLED), S.IN_PROGRESS: HelperIsThere, **_WHEN_OVER},
    Command.REOPEN: {**_each(LIVE, RequestIsOpen), **_each(OVER, S.FILED), S.CANCELLED: RequestIsCancelled},
    Command.AGREE: _WHILE_IT_CAN_CHANGE,
    # Nobody comes to somebody who does not want it; what they may take back, consent.py knows.
    Command.REFUSE: {**_each(_CHANGEABLE, S.CANCELLED), S.IN_PROGRESS: HelperIsThere, **_WHEN_OVER},
    # Somebody may have been there and been given back, or the visit may be over for weeks: who it is about, dispatch knows.
    Command.COMPLAIN: {**_same((*LIVE, *OVER)), S.CANCELLED: S.CANCELLED, S.NEEDS_LOCATION: NotYetLocated},
    Command.CLOSE: {**_each(LIVE, NotResolved), **_WHEN_OVER, S.RESOLVED: S.CLOSED},
    Command.CONFIRM: {**_each(LIVE, NotResolved), **_WHEN_OVER, S.RESOLVED: S.CLOSED},
    # A mark is for help that was given.
    Command.RATE: {**_each(LIVE, NotResolved), **_same(OVER), S.CANCELLED: RequestIsCancelled},
    # Erasing is a right, not a wish: it ends what runs, whatever the status, and leaves what is over as it is.
    Command.ERASE: {**_each(LIVE, S.CANCELLED), **_same(OVER), S.CANCELLED: S.CANCELLED},
}


def moved(status: RequestStatus, command: Command) -> RequestStatus:
    """The status after the command. Raises the named refusal when the table says no."""
    answer = MOVES[command][status]
    if isinstance(answer, RequestStatus):
        return answer
    raise answer  # a Refused class; each takes no arguments


_JOB_SHOWS: Final[Mapping[JobStatus, RequestStatus]] = {
    JobStatus.PENDING: S.WAITING,
    JobStatus.OFFERED: S.WAITING,
    JobStatus.ACCEPTED: S.ASSIGNED,
    JobStatus.EN_ROUTE: S.ON_THE_WAY,
    JobStatus.ON_SCENE: S.IN_PROGRESS,
    JobStatus.FROZEN: S.FROZEN,
    JobStatus.HANDED_OFF: S.HANDED_OFF,
    JobStatus.CANCELLED: S.CANCELLED,
}
_OUTCOME_SHOWS: Final[Mapping[Outcome, RequestStatus]] = {
    Outcome.SOLVED: S.RESOLVED,
    Outcome.ABSENT: S.UNREACHED,
    Outcome.WRONG_ADDRESS: S.UNREACHED,
    Outcome.REFUSED: S.CANCELLED,  # the resident wants no help
    Outcome.UNSAFE: S.HANDED_OFF,  # the city desk decides who may go at all
    Outcome.NEEDS_OFFICE: S.HANDED_OFF,
    Outcome.SECOND_VISIT: S.WAITING,  # the next round follows
    Outcome.NEEDS_VISIT: S.WAITING,  # never the last word of a job
}
# What people decided stays, whatever a late event of a job says.
_STICKY: Final = frozenset({S.NEEDS_LOCATION, S.CANCELLED, S.CLOSED})


def on_the_board(status: RequestStatus, job: JobStatus, outcome: Outcome | None) -> RequestStatus:
    """The status a request shows once its job says so."""
    if status in _STICKY:
        return status
    if job is JobStatus.DONE:
        return _OUTCOME_SHOWS[outcome or Outcome.SOLVED]
    return _JOB_SHOWS[job]


LABELS_VI: Final[Mapping[RequestStatus, str]] = {
    S.NEEDS_LOCATION: "Đã nhận, tổng đài sẽ hỏi thêm địa chỉ",
    S.FILED: "Đã tiếp nhận",
    S.WAITING: "Đang tìm người hỗ trợ",
    S.ASSIGNED: "Đã có người nhận hỗ trợ",
    S.ON_THE_WAY: "Người hỗ trợ đang trên đường",
    S.IN_PROGRESS: "Đang hỗ trợ tại chỗ",
    S.FROZEN: "Tạm dừng để bảo vệ ông/bà: đừng mở cửa cho ai, 1022 sẽ gọi",
    S.RESOLVED: "Đã xử lý xong, chờ xác nhận",
    S.CLOSED: "Đã kết thúc",
    S.CANCELLED: "Đã hủy",
    S.HANDED_OFF: "Đã chuyển cơ quan có thẩm quyền",
    S.UNREACHED: "Chưa liên hệ được người cần hỗ trợ",
}

PAUSED_VI: Final = "Tạm dừng"
PAUSES_VI: Final[Mapping[str, str]] = {
    Pause.OFF_HOURS: "Ngoài giờ làm việc, sẽ xếp người khi mở cửa",
    Pause.RESIDENT_LATER: "Hẹn vào lúc khác theo yêu cầu của ông/bà",
    Pause.WAITING_OFFICE: "Chờ cơ quan có thẩm quyền giải quyết trước",
    Pause.INCIDENT: "Sự cố chung toàn thành phố, đã biết; khi hết sự cố sẽ hỏi lại ông/bà",
    Pause.SESSION: "Đã hẹn buổi hỗ trợ chung, giờ và nơi đã nhắn cho ông/bà",
    Pause.ABSENT: "Chưa gặp được ông/bà, tổng đài sẽ gọi hẹn giờ khác",
    Pause.WRONG_ADDRESS: "Chưa tìm được địa chỉ, tổng đài sẽ gọi hỏi lại",
    Pause.SECOND_VISIT: "Cần thêm một buổi nữa, tổng đài sẽ gọi hẹn giờ",
    Pause.NIGHT: "Ban đêm cần hai người cùng đến, sẽ xếp người vào buổi sáng",
    Pause.SLOT: "Đã hẹn giờ với ông/bà",
}
