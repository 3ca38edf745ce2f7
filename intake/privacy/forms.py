"""What callers send about people's own data."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from intake.forms import CommuneCode, Form, Line, Name, PhoneText
from intake.privacy.rights import Identified, Right, Why

Code = Annotated[str, StringConstraints(min_length=8, max_length=20, strip_whitespace=True)]


class RightForm(Form):
    """Body of POST /v1/privacy/requests: who asks, by their number or by the code of a request of theirs."""

    kind: Annotated[Right, Field(strict=False)]
    identified: Annotated[Identified, Field(strict=False)]
    code: Code | None = None
    phone: PhoneText | None = None

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if (self.code is None) is (self.phone is None):
            raise PydanticCustomError("nobody", "send either code or phone")
        return self


class CorrectionForm(Form):
    """Body of POST /v1/privacy/requests/{id}/correct. An address is that of one request, which `code` names."""

    name: Name | None = None
    phone: PhoneText | None = None
    address: Line | None = None
    commune_code: CommuneCode | None = None  # of the address, where it names no single one
    code: Code | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.name is self.phone is self.address is None:
            raise PydanticCustomError("nothing_to_correct", "send name, phone or address")
        if (self.address is None) is not (self.code is None) or (self.commune_code is not None and self.address is None):
            raise PydanticCustomError("which_request", "send address together with the code of its request")
        return self


class RefusalForm(Form):
    """Body of POST /v1/privacy/requests/{id}/refuse."""

    reason: Annotated[Why, Field(strict=False)]
