"""What a message adds to what is known, and what it puts in the place of what was wrong. Pure."""

import re
from dataclasses import replace
from typing import Final

from intake.conversations.behalf import visitable
from intake.conversations.conversation import Ask, Draft
from intake.conversations.heard import Heard, Place
from shared.categories import FRAUD
from shared.folding import folded

MOST_TROUBLE: Final = 2000
_HOUSE: Final = r"(?:(?:so nha|nha so|so|nha) )?\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4}\b"
_ONLY_A_HOUSE: Final = re.compile(rf"(?:(?:dung|phai|vang|ok|sai|nham)\b.{{0,20}}? )?(?P<house>{_HOUSE})")
_BEGINS_WITH_ONE: Final = re.compile(_HOUSE)


def filled(draft: Draft, heard: Heard, asking: Ask | None) -> Draft:
    """Only what is missing, or was asked for: nothing that they said before is lost by what they say next."""
    after = draft
    if heard.trouble is not None:
        after = _with_trouble(after, heard)
    found = draft.place_is_open and heard.place is not None and bool(heard.place.commune_code or heard.place.communes)
    if heard.place is not None and (not draft.is_placed or found or asking in {Ask.PLACE, Ask.WHICH_PLACE}):
        after = _with_place(after, heard.place, asked=asking)
    if heard.name is not None and (draft.name is None or asking is Ask.NAME):
        after = replace(after, name=heard.name)
    if heard.behalf is not None and draft.behalf is None:
        after = replace(after, behalf=heard.behalf)
    theirs = FRAUD not in {draft.category, heard.category}  # in a story of fraud an unasked number is whoever called
    if heard.phone is not None and ((draft.phone is None and theirs) or asking is Ask.PHONE):
        after = replace(after, phone=heard.phone)
    return visitable(after)


def corrected(draft: Draft, heard: Heard) -> Draft:
    """What they name now is right, whatever they said before; a trouble only if it surely is one: "sai rồi, số 21" is none."""
    after = draft
    if heard.place is not None:
        after = _with_place(replace(after, place_is_open=False), _on_the_same_road(heard.place, draft), asked=None)
    if heard.name is not None:
        after = replace(after, name=heard.name)
    if heard.phone is not None:  # the last that was asked for
        is_theirs = draft.visited_phone is not None
        after = replace(after, visited_phone=heard.phone) if is_theirs else replace(after, phone=heard.phone)
    if heard.trouble is not None and after == draft and (heard.category is not None or draft.trouble is None):
        after = replace(after, trouble=heard.trouble, category=heard.category, kinds=heard.kinds)
    return visitable(after)


def _on_the_same_road(place: Place, draft: Draft) -> Place:
    """ "Sai rồi, số nhà 21": road and commune are those told before."""
    told, before = place.address or "", draft.address or ""
    only = _ONLY_A_HOUSE.fullmatch(folded(told))
    if only is None or not before or draft.commune_code is None or place.commune_code is not None:
        return place
    begins = _BEGINS_WITH_ONE.match(folded(before))
    rest = f", {before}" if begins is None else before[begins.end() :]
    return Place(address=f"{told[only.start('house') :]}{rest}", commune_code=draft.commune_code)


def _with_trouble(draft: Draft, heard: Heard) -> Draft:
    """The first that makes sense says what kind it is; what follows is added to it."""
    told = heard.trouble or ""
    if draft.trouble is None:
        if heard.category is None and not heard.kinds:
            return draft
        return replace(draft, trouble=told, category=heard.category, kinds=heard.kinds)
    if told in draft.trouble:
        return draft
    both = f"{draft.trouble}. {told}"[:MOST_TROUBLE]
    if draft.category is not None or (heard.category is None and not heard.kinds):
        return replace(draft, trouble=both)
    return replace(draft, trouble=both, category=heard.category, kinds=heard.kinds)


def _with_place(draft: Draft, place: Place, *, asked: Ask | None) -> Draft:
    """Of two answers neither of which says where it is, the second is written down for a person to find."""
    if place.point is not None:
        return replace(draft, point=place.point, commune_code=None, communes=(), place_question=None)
    undecided = place.commune_code is None
    again = undecided and place.address is not None and draft.address is not None and asked in {Ask.PLACE, Ask.WHICH_PLACE}
    return replace(
        draft,
        address=place.address or draft.address,
        commune_code=place.commune_code,
        point=None,
        communes=() if again else place.communes,
        place_question=None if again else place.question,
        place_is_open=again,
    )
