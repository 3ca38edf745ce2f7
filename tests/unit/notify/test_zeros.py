"""What has not happened yet is there to be looked at."""

import re
from pathlib import Path

from notify import zeros
from notify.zeros import RECEIPTS, TEXTS, show_zeros
from shared.telemetry.metrics import NOTIFY_RECEIPTS, NOTIFY_TEXTS


def test_a_word_for_what_became_of_a_text_is_shown_before_it_happens() -> None:
    show_zeros()
    shown = {sample.labels["outcome"] for metric in NOTIFY_TEXTS.collect() for sample in metric.samples}
    assert {"rang", *TEXTS} <= shown
    assert "broken" in {sample.labels["outcome"] for metric in NOTIFY_RECEIPTS.collect() for sample in metric.samples}


def test_no_word_that_is_counted_was_forgotten() -> None:
    written = "".join(path.read_text("utf-8") for path in Path(zeros.__file__).parent.rglob("*.py"))
    assert set(re.findall(r'NOTIFY_TEXTS\.labels\("(\w+)"', written)) <= set(TEXTS)
    assert set(re.findall(r'NOTIFY_RECEIPTS\.labels\("(\w+)"', written)) <= set(RECEIPTS)
