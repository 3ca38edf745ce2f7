"""What callers send after the help, and when they speak for a request from elsewhere."""

from typing import Annotated

from pydantic import Field, StringConstraints

from intake.forms import Form, Text


class FixedForm(Form):
    """Body of POST /v1/requests/{code}/fixed: what the resident has said on the telephone."""

    fixed: bool


class NumberForm(Form):
    """Body of POST /v1/requests/{code}/confirm-number: what was texted there; from an operator who has called there, null."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None


class SurveyForm(Form):
    """Body of POST /v1/requests/{code}/survey. From an operator: heard, or typed from paper."""

    score: Annotated[int, Field(ge=1, le=5)]
    why: Text | None = None
