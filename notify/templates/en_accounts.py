"""The English texts about accounts in chats: the same wordings in the same order as in `vi_accounts.py`."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.LINK_CODE: (
        (
            "TechRescue: your code is {link_code}, good for 10 minutes. Open {apps} and write it there. "
            "Give it to nobody, nobody of TechRescue asks for it."
        ),
    ),
    Purpose.LINKED: (
        (
            "TechRescue: {app} now belongs to this number. What concerns you comes there first, news for all by SMS. "
            "If it was not you, text HUY LIEN KET."
        ),
    ),
    Purpose.LINK_MOVED: (
        "TechRescue: the {app} account has moved to another number, we text you by SMS. To link one again, text LIEN KET.",
    ),
    Purpose.UNLINKED: ("TechRescue: the account is not linked any more, we text you by SMS. To link it again, text LIEN KET.",),
    Purpose.ACCOUNT_GONE: ("TechRescue: nothing arrives on {app} any more, we text you by SMS. To use it again, text LIEN KET.",),
    Purpose.LINK_HOW: (
        (
            "TechRescue does not know your number yet, so nothing is taken in here. Text LIEN KET by SMS to the number that "
            "texts you, and write the code you get here. For help call 1022."
        ),
    ),
    Purpose.LINK_WRONG: ("This code is wrong or its time is over. Text LIEN KET by SMS for a new one. For help call 1022.",),
}
