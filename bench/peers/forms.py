"""Our body of POST /v1/requests as a textbook would declare it: the same fields and checks, read by FastAPI itself.

Ours is strict, which FastAPI's own reading cannot feed: it validates Python values, where an enum is no string.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from intake.forms import CategoryKey, CommuneCode, Contact, Language, Line, Name, PhoneText, Text, Vulnerable
from shared.events.requests import Channel


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Requester(Form):
    name: Name
    phone: PhoneText


class Point(Form):
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class RequestForm(Form):
    channel: Channel
    requester: Requester
    category: CategoryKey
    description: Text
    location: Point | None = None
    address: Line | None = None
    commune_code: CommuneCode | None = None
    on_behalf_of: Name | None = None
    vulnerable: Annotated[tuple[Vulnerable, ...], Field(max_length=len(Vulnerable))] = ()
    language: Language = "vi"
    visit_consent: bool | None = None
    contact: Contact = Contact.MESSAGE
