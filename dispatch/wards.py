"""Whose ward it is: a ward lead whose token names a ward decides about what belongs to that ward, and to no other."""

from shared.errors import Refused
from shared.security.tokens import Caller


def check_ward(caller: Caller, commune_code: str) -> None:
    """Raises Refused. Whose token names no ward decides everywhere."""
    if caller.commune_code not in {None, commune_code}:
        raise Refused("another_commune", "this belongs to another commune; its own ward lead or an operator decides about it")
