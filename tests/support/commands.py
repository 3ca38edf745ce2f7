"""A `techrescue` command as somebody types it, in this process: what it prints, and how it ends."""

import sys

import pytest

from services.cli import main


class Terminal:
    def __init__(self, patch: pytest.MonkeyPatch, screen: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._screen = screen

    def types(self, *words: str) -> tuple[int, str]:
        self._patch.setattr(sys, "argv", ["techrescue", *words])
        with pytest.raises(SystemExit) as end:
            main()
        printed = self._screen.readouterr()
        return int(end.value.code or 0), printed.out + printed.err

    def is_told(self, *words: str) -> str:
        """What is wrong with these: one line, and no more."""
        status, told = self.types(*words)
        assert status == 2, told
        assert told.startswith("techrescue: "), told
        assert told.count("\n") == 1, told
        return told
