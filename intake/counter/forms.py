"""What kiosks, robots and desks send: bodies of the counter's routes."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from intake.counter.ticket import Urgent
from intake.forms import CategoryKey, ConsentVersion, Form, Language, Line, Name, PhoneText, Point, Requester, Text

DESK: Final = r"^[0-9A-Za-z-]{1,12}$"  # what is called out, as "3" or "2A"
Desk = Annotated[str, StringConstraints(pattern=DESK)]


class TicketForm(Form):
    """Body of POST /v1/points/{id}/tickets. `need`: in the person's own words, for whoever serves them."""

    category: CategoryKey | None = None
    need: Text | None = None
    priority: Annotated[Urgent, Field(strict=False)] | None = None
    phone: PhoneText | None = None  # where they are called by SMS, too
    language: Language = "vi"
    data_consent: ConsentVersion | None = None  # of the text on personal data that the kiosk showed, and they agreed to


class DeskForm(Form):
    """Body of POST /v1/points/{id}/next."""

    desk: Desk


class TicketFiling(Form):
    """Body of POST /v1/tickets/{id}/file: what the ordinary form needs beside what the ticket says."""

    requester: Requester
    description: Text
    category: CategoryKey | None = None  # null: the ticket's, or as the description suggests
    location: Point | None = None  # null: where the service point is
    address: Line | None = None
    on_behalf_of: Name | None = None
    visited_phone: PhoneText | None = None
    visit_consent: bool | None = None
    someone_present: bool | None = None
    data_consent: ConsentVersion | None = None  # null: as the kiosk was told
