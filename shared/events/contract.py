"""Building blocks of event bodies: values that several bodies share. No behaviour, no personal data in clear text."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """Base of every body. Unknown fields are ignored when read: contracts grow by optional fields (an older reader lives on)."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Priority(StrEnum):
    P1 = "P1"  # a service point is down: many people stand in front of it
    P2 = "P2"  # due today, or somebody is locked out of something urgent
    P3 = "P3"  # an ordinary visit
    P4 = "P4"  # advice, booked ahead


class Role(StrEnum):
    """In which part a person is written to; with the event type it picks the text."""

    RESIDENT = "resident"  # who is helped, or who called for them
    RESPONDER = "responder"  # team, volunteer, engineer or mobile point
    LEAD = "lead"  # ward lead, deputy or city desk, asked by an escalation


class ChannelKind(StrEnum):
    SMS = "sms"
    ZALO = "zalo"  # the chat with the city's Official Account
    ZNS = "zns"  # a template message of Zalo, by phone number; nobody can answer it
    TELEGRAM = "telegram"
    WEB_PUSH = "web_push"
    EMAIL = "email"
    CALL = "call"  # no machine reaches this person: an operator calls


class Sealed(Contract):
    """AES-256-GCM under the key of one person. Erasing the person deletes the key and makes every copy unreadable."""

    key_id: UUID  # which key of schema `vault` opens it
    box: str  # base64 of nonce (12 bytes) + ciphertext + tag (16 bytes)


class Place(Contract):
    """A coarse place: degrees WGS 84, rounded to three decimals (about 110 m). The exact point is sealed."""

    lat: float
    lon: float


class Recipient(Contract):
    """Somebody an event has to reach. notify needs nothing else to write to them."""

    role: Role
    contact_point_id: UUID
    address: Sealed  # purpose "phone": the number in E.164
    name: Sealed | None = None  # purpose "name"
    language: str = "vi"
    channels: tuple[ChannelKind, ...] = (ChannelKind.SMS,)  # in the order this person prefers
