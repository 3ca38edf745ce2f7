"""Processes of a town, forked from one interpreter that has imported what they import: a start afresh costs more than a second.

What is forked is a process like any other, with its own pid, environment, output and exit status; killed, it is dead. It shares
memory with its siblings that is copied when written, and nothing else: the server that forks (of the standard library, one for
each run of pytest) has no thread, loop, socket or database connection. `random` is seeded anew by Python after each fork.
"""

import atexit
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.support.preloaded"])
FUSE = "TECHRESCUE_CRASH_AT"  # read while shared/crash.py is imported: whoever carries one needs an interpreter of its own


class Forked:
    """`python -m module *arguments`; what is used of `subprocess.Popen`. `stdout` is a pipe."""

    def __init__(self, module: str, *arguments: str, env: Mapping[str, str], stderr: int) -> None:
        read, write = os.pipe()
        try:
            self._process = _begun(module, arguments, env, write, stderr)
        finally:
            os.close(write)
        self.stdout = os.fdopen(read, encoding="utf-8")
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()


def run_forked(module: str, *arguments: str, env: Mapping[str, str], timeout: float) -> tuple[int, str]:
    """The exit status, and what was written to standard output and then to standard error."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = _begun(module, arguments, env, out.fileno(), err.fileno())
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(module, timeout)
        out.seek(0)
        err.seek(0)
        return process.exitcode, out.read() + err.read()


def _begun(module: str, arguments: Sequence[str], env: Mapping[str, str], stdout: int, stderr: int) -> Any:
    assert FUSE not in env
    assert FUSE not in os.environ, "the server would carry it into all that it forks"
    given = (module, arguments, dict(env), _Given(stdout), _Given(stderr))
    process = FORKS.Process(target=_live, args=given, daemon=True)  # what a broken test leaves ends with pytest
    process.start()
    return process


class _Given:
    """A descriptor that goes to the child with the request to fork it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (DupFd(self._descriptor),)


def _received(given: Any) -> int:
    descriptor: int = given.detach()
    return descriptor


def _live(module: str, arguments: Sequence[str], env: Mapping[str, str], stdout: int, stderr: int) -> None:
    """In the child: what the interpreter does for `python -m`, from the environment to what runs at exit."""
    for own, standard in ((stdout, 1), (stderr, 2)):
        os.dup2(own, standard)
        os.close(own)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [module, *arguments]
    sys.modules.pop(module, None)  # it runs as `__main__`, and not as what was imported under its name
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()
