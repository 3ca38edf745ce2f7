"""In which order the channels of one person are tried. Pure; knows no provider."""

from collections.abc import Collection, Sequence

from shared.events.contract import ChannelKind


def next_rung(channels: Sequence[ChannelKind], rung: int, served: Collection[ChannelKind]) -> int | None:
    """The rung after this one that somebody serves here; None: the ladder is at its end. First rung: `rung` = -1.

    A call is no rung for a machine: whoever is reached by nothing else gets a call task, and that is the end of every ladder.
    """
    for index in range(rung + 1, len(channels)):
        if channels[index] in served and channels[index] is not ChannelKind.CALL:
            return index
    return None


def by_call_only(channels: Sequence[ChannelKind], served: Collection[ChannelKind]) -> bool:
    """No machine reaches this person, or they asked to be called first."""
    return not channels or channels[0] is ChannelKind.CALL or next_rung(channels, -1, served) is None
