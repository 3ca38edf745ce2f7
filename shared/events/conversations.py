"""Bodies of `techrescue.conversations.v1`: what intake says in a conversation. notify says it, where it was written."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.events.contract import ChannelKind, Contract, Sealed


class TalkChannel(StrEnum):
    """Where somebody writes to us."""

    ZALO = "zalo"
    TELEGRAM = "telegram"
    SMS = "sms"
    WEB = "web"  # the chat on our own page: read there, said by nobody else


class ConversationSaid(Contract):
    """Body of conversation.said. The number or account it goes to is known to notify, from where they wrote."""

    conversation_id: UUID
    city: str
    contact_point_id: UUID
    channel: ChannelKind
    text: Sealed  # purpose "text", under the key of whoever wrote
    asks: bool = False  # a bare word of theirs answers this, and not what they were asked before
    answers: bool = True  # what they have just said; else we have begun: a reminder, a goodbye
    not_after: datetime  # worthless from then on
