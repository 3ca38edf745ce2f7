"""Short questions about us: whether we are who we say ("các bạn là ai", "is this a scam"), and why we ask. Pure.

Only the whole message counts: in a sentence that tells more, somebody else may be the swindler, and that is the trouble.
"""

import re
from typing import Final

from intake.conversations.intents import words_of

_NO: Final = r"(?:khong|ko|k|hok)"
_YOU: Final = r"(?:ben )?(?:cac )?(?:ban|em|chau|con|anh|chi|may|day)"
_FALSE: Final = r"(?:lua dao|lua|gia mao|gia danh|ke gian)"
_WHO: Final = (
    rf"{_YOU} la (?:ai|don vi nao|to chuc nao|ben nao|co quan nao|nguoi hay (?:la )?(?:may|robot|bot))",
    r"ai (?:day|the|vay)|(?:day la )?so (?:nay )?(?:la )?cua ai|techrescue la (?:gi|ai|cai gi|ben nao)",
    r"who are you|who is this|who's this|what is techrescue|are you (?:a )?(?:robot|bot|machine|human)",
)
# In a story of fraud these ask about whoever called.
_WHETHER: Final = (
    rf"(?:{_YOU} )?co (?:phai )?(?:la )?{_FALSE} {_NO}|(?:{_YOU} )?co (?:phai )?(?:la )?(?:that|uy tin) {_NO}|co tin duoc {_NO}",
    rf"(?:lam )?sao (?:toi |bac |minh |co )?(?:biet|tin) (?:duoc )?(?:{_YOU} |la )*(?:{_NO} (?:phai )?(?:la )?{_FALSE}|that)",
    rf"(?:lam )?sao (?:toi |bac |minh )?tin (?:duoc )?{_YOU}",
    rf"(?:co )?(?:phai )?(?:mat|ton|thu|tinh|tra|nop) (?:tien|phi)(?: gi)? {_NO}",
    rf"(?:co )?(?:duoc )?mien phi {_NO}|(?:mat|ton|het) bao nhieu tien",
    r"is (?:it|this|the help) (?:really )?(?:free|free of charge|(?:a )?(?:scam|fraud|fake)|real|legit)",
    r"(?:are you|is it you) (?:a |really |for )?(?:scam|scammers?|fake|real|legit)",
    r"how (?:do|can) i know (?:that )?(?:this|it|you) (?:is|are)(?: not|n't)? (?:a |an )?(?:scam|scammers?|fraud|fake|real)",
    r"does (?:it|this) cost (?:money|anything)|do i (?:have to |need to )?pay|how much does (?:it|this) cost",
)
_FIRST: Final = (
    r"(?:(?:xin )?chao(?: (?:em|ban|chau))?|alo|xin loi|hello|hi|sorry|(?:cho )?(?:toi |bac )?hoi|o|the|vay|nhung|but|em oi)"
)
_LAST: Final = r"(?:a|nhi|vay|the|day|ha|em|ban|chau|con|please)"


def _of(*forms: str) -> re.Pattern[str]:
    form = f"(?:{'|'.join(forms)})"
    return re.compile(rf"(?:{_FIRST} )*{form}(?: {_LAST})*(?: {form}(?: {_LAST})*){{0,2}}")


_OF_US: Final = _of(*_WHO)
_OF_ANYBODY: Final = _of(*_WHO, *_WHETHER)
_SIGNS: Final = re.compile(r"[^\w']+")
_LONGEST: Final = 120

_TOLD: Final = r"(?:dia chi|so nha|ten|ho ten|so|so dien thoai|sdt|thong tin)"
_WHY: Final = _of(
    rf"(?:sao|tai sao|vi sao) (?:\w+ ){{0,3}}(?:cho|hoi|can|khai|lay|biet|dua|noi|gui) (?:\w+ ){{0,2}}{_TOLD}",
    rf"(?:hoi|can|lay|xin) {_TOLD} (?:de )?lam gi|hoi (?:de )?lam gi",
    r"hoi (?:gi (?:ma )?)?(?:lam|nhieu) (?:the|vay|qua)|sao hoi (?:lam|nhieu)",
    r"why do you (?:need|ask for|want|ask) (?:my |the )?(?:address|name|phone|phone number|number)|why do you ask",
)


def asks_why(text: str) -> bool:
    """ "Sao phải cho địa chỉ?", to a question of who and where."""
    return _says(_WHY, text)


def doubts_us(text: str, *, of_fraud: bool) -> bool:
    """`of_fraud`: they are telling of a swindler."""
    return _says(_OF_US if of_fraud else _OF_ANYBODY, text)


def _says(form: re.Pattern[str], text: str) -> bool:
    plain = " ".join(_SIGNS.sub(" ", words_of(text)).split())
    return len(plain) <= _LONGEST and form.fullmatch(plain) is not None
