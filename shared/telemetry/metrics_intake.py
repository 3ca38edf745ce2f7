"""The metrics of the doors of intake. A part of metrics.py, which is the list of all."""

from shared.telemetry.metric_list import counter as _counter
from shared.telemetry.metric_list import gauge as _gauge
from shared.telemetry.metric_list import histogram as _histogram

# The hotline
HOTLINE_CALLS = _counter(
    "techrescue_intake_calls_total",
    "calls whose end is known: answered, missed, abandoned; one that was answered after all counts as that, too",
    "outcome",
)
HOTLINE_ANSWER = _histogram(
    "techrescue_intake_call_answer_seconds",
    "from the first ring to the answer of an operator; promised are 20 s",
    buckets=(5, 10, 15, 20, 30, 45, 60, 120, 300),
)
HOTLINE_REFUSED = _counter(
    "techrescue_intake_refused_calls_total",
    "words of a telephone system that were not taken: old, ahead (by its clock), another_number (under the id of another call)",
    "reason",
)
HOTLINE_UNREADABLE = _counter(
    "techrescue_intake_unreadable_callers_total", "calls whose number is none that could be rung back, and is not hidden either"
)
HOTLINE_CALLBACKS = _gauge("techrescue_intake_waiting_callbacks", "people whom somebody has to call back")
HOTLINE_CALLBACKS_AGE = _gauge(
    "techrescue_intake_oldest_waiting_callback_age_seconds", "how long the first of them waits; 0: none"
)
HOTLINE_ESCALATED = _gauge("techrescue_intake_escalated_callbacks", "of them those that went up to the city desk")
HOTLINE_DONE = _counter(
    "techrescue_intake_ended_callbacks_total",
    "callbacks by outcome: reached, no_answer, wrong_number, answered (they rang again), filed (by another door)",
    "outcome",
)

# After the help
INQUIRIES = _counter(
    "techrescue_intake_inquiries_total",
    "questions to registered numbers that are over: fixed, survey, cancel, move; by what was said, or silence",
    "kind",
    "outcome",
)

# People's own data
RIGHTS_OPEN = _gauge("techrescue_intake_open_privacy_requests", "people who have asked about their own data and wait")
RIGHTS_OVERDUE = _gauge("techrescue_intake_overdue_privacy_requests", "of them those whose two working days are over")

# Guidance
GUIDANCE_SEARCHES = _counter("techrescue_intake_guidance_searches_total", "searches by outcome: found, nothing", "outcome")
GUIDANCE_OFFERS = _counter(
    "techrescue_intake_guidance_offers_total",
    "what became of “try this first”: offered, helped, not_helped, person",
    "outcome",
)
GUIDANCE_REPHRASED = _counter(
    "techrescue_intake_guidance_rephrased_total",
    "entries that a language model was asked to say in plainer words: taken, refused (it changed more), down, slow, resting",
    "outcome",
)

# Web chat
CHAT_SESSIONS = _counter("techrescue_intake_web_chats_total", "chats begun on our own page")
CHAT_MESSAGES = _counter("techrescue_intake_web_chat_messages_total", "messages heard there; one sent twice counts twice")
CHAT_LISTENERS = _gauge("techrescue_intake_web_chat_listeners", "streams of web chats that are open in this process")
CHAT_CUT = _counter("techrescue_intake_web_chat_cuts_total", "streams not opened, or ended by us: full, expired", "reason")

# Walk-in queues
TICKET_WAIT = _histogram(
    "techrescue_intake_ticket_wait_seconds",
    "from the ticket to the first call of its number",
    "group",
    buckets=(60, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200),
)
TICKETS = _counter(
    "techrescue_intake_tickets_total",
    "tickets by outcome: taken, called, no_show, done, missed, cancelled, unserved, unreported, filed",
    "outcome",
)

# Files of requests
IMPORTED = _counter("techrescue_intake_import_rows_total", "rows of files by outcome: filed, before, bad", "outcome")

# The operators' desk
DESK_LISTENERS = _gauge("techrescue_intake_desk_listeners", "who listens to the board just now, in this process")
DESK_CUT = _counter("techrescue_intake_desk_cut_total", "listeners who were cut off: slow, token, full", "reason")
DESK_REVEALS = _counter("techrescue_intake_desk_reveals_total", "numbers and addresses that an operator was shown", "reason")
DESK_MERGES = _counter("techrescue_intake_desk_merges_total", "duplicates: merged, unmerged, set_free", "outcome")

# Conversations
TALKS = _counter(
    "techrescue_intake_conversations_total",
    "what came of conversations: filed, handed_over, cancelled, goodbye; and on the way not_understood, secret (one was sent)",
    "channel",
    "outcome",
)
TALKS_ESCALATED = _gauge(
    "techrescue_intake_escalated_conversations",
    "conversations that nobody has answered in time, or that hold a cry: the city desk has them",
)
