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
    Purpose.SHIFT_CONFIRM: (
        "TechRescue: you have a shift {window}, {commune}. Reply 1 {question} = I come, 2 {question} = I cannot. By {until}.",
    ),
    Purpose.SHIFT_TAKE: (
        "TechRescue needs somebody {window}, {commune}. Reply 1 {question} = I take the shift, 2 {question} = no. By {until}.",
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
    Purpose.SHIFT_TAKEN: ("Thank you. The shift {window}, {commune} is yours.",),
    Purpose.SHIFT_FILLED: ("Somebody has taken the shift {window}, {commune}. Thank you.",),
    Purpose.SHIFT_OVER: ("The shift {window}, {commune} needs no answer any more. Thank you.",),
    Purpose.SHIFT_GAP: ("TechRescue has found nobody for the shift {window}, {commune}. Please find somebody.",),
}
