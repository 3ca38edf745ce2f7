"""Which channels one person is tried over, in which order, and after how long the next one has it. Pure; knows no provider.

A bound chat is free, shows buttons, and its owner has chosen it: it comes first. The phone that rings comes first where a minute
counts. SMS reaches everybody and stands in every ladder; a call task of an operator is the end of each, and no rung of a machine.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from notify.matters import CALL_WHEN_UNREACHED
from notify.purpose import VITAL, Purpose
from notify.telling.routing import QUESTION_KINDS
from shared.events.contract import ChannelKind, Priority, Role

BY_NUMBER: Final = frozenset({ChannelKind.SMS, ChannelKind.ZNS})  # need no account of this person
CHATS: Final = (ChannelKind.TELEGRAM, ChannelKind.ZALO, ChannelKind.WEB_PUSH)  # with buttons before what can only be read

# Somebody may come to harm within minutes, or opens to a stranger: a chat may be silent, so the phone rings first.
HARM: Final = frozenset(
    {
        Purpose.FROZEN_RESIDENT,
        Purpose.STOPPED_RESPONDER,
        Purpose.UNSAFE_RESIDENT,
        Purpose.UNSAFE_RESPONDER,
        Purpose.RELEASED_RESIDENT,  # the old phrase must open no door any more
        Purpose.LIFTED_RESIDENT,
        Purpose.UNNAMED_RESIDENT,
        Purpose.SOS_RESIDENT,
        Purpose.SOS_RESPONDER,
        Purpose.SOS_NOWHERE,
        Purpose.ALARM_LEAD,
        Purpose.ASK_WELL,
    }
)

# A question about work is asked again over the next channel within a third of its lease (90 s, 3, 5 and 15 minutes): that runs
# from the first time it was asked, and who reads it late has to have time to answer.
_OFFERED: Final = {Priority.P1: 30.0, Priority.P2: 45.0, Priority.P3: 100.0, Priority.P4: 300.0}
_VITAL_SECONDS: Final = 60.0  # a helper sets out, a door is opened: whoever has seen it shows it by then
_QUESTION_SECONDS: Final = 900.0  # a shift, a drill, "is it fixed?": open for hours
_NEWS_SECONDS: Final = 300.0  # what an operator would call about if nobody was reached


def ladder(
    purpose: Purpose | str,
    priority: Priority,
    role: Role,
    preferred: Sequence[ChannelKind],
    *,
    accounts: Collection[ChannelKind],
    served: Collection[ChannelKind],
    templated: Collection[str] = frozenset(),
) -> tuple[ChannelKind, ...]:
    """The rungs, each of which exists; `preferred` where nothing of this person's is known but the number.

    `accounts`: where this person has one. `templated`: purposes that can go as a template to the number (ZNS), to residents.
    """
    has_template = ChannelKind.ZNS in served and role is Role.RESIDENT and purpose in templated
    if not accounts and not has_template:
        return tuple(preferred)
    chats = [channel for channel in CHATS if channel in accounts]
    number = [ChannelKind.SMS]
    if has_template and not _rings_first(purpose, priority):
        number.insert(0, ChannelKind.ZNS)
    wanted = [channel for channel in preferred if channel is not ChannelKind.SMS]
    order = [*number, *chats] if _rings_first(purpose, priority) else [*chats, *number]
    rungs = dict.fromkeys((*order, *wanted, ChannelKind.EMAIL))
    return tuple(channel for channel in rungs if is_reachable(channel, accounts, served)) or tuple(preferred)


def patience(purpose: Purpose | str, priority: Priority, *, asks: bool) -> timedelta | None:
    """So long may a message lie on a channel without a sign that it was read; None: only a known failure moves it on."""
    if purpose in QUESTION_KINDS:
        return timedelta(seconds=_OFFERED[priority])
    if purpose in VITAL or purpose in HARM or purpose == Purpose.CONSENT_QUESTION:  # a helper waits for that word
        return timedelta(seconds=_VITAL_SECONDS)
    if asks:
        return timedelta(seconds=_QUESTION_SECONDS)
    return timedelta(seconds=_NEWS_SECONDS) if purpose in CALL_WHEN_UNREACHED else None


def next_rung(channels: Sequence[ChannelKind], rung: int, served: Collection[ChannelKind]) -> int | None:
    """The rung after this one that somebody serves here; None: the ladder is at its end. First rung: `rung` = -1."""
    for index in range(rung + 1, len(channels)):
        if channels[index] in served and channels[index] is not ChannelKind.CALL:
            return index
    return None


def is_reachable(channel: ChannelKind, accounts: Collection[ChannelKind], served: Collection[ChannelKind]) -> bool:
    return channel in served and (channel in BY_NUMBER or channel in accounts)


def by_call_only(
    channels: Sequence[ChannelKind], served: Collection[ChannelKind], accounts: Collection[ChannelKind] = ()
) -> bool:
    """No machine reaches this person, or they asked to be called first."""
    if not channels or channels[0] is ChannelKind.CALL:
        return True
    return not any(is_reachable(channel, accounts, served) for channel in (*channels, *accounts))


# After these nothing comes of the request any more.
ENDS_OF_REQUESTS: Final = frozenset(
    {
        Purpose.DONE_RESIDENT,
        Purpose.INCIDENT_OVER_RESIDENT,
        Purpose.HANDED_OFF_RESIDENT,
        Purpose.CANCELLED_RESIDENT,
        Purpose.MERGED_RESIDENT,
    }
)
# Said later of the same request: what a vital text says is not true any more, and does not follow it.
ENDS: Final = ENDS_OF_REQUESTS | frozenset(
    {
        Purpose.WITHDRAWN,
        Purpose.RELEASED_RESPONDER,
        Purpose.DONE_RESPONDER,
    }
)

# Of a request that is gone these are still worth saying: they say that it is, keep somebody safe, or answer a yes.
OUTLIVES: Final = ENDS | frozenset(
    {
        *(Purpose.TAKEN, Purpose.ALREADY_TAKEN, Purpose.MOVED_ON, Purpose.TOO_LATE, Purpose.REPLACED_RESPONDER),
        *(Purpose.FROZEN_RESIDENT, Purpose.FRAUD_RESIDENT, Purpose.UNSAFE_RESIDENT),
        *(Purpose.STOPPED_RESPONDER, Purpose.UNSAFE_RESPONDER),
        *(Purpose.SOS_RESIDENT, Purpose.SOS_RESPONDER, Purpose.ALARM_LEAD),
    }
)


def is_overtaken(purpose: Purpose | str, later: Collection[str]) -> bool:
    """`later`: what was said to the same phone about the same request since. An old phrase must not arrive after the new one."""
    if purpose in VITAL or purpose in HARM:
        return any(one in VITAL or one in HARM or one in ENDS for one in later)
    return bool(later)


def _rings_first(purpose: Purpose | str, priority: Priority) -> bool:
    """Of an offer with 90 seconds a silent chat would cost a third; what it costs more than a chat is nothing beside that."""
    return purpose in HARM or (purpose in QUESTION_KINDS and priority is Priority.P1)
