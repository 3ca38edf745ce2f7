"""The settings of the doors that people come through. A part of services/settings.py, which reads them."""

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from intake.hotline.forms import AGENT
from services.setting_kinds import HttpAddress


def operators_of(value: str) -> dict[str, str]:
    """As the telephone system names them → the name of their token."""
    found: dict[str, str] = {}
    for part in value.split(","):
        agent, _, token = (text.strip() for text in part.partition("="))
        if not re.fullmatch(AGENT, agent) or not token or agent in found:
            raise ValueError("must be agent=token, several separated by commas, each agent once, e.g. 201=hotline-a")
        found[agent] = token
    return found


def _operators(value: str) -> str:
    operators_of(value)
    return value


class DoorSettings(BaseSettings):
    """What a deployment decides about its hotline, and whoever else opens a door."""

    callback_due_minutes: float = Field(
        15, ge=1, le=1440, description="Hotline: until when a call that nobody took is returned; later it is shown as overdue"
    )
    callback_lease_minutes: float = Field(
        10, ge=1, le=240, description="Hotline: who takes a callback makes it within this, or it is everybody's again"
    )
    callback_tries: int = Field(
        3,
        ge=1,
        le=20,
        description="Hotline: after so many calls without an answer the city desk has it; after as many more it ends",
    )
    callback_desk_hours: float = Field(
        2, gt=0, le=72, description="Hotline: after so long without anybody reached, the city desk has it"
    )
    hotline_operators: Annotated[str, AfterValidator(_operators)] | None = Field(
        None,
        description="Hotline: whose token an agent or extension of the telephone system is, `201=hotline-a,202=hotline-b`;"
        " unset: it names tokens",
    )
    draft_hours: float = Field(
        12,
        gt=0,
        le=720,
        description="Hotline: a draft that nobody touches is deleted; one typed during a call stays with the caller",
    )
    duplicate_radius_m: float = Field(
        250, ge=0, le=5000, description="Desk: a request of the same kind within so many metres may be the same one"
    )
    duplicate_hours: float = Field(24, gt=0, le=720, description="Desk: … if it was filed within so many hours of it")
    reveals_per_hour: int = Field(
        60, ge=1, le=10_000, description="Desk: so many numbers and addresses one token may be shown within an hour"
    )
    places_file: Path | None = Field(
        None,
        description="CSV of `name,commune_code`: streets and places of your own list; a street through several has several rows",
    )
    areas_file: Path | None = Field(
        None, description="GeoJSON of the communes' polygons with a property `code`: pins are exact; unset: the nearest centre"
    )
    nominatim_url: HttpAddress | None = Field(
        None,
        description="`http://host:port` of your own Nominatim, asked where the shipped names leave a question; unset: nobody",
    )
    nominatim_seconds: float = Field(3, gt=0, le=30, description="How long Nominatim may take for one address")
    language_model_url: HttpAddress | None = Field(
        None,
        description="A language model that says guidance in plainer words: its OpenAI-compatible API, e.g. `http://localhost:11434/v1`."
        " It gets entries only, never what people write; unset: entries as they are",
    )
    language_model: str | None = Field(None, description="Its name there; needed with the address")
    language_model_key: SecretStr | None = Field(None, description="The key of that API, where it asks for one")
    language_model_seconds: float = Field(
        2.0, gt=0, le=30, description="So long it may take; whatever comes later is not waited for"
    )

    fixed_ask_hours: float = Field(
        24, gt=0, le=72, description="So long after a request was resolved its number is asked whether it works"
    )
    hold_unconfirmed_minutes: float = Field(
        0,
        ge=0,
        le=1440,
        description="So long a request over the web waits for its number, never seen before, to be confirmed; 0: no wait",
    )
    keep_details_days: int = Field(
        365, ge=1, le=3650, description="Days after which what is over loses all that is personal, in every context"
    )
    keep_surveys_days: int = Field(180, ge=1, le=3650, description="Days that the words beside a mark are kept; the mark stays")
    keep_messages_days: int = Field(30, ge=1, le=3650, description="Days that a text is kept after an operator has read it")

    @model_validator(mode="after")
    def _model_is_whole(self) -> Self:
        if (self.language_model_url is None) != (self.language_model is None):
            raise ValueError("TECHRESCUE_LANGUAGE_MODEL_URL and TECHRESCUE_LANGUAGE_MODEL need each other")
        if self.language_model_key is not None and self.language_model_url is None:
            raise ValueError("TECHRESCUE_LANGUAGE_MODEL_KEY needs TECHRESCUE_LANGUAGE_MODEL_URL")
        return self
