"""Log lines: JSON, one event a line, `context.thing.happened` with fields; what looks like a phone number never gets out.

`request_id` and `event_id` are bound once with `bound(...)` and stand on every line inside.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.contextvars import bound_contextvars

REDACTED: Final = "[number]"

# What has digits but is no phone is matched first and kept: UUIDs, times, versions with dots.
_KEPT = (
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
# Vietnamese numbers as people and machines write them: 0…, 84…, +84…, 0084…, parted by spaces, dots, dashes or brackets.
_PHONE = r"(?<![0-9A-Za-z])(?:\+|00)?(?:84|0)[\s.()\-]*\d(?:[\s.()\-]*\d){7,9}(?!\d)|\+\d(?:[\s.()\-]*\d){7,14}(?!\d)"
_NUMBERS = re.compile(f"(?P<kept>{_KEPT})|(?P<phone>{_PHONE})")
_LOWEST, _HIGHEST = 84_200_000_000, 84_999_999_999  # E.164 of Vietnam as an integer

bound = bound_contextvars


def logger() -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger()


def configure_logs(*, level: str = "INFO") -> None:
    """Once, in `main`. Lines of libraries go the same way, through the same redaction."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.stdlib.PositionalArgumentsFormatter(),
                redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("aiokafka").setLevel("ERROR")  # it warns about every retry of a broker that is away


def redact(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor. The exception text is redacted too: a driver may quote a row."""
    for field, value in line.items():
        if not field.startswith("_"):
            line[field] = redacted(value)
    return line


def redacted(value: Any) -> Any:
    """`value` without anything that looks like a phone number; containers are looked through."""
    if isinstance(value, str):
        return _NUMBERS.sub(lambda found: found["kept"] or REDACTED, value)
    if isinstance(value, int) and not isinstance(value, bool) and _LOWEST <= value <= _HIGHEST:
        return REDACTED
    if isinstance(value, dict):
        return {redacted(key): redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(item) for item in value]
    if isinstance(value, BaseException):
        return redacted(f"{type(value).__name__}: {value}")
    return value
