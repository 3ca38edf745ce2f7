"""A process that says who it is and does what it is told: waits for a signal, fails, or ends with a status. For test_forks.py."""

import atexit
import json
import os
import random
import signal
import sys
from pathlib import Path

DESCRIPTORS = Path("/proc/self/fd")


def sockets() -> list[str]:
    return [
        str(target) for link in DESCRIPTORS.iterdir() if link.exists() for target in [link.readlink()] if "socket" in str(target)
    ]


def introduction() -> dict[str, object]:
    numbers = {"random": random.random(), "urandom": os.urandom(8).hex()}  # noqa: S311 - whether two draw the same
    return {"pid": os.getpid(), "parent": os.getppid(), "environment": dict(os.environ), "sockets": sockets(), **numbers}


if __name__ == "__main__":
    print(json.dumps(introduction()), flush=True)  # noqa: T201
    order = sys.argv[1]
    if order == "wait":
        signal.pause()
    if order == "fail":
        raise LookupError(order)
    atexit.register(print, "at exit")
    sys.exit(int(order))
