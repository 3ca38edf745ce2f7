"""What notify reads, and as which group of consumers."""

from typing import Final

from shared.events.registry import Topic

# Group → what it reads, and whether somebody waits for each event: an offer has to leave at once; that a request has come in may
# be told with others, a tenth of a second later. What notify itself said it knows.
READING: Final = (
    ("notify", Topic.ASSIGNMENTS, True),
    ("notify.requests", Topic.REQUESTS, False),
    ("notify.conversations", Topic.CONVERSATIONS, True),
)
