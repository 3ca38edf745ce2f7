"""Whose ward it is: a ward lead whose token names a ward decides about what belongs to that ward, and to no other."""

from shared.errors import NotYours
from shared.security.tokens import Caller


def check_ward(caller: Caller, *communes: str | None) -> None:
    """`communes`: of everything the decision is about; None is the city's. Raises NotYours. Whose token names no ward decides
    everywhere."""
    if caller.commune_code is not None and set(communes) != {caller.commune_code}:
        raise NotYours("another_commune", "this belongs to another commune; its own ward lead or an operator decides about it")
