"""A docket for decisions that ask for the leads of a case; nothing is loaded and nothing saved."""

from collections.abc import Sequence
from typing import Any

from dispatch.docket import Docket
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead


def a_docket(case: Case, seats: Sequence[Lead]) -> Docket:
    nothing: Any = None
    docket = Docket(nothing, "test", case.now, parties=case.parties, leads=list(seats))
    docket.add(case)
    return docket
