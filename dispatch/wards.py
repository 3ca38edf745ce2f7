"""Whose ward it is: whose token names a ward sees what belongs to that ward and decides about it, and about no other."""

from shared.errors import NotYours
from shared.security.tokens import Caller


def check_ward(caller: Caller, *communes: str | None) -> None:
    """`communes`: of everything the decision is about; None is the city's. Raises NotYours. Whose token names no ward decides
    everywhere."""
    if caller.commune_code is not None and set(communes) != {caller.commune_code}:
        raise NotYours("another_commune", "this belongs to another commune; its own ward lead or an operator decides about it")


def ward_to_see(caller: Caller, asked: str | None) -> str | None:
    """Of which ward a list is; None: of all. Raises NotYours for whoever asks for another than their token's."""
    if asked is not None:
        check_ward(caller, asked)
    return asked or caller.commune_code
