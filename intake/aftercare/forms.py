"""What callers send after the help, and when they speak for a request from elsewhere."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from intake.forms import CommuneCode, Form, Line, PhoneText, Point, Text
from shared.moments import Moment


class Wish(StrEnum):
    """What somebody may want who does not have the registered number."""

    CANCEL = "cancel"
    MOVE = "move"


class FixedForm(Form):
    """Body of POST /v1/requests/{code}/fixed: what the resident has said by telephone. `caller_phone`: of a yes, as for PATCH."""

    fixed: bool
    caller_phone: PhoneText | None = None


class MoveForm(Form):
    """Body of POST /v1/requests/{code}/move-wish: another place, another time, or both. `at`: nobody comes before."""

    location: Point | None = None
    commune_code: CommuneCode | None = None
    address: Line | None = None
    at: Moment | None = None

    @property
    def has_place(self) -> bool:
        """A commune alone is no place that anybody could go to."""
        return self.location is not None or self.address is not None

    @model_validator(mode="after")
    def _moves_something(self) -> Self:
        if not self.has_place and (self.at is None or self.commune_code is not None):
            raise PydanticCustomError("nothing_to_move", "send address or location, or at: the time that is wanted")
        return self


class WishAnswer(Form):
    """Body of POST /v1/requests/{code}/wish-answer: what an operator has heard who called the registered number."""

    about: Annotated[Wish, Field(strict=False)]
    agreed: bool


class NumberForm(Form):
    """Body of POST /v1/requests/{code}/confirm-number: what was texted there; from an operator who has called there, null."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None


class SurveyForm(Form):
    """Body of POST /v1/requests/{code}/survey. From an operator: heard, or typed from paper."""

    score: Annotated[int, Field(ge=1, le=5)]
    why: Text | None = None
