"""What is only ever spoken, in English: an operator reads it from a call task, so there is no budget of an SMS."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

SPOKEN: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.NEEDS_LOCATION: (
        "Request {code} has no address yet. Ask: house number, lane, street, which commune or ward, what is near?",
    ),
    Purpose.INTERPRETER: (
        (
            "Request {code}: the resident speaks {language}, and {who}, who comes, does not. Find an interpreter and call both "
            "before the visit."
        ),
        "Request {code}: the resident speaks {language}, and whoever comes does not. Find an interpreter and call both.",
    ),
    Purpose.SAFETY_CALL: (
        (
            "Request {code}: a stranger at the door. Say: do not open, lock the door. Ask: are you safe, is the person still "
            "there, what do they say, is anybody with you? In danger call 113 at once. "
            "Ask: did you give anybody an OTP, a password, a card or money? Then call your bank now and have it blocked."
        ),
    ),
    Purpose.POLICE_CONTACT: (
        (
            "CALL THE POLICE of {commune} (or 113), not the resident. Request {code}: a suspected false helper at the door "
            "of {name}, phone {phone}, address {address}. Ask who is on duty and when they come; write it down."
        ),
    ),
    Purpose.ABSENT_CALL: (
        "Request {code}: the helper met nobody. Ask: when are you at home? Without an hour somebody comes from {opens}.",
    ),
    Purpose.ADDRESS_CALL: (
        "Request {code}: the helper did not find it. Ask: number, lane, street, what is near? Once corrected, somebody comes.",
    ),
    Purpose.REFUSAL_CALL: (
        "Request {code}: the helper says you need no help any more. Ask: is that so, and why? If not, file it again.",
    ),
    Purpose.SLOT_CALL: (
        "Request {code} takes one more visit. Ask: when? Note the time. Without one somebody comes from {opens}.",
    ),
    Purpose.OFFICE_HANDOVER: (
        "CALL {office}, not the resident. Request {code}: {category}. Hand it over, ask who takes it and until when.",
    ),
    Purpose.OFFICE_CALL: ("Request {code} went to {office}. Ask: is it done, what is missing? If not, ask that office again.",),
    Purpose.UNSAFE_CALL: (
        "Job {code}: you said it is not safe. Ask: are you outside, is anybody hurt, what happened? In danger call 113 at once.",
    ),
    Purpose.WELL_CALL: ("Job {code}: the helper has not answered our question. Ask: is all well, does anybody have to come?",),
    Purpose.FRAUD_CALL: (
        (
            "Request {code}: suspected fraud. Say: transfer no money, read out no code, install nothing. Ask: have you done any "
            "of this? If so, have the bank block the account at once. The ward lead will be in touch."
        ),
    ),
    Purpose.SOS_CALL: (
        "SOS, request {code}, {commune}. Ask: where are you, what happened, is anybody hurt? In danger call 113; hold on.",
    ),
}
