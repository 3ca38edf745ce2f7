"""The errors that decide what happens next. Business refusals live with the noun that refuses; here are only the kinds.

The consumer runner, the timers and the HTTP edge look at the kind, never at the message.
"""


class TechRescueError(Exception):
    """Base of every error we raise on purpose. The text must never hold personal data: it is logged."""


class Refused(TechRescueError):
    """A command that the rules do not allow now. HTTP 409; never a crash, never retried.

    `reason` is a stable word a client may branch on; `advice` says what to do instead.
    """

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}: {advice}")
        self.reason = reason
        self.advice = advice


class NotYours(Refused):
    """The rules allow it, but not to this caller. HTTP 403."""


class NotFound(TechRescueError):
    """The thing named does not exist, or not for this caller. HTTP 404."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}")
        self.what = what


class Invalid(TechRescueError):
    """Input that can never be right. HTTP 422 with the field and the advice."""

    def __init__(self, field: str, advice: str) -> None:
        super().__init__(f"{field}: {advice}")
        self.field = field
        self.advice = advice


class Permanent(TechRescueError):
    """An event that will fail however often it is tried: it goes to the dead letters at once."""


class UnreadableEvent(Permanent):
    """A record that is no event of ours: unknown type, missing header, body that does not fit its model."""


class Transient(TechRescueError):
    """Worth trying again in place, with jitter: a deadlock (40P01), a serialization failure (40001)."""


class DependencyDown(TechRescueError):
    """PostgreSQL, Kafka or a provider is away. Pause and wait: no attempt is counted, nothing is dead-lettered."""

    def __init__(self, dependency: str) -> None:
        super().__init__(f"{dependency} does not answer")
        self.dependency = dependency


class Misconfigured(TechRescueError):
    """A start that would go wrong later. The process ends before it serves anything."""
