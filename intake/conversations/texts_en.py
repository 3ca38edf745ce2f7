"""What we say in a conversation, in English. `SMS`: shorter, where one or two parts have to be enough; no links anywhere."""

from collections.abc import Mapping
from typing import Final

ANOTHER: Final = "another"
LIES_IN: Final = "{address} (now in {commune})"
SHARED_POINT: Final = "the place you shared"
THIS_NUMBER: Final = "this number"
FOR_OTHER: Final = "{name} (for {whom})"
WHICH_WARD: Final = "Which ward or commune is it:"

TEXTS: Final[Mapping[str, str]] = {
    "hello": "Hello, this is TechRescue.",
    "help": "Tell us what you need help with, where you are and your name, and we send somebody."
    " Write STATUS to ask about a request, WRONG to correct, CANCEL to stop, HUMAN for a person. Urgent: call 1022.",
    "welcome_back": "Hello again. We remember what you told us.",
    "ask_trouble": "What do you need help with? For example: I cannot log in to VNeID.",
    "ask_kind": "Which of these is it most like? {kinds}.",
    "fraud": "Never send money to anybody. Never read a code to anybody. Do not do what a caller says: hang up."
    " If it has happened, call your bank and 113 now.",
    "tip": "{tip}",
    "tip_helped": "Good to hear! Write here if there is anything else.",
    "tip_goes_on": "Then I note a request, so that somebody helps.",
    "ask_tried": "Did it help? 1 yes, 2 no. To reach a person write “person”.",
    "ask_place": "Where are you? Please give house number, street and ward or commune.",
    "ask_which_place": "{communes}",
    "ask_name": "What is your name?",
    "ask_phone": "On which phone number can we call you?",
    "ask_whom": "Is it for somebody else? If so, send their phone number: they are asked before anybody comes."
    " If they have none, send 1. If it is for yourself, send 2.",
    "ask_right": "We understood: {trouble} ({kind}). Address: {where}. Name: {name}. Phone: {phone}."
    " {consent}Is that right? 1 right, 2 correct it.",
    "ask_what_wrong": "What is wrong? 1 what you need, 2 address, 3 name, 4 phone number.",
    "ask_cancel": "Do you want to cancel request {code}? 1 cancel, 2 keep.",
    "ask_call": "On which number shall we call you?",
    "call_back": "We call {phone} as soon as an operator is free. Urgent: call 1022.",
    "not_understood": "Sorry, we did not understand.",
    "no_secrets": "Please send no one-time code, password, card or ID number to anybody, not even to us."
    " It was blacked out and not kept. If somebody else has it, call your bank and 1022 now.",
    "who_we_are": "This is the answering machine of TechRescue, tech help in the community; the hotline is 1022."
    " We never ask for codes, passwords, cards or money. Whoever comes must say the right pass phrase."
    " In doubt do not open; call 1022 and ask.",
    "why_we_ask": "We ask so that somebody finds you. If you would rather not say it here, write HUMAN or call 1022.",
    "filing": "Your request is being sent, one moment please.",
    "filed": "Request received, code {code}. We call to tell you the words by which you know your helper."
    " Write STATUS to ask, CANCEL to cancel.",
    "filed_elsewhere": "Request received, code {code}. The words by which you know your helper are sent to {phone};"
    " so is word of who comes. Write STATUS to ask.",
    "stands": "Request {code}: {status}.",
    "stands_nowhere": "There is no open request. Send a code TR-…, or tell us what you need help with.",
    "no_such_code": "There is no such code. Look again at the message from TechRescue, or call 1022.",
    "cancelled": "We stop here; nothing was sent. Write again whenever you need help.",
    "cancelled_request": "Request {code} is cancelled. Write again whenever you need help.",
    "not_cancelled": "Request {code} cannot be cancelled any more: {status}. If it is urgent, call 1022.",
    "dropped": "We drop what you were telling. Request {code} stays as it is; to cancel that one, write CANCEL again.",
    "cancel_asked": "The registered number of request {code} is asked by text. It is called off when that number says yes.",
    "door": "{advice}",
    "door_nobody": "Nobody of TechRescue comes to you now. Do NOT open. Call 1022 and ask. In danger, call 113.",
    "door_which": "Do NOT open yet. Send the code of your request and what they said: TR-7K3M-92QX passphrase hoa sen."
    " In danger, call 113.",
    "cancel_which": "Which request do you want to cancel? Write CANCEL with its code, for example: CANCEL {code}.",
    "kept": "Request {code} stays as it is.",
    "thanks": "You are welcome. Write whenever you need more.",
    "reminder": "Are you still there? We are waiting to send your request.",
    "goodbye": "We stop here. We remember what you said for 7 days; write again to go on. Urgent: call 1022.",
    "farewell": "We stop here. Write again whenever you need help; urgent: call 1022.",
    "to_person": "We hand you over to a person, with what you told us. They will contact you. Urgent: call 1022.",
    "with_person": "A person has what you told us and reads this, too. They will contact you. Urgent: call 1022.",
    "to_person_cry": "If there is danger call 113 (police), 114 (fire) or 115 (ambulance) now. A person is told at once.",
    "to_person_lost": "Sorry, we did not understand. A person will look at it and contact you. Urgent: call 1022.",
    "to_person_correct": "Your request is sent already, so a person puts it right and contacts you. Urgent: call 1022.",
    "to_person_failed": "The request could not be sent, so a person will do it for you. Urgent: call 1022.",
}
SMS: Final[Mapping[str, str]] = {
    "help": "Tell us what you need, where, and your name. STATUS: your request."
    " WRONG: correct. CANCEL: stop. HUMAN: a person. Urgent: 1022.",
    "ask_right": "Understood: {trouble}. Address: {where}. Name: {name}. {consent}Right? 1 yes, 2 correct it.",
    "no_secrets": "Send no codes, passwords, cards or IDs to anybody. It was blacked out. If it leaked, call your bank and 1022.",
    "who_we_are": "This is the answering machine of TechRescue, hotline 1022."
    " We never ask for codes, passwords, cards or money."
    " Whoever comes must say the right pass phrase. In doubt do not open; call 1022.",
    "fraud": "Never send money to anybody. Never read a code to anybody. Hang up. If it has happened: bank and 113, now.",
    "filed": "Received, code {code}. We call to tell the words by which you know your helper. STATUS: ask. CANCEL: cancel.",
    "goodbye": "We stop here and remember for 7 days; write again to go on. Urgent: 1022.",
}
