"""`techrescue report` into files: by the ending of the name, and one clear line when the disk does not take it."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import is_zipfile

import pytest

from tests.support.commands import Terminal

pytestmark = pytest.mark.usefixtures("deployment")
PILOT = ("report", "--phase", "pilot")


def test_a_report_is_written_as_its_name_ends(terminal: Terminal, tmp_path: Path) -> None:
    for name in ("r.json", "r.CSV", "r.xlsx", "r.html"):
        assert terminal.types(*PILOT, "--out", str(tmp_path / name)) == (0, "")
    assert json.loads((tmp_path / "r.json").read_bytes())["phase"] == "pilot"
    assert (tmp_path / "r.CSV").read_text("utf-8-sig").startswith("table,by,group")
    assert is_zipfile(tmp_path / "r.xlsx")
    assert "Báo cáo chất lượng hỗ trợ" in (tmp_path / "r.html").read_text("utf-8")


def test_a_full_disk_is_one_line(terminal: Terminal) -> None:
    assert "cannot be written: No space left on device" in terminal.is_told(*PILOT, "--format", "csv", "--out", "/dev/full")


def test_a_full_disk_behind_standard_output_is_one_line_too() -> None:
    command = [sys.executable, "-m", "services.cli", *PILOT, "--format", "csv"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "techrescue: --out: standard output cannot be written: No space left on device\n"


def test_where_nobody_has_called_yet_a_report_says_so(terminal: Terminal) -> None:
    status, told = terminal.types(*PILOT, "--commune", "00004")
    assert (status, "Phường Ba Đình, Thí điểm" in told, "Chưa có lượt nào" in told) == (0, True, True), told
