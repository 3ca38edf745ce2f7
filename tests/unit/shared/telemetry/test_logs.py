"""No phone number reaches a log line, however it is written; ids and times stay readable (law 12)."""

import io
import logging
import sys

import orjson
import pytest
import structlog

from shared.telemetry.logs import REDACTED, bound, configure_logs, logger, redacted


@pytest.mark.parametrize(
    "phone",
    [
        "0912345678",
        "+84912345678",
        "84912345678",
        "0084912345678",
        "0912 345 678",
        "0912.345.678",
        "091-234-5678",
        "(024) 3825 3825",
        "+84 (0) 912 345 678",
        "02438253825",
        "+1 415 555 2671",
    ],
)
def test_a_phone_number_is_redacted_wherever_it_stands(phone: str) -> None:
    for text in (phone, f"to {phone}.", f"sent:{phone},ok", f"<{phone}>"):
        assert REDACTED in redacted(text)
        assert not any(run.isdigit() and len(run) > 2 for run in redacted(text).split())


@pytest.mark.parametrize(
    "text",
    [
        "01912345-6789-7012-8345-012345678901",
        "2026-03-02T03:00:00.123456",
        "offset 1234567",
        "port 29092",
        "127.0.0.1:29092",
        "batch of 500 in 12 ms",
    ],
)
def test_what_is_no_phone_number_stays(text: str) -> None:
    assert redacted(text) == text


def test_numbers_and_containers_are_looked_through() -> None:
    assert redacted({"to": ["0912345678", 84912345678], "n": 12, "yes": True}) == {
        "to": [REDACTED, REDACTED],
        "n": 12,
        "yes": True,
    }


def test_a_line_is_json_with_the_bound_ids_and_without_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", out)
    configure_logs()
    try:
        with bound(request_id="r1"):
            logger().warning("notify.message.sent", to="0912345678")
            logging.getLogger("lib").warning("called %s", "+84912345678")
    finally:
        root.handlers[:], _ = before
        root.setLevel(before[1])
        structlog.reset_defaults()
    ours, theirs = (orjson.loads(line) for line in out.getvalue().splitlines())
    assert (ours["event"], ours["to"], ours["request_id"], ours["level"]) == ("notify.message.sent", REDACTED, "r1", "warning")
    assert theirs["event"] == f"called {REDACTED}"
