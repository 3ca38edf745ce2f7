"""Telling whoever keeps the system running. A port and nothing more: who is told, and over what, a deployment decides."""

from typing import Protocol

from shared.telemetry.logs import logger

log = logger()


class OpsAlerts(Protocol):
    async def alert(self, title: str, body: str) -> None:
        """Ids and words, nothing of a person. Bounded in time; raises nothing but shared.errors."""
        ...


class LoggedAlerts:
    """Where nobody is to be told otherwise: a line in the log."""

    async def alert(self, title: str, body: str) -> None:
        log.error("ops.alert", title=title, body=body)
