"""The English texts to people about their own work: breaks and shifts. As in `en.py` the first wording that fits is taken."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

OWN_WORK: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.ON_DUTY: (
        "You are on shift until {until}. TechRescue will send you work. For a break text NGHI 30 (minutes) or NGHI.",
        "You are on shift {always}. TechRescue will send you work. For a break text NGHI 30 (minutes) or NGHI.",
        "TechRescue has noted that you are back. Your next shift begins {next_shift}.",
        "TechRescue has noted that you are back. You have no shift at present; please ask your ward lead.",
    ),
    Purpose.ON_BREAK: (
        "You are on a break until {until}: no new work from TechRescue. What you have accepted stays yours. To end it: text LAM.",
    ),
    Purpose.OFF_DUTY: ("You are off duty: no new work from TechRescue until you text LAM. What you have accepted stays yours.",),
    Purpose.TEAM_HERE: (
        "Noted. Of your team these are there: {names}. Not vetted, so not counted: {not_counted}.",
        "Noted. Of your team these are there: {names}.",
        "Noted. Not vetted, so not counted: {not_counted}. Nobody else of your team is there: no new work from TechRescue.",
        "Noted. Nobody of your team is there: no new work from TechRescue. Who is back texts PRESENT and the NAME.",
    ),
    Purpose.TEAM_UNKNOWN: (
        "Nothing noted: nobody of your team has that name. Your team: {names}. Text PRESENT or ABSENT and the NAME.",
        "Nothing noted: the roster lists no members of your team. Please ask your ward lead.",
    ),
    Purpose.TEAM_WHICH: (
        "Nothing noted: several of your team have that name: {names}. Text PRESENT or ABSENT again with the FULL NAME.",
    ),
    Purpose.ASK_WHO_ABSENT: (
        "Who is absent? The resident: text ABSENT and the number ({number}). Somebody of your team: text TEAM ABSENT {names}.",
    ),
    Purpose.DRILL: (
        "TechRescue contact test {month}: there is nothing to do. Reply 1 {question} to show that texts reach you. By {until}.",
    ),
    Purpose.DRILL_SILENT: (
        (
            "TechRescue got no answer to its contact test, so it sends you no jobs for now. "
            "To get jobs again, just text CONTACT (or anything) to this number."
        ),
    ),
    Purpose.DRILL_BACK: ("Thank you. TechRescue sends you jobs again as before.",),
    Purpose.SHIFT_CONFIRM: (
        (
            "TechRescue: you have a shift {window}, {commune}. Reply 1 {question} = I come, 2 {question} = I cannot. By {until}. "
            "To swap: SWAP {question} and a NAME."
        ),
    ),
    Purpose.SHIFT_TAKE: (
        "TechRescue needs somebody {window}, {commune}. Reply 1 {question} = I take the shift, 2 {question} = no. By {until}.",
    ),
    Purpose.SHIFT_SWAP: (
        (
            "TechRescue: {colleague} would like to swap the shift {window}, {commune}, for yours {returned}. "
            "Reply 1 {question} = agreed, 2 {question} = no. By {until}."
        ),
        "TechRescue: {colleague} asks you to work {window}, {commune}. Reply 1 {question} = yes, 2 {question} = no. By {until}.",
        "TechRescue: a colleague asks you to work {window}, {commune}. Reply 1 {question} = yes, 2 {question} = no. By {until}.",
    ),
    Purpose.SHIFT_TAKE_OVER: (
        (
            "TechRescue URGENT: {colleague} has to stop and asks you to take over NOW, shift {window}, {commune}. "
            "1 {question} = yes, 2 {question} = no. By {until}."
        ),
        (
            "TechRescue URGENT: a colleague has to stop and asks you to take over NOW, shift {window}, {commune}. "
            "1 {question} = yes, 2 {question} = no. By {until}."
        ),
    ),
    Purpose.SWAP_ASKED: (
        "We are asking {colleague} to swap your shift {window} for {returned}. It is yours until they agree. News by {until}.",
        "We are asking {colleague} to work your shift {window}. It is yours until somebody agrees. News by {until}.",
        "We are asking colleagues to work your shift {window}. It is yours until somebody agrees. News by {until}.",
    ),
    Purpose.SWAP_AGREED: (
        "{colleague} has taken over the rest of the shift {window}. You are off from now on. {leaves}",
        "Swapped: {colleague} works {window}, you work {returned}. Thank you both.",
        "{colleague} works the shift {window} for you. It is not yours any more.",
        "A colleague has taken the shift {window}. It is not yours any more. {leaves}",
        "A colleague works the shift {window} for you. It is not yours any more.",
    ),
    Purpose.SWAP_KEPT: (
        "{kept}. The shift {window} IS STILL YOURS. If you cannot, tell your ward lead at once; to stop new work text NGHI.",
        "{kept}. The shift cannot be swapped.",
    ),
    Purpose.SWAP_IMPOSSIBLE: (
        "Nobody was asked, nothing is swapped: {unequal}. Text SWAP SHIFT or HANDOVER and another NAME, or ask your ward lead.",
    ),
    Purpose.SHIFT_KEPT: ("Thank you. The shift {window}, {commune} is yours.",),
    Purpose.SHIFT_GIVEN_UP: (
        "Noted: you are not there {window}, {commune}. TechRescue is looking for somebody else. Thank you for telling us.",
    ),
    Purpose.SHIFT_SILENT: (
        (
            "We have no answer from you, so TechRescue is looking for somebody else for {window}, {commune}. "
            "If you will be there after all, reply 1 {question} at once."
        ),
        "We have no answer from you, so TechRescue is looking for somebody else for {window}, {commune}.",
    ),
    Purpose.SHIFT_TAKEN: (
        "Thank you. The shift {window}, {commune} is yours. The one {returned} is not yours any more.",
        "Thank you. The shift {window}, {commune} is yours.",
    ),
    Purpose.SHIFT_FILLED: ("Somebody has taken the shift {window}, {commune}. Thank you.",),
    Purpose.SHIFT_OVER: ("The shift {window}, {commune} needs no answer any more. Thank you.",),
    Purpose.SHIFT_GAP: ("TechRescue has found nobody for the shift {window}, {commune}. Please find somebody.",),
}

# Codes of closed sets that become words.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "leaves": {
        "keep": "The visits you have accepted stay yours until they are done.",
        "release": "The visits you had accepted go to others.",
    },
    "kept": {
        "refused": "Your colleague cannot take it",
        "silent": "Nobody has answered",
        "nobody": "Nobody was found to work for you",
        "over": "There is nothing to swap any more",
    },
    "unequal": {
        "yourself": "it is your own shift",
        "inactive": "this person is not on the roster any more",
        "phone_not_confirmed": "this person's phone is not confirmed",
        "unreachable": "nothing arrives at this person's phone",
        "another_commune": "this person is of another commune",
        "not_able": "this person lacks a skill that you have",
        "not_vetted": "nobody of this team is vetted then",
        "off_duty": "this person is off duty",
        "works_then": "this person works in these hours already",
        "no_shift": "we find no shift of yours to swap",
        "several_shifts": "there are several shifts on that day; text the code of one",
        "unknown_name": "nobody of this commune has that name or code",
        "ambiguous_name": "several have that name; write the whole name or the code",
        "no_return": "this person does not have that shift to give in return",
        "too_often": "colleagues were asked about this shift often enough",
        "too_late": "it is too late for a swap",
        "night": "nobody is asked from 21:00 to 07:00; call 1022",
    },
}
