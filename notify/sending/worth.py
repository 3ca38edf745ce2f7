"""How long a text is worth sending. Data; afterwards it is not sent, and others hear so."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

_HOUR: Final = 3600.0
# After this a text is worth nothing any more, and is not sent. Longer than a night for what may wait for the morning.
WORTH_SECONDS: Final[Mapping[Purpose, float]] = {
    Purpose.TAKEN: 1 * _HOUR,
    Purpose.ALREADY_TAKEN: 1 * _HOUR,
    Purpose.MOVED_ON: 1 * _HOUR,
    Purpose.TOO_LATE: 1 * _HOUR,
    Purpose.WITHDRAWN: 4 * _HOUR,
    Purpose.EN_ROUTE_RESIDENT: 1 * _HOUR,
    Purpose.EN_ROUTE_RESPONDER: 2 * _HOUR,
    Purpose.NAMED_RESPONDER: 2 * _HOUR,
    Purpose.NAME_WANTED: 2 * _HOUR,
    Purpose.NO_NAME_NEEDED: 2 * _HOUR,
    Purpose.FROZEN_RESIDENT: 2 * _HOUR,
    Purpose.STOPPED_RESPONDER: 2 * _HOUR,
    Purpose.LATE_RESPONDER: 1 * _HOUR,
    Purpose.NEWS_RESIDENT: 0.25 * _HOUR,
    Purpose.HELD_NEWS_RESIDENT: 0.25 * _HOUR,
    Purpose.LATE_LEAD: 2 * _HOUR,
    Purpose.ASSIGNED_LEAD: 1 * _HOUR,
    Purpose.ASSIGN_REFUSED: 0.25 * _HOUR,
    Purpose.UNSAFE_RESPONDER: 2 * _HOUR,
    Purpose.ASK_WELL: 0.25 * _HOUR,
    Purpose.ASK_GOING: 1 * _HOUR,
    Purpose.ASK_CALLED: 1 * _HOUR,
    Purpose.CALLED_RESIDENT: 1 * _HOUR,
    Purpose.CALLING_RESPONDER: 1 * _HOUR,
    Purpose.SOS_RESIDENT: 1 * _HOUR,
    Purpose.SOS_RESPONDER: 1 * _HOUR,
    Purpose.ALARM_LEAD: 1 * _HOUR,
    Purpose.CONSENT_AGREED: 1 * _HOUR,
    Purpose.CONSENT_NOTED: 0.25 * _HOUR,
    Purpose.NOT_AGREED_RESPONDER: 0.25 * _HOUR,
    Purpose.ASK_OUTCOME: 0.25 * _HOUR,
    Purpose.ASK_WHO_ABSENT: 0.25 * _HOUR,
    Purpose.SESSION_WHO: 0.25 * _HOUR,
    Purpose.SOS_NOWHERE: 0.25 * _HOUR,
    Purpose.ASK_BACK: 0.25 * _HOUR,
    Purpose.ASK_WHICH_JOB: 0.25 * _HOUR,
    Purpose.NOT_UNDERSTOOD: 0.25 * _HOUR,
    Purpose.WORDS: 0.25 * _HOUR,
    Purpose.ASK_LATE: 0.25 * _HOUR,
    Purpose.LATER_RESIDENT: 0.25 * _HOUR,
    Purpose.LATER_RESPONDER: 0.25 * _HOUR,
    Purpose.STOPPED: 1 * _HOUR,
    Purpose.STARTED: 1 * _HOUR,
    Purpose.ALREADY_ANSWERED: 0.25 * _HOUR,
    Purpose.ON_DUTY: 0.25 * _HOUR,
    Purpose.ON_BREAK: 0.25 * _HOUR,
    Purpose.OFF_DUTY: 1 * _HOUR,
    Purpose.TEAM_HERE: 1 * _HOUR,
    Purpose.SWAP_ASKED: 1 * _HOUR,
    Purpose.SWAP_IMPOSSIBLE: 1 * _HOUR,
    Purpose.TEAM_UNKNOWN: 0.25 * _HOUR,
    Purpose.TEAM_WHICH: 0.25 * _HOUR,
}
WORTH_OTHERWISE_SECONDS: Final = 14 * _HOUR
