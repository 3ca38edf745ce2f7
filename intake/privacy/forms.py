"""What callers send about people's own data."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from intake.forms import CommuneCode, Form, Line, Name, PhoneText
from intake.privacy.rights import Identified, Right, Why

Code = Annotated[str, StringConstraints(min_length=8, max_length=20, strip_whitespace=True)]


class RightForm(Form):
    """Body of POST /v1/privacy/requests: who asks, by their number, by the code of a request of theirs, or by a conversation."""

    kind: Annotated[Right, Field(strict=False)]
    identified: Annotated[Identified, Field(strict=False)]
    code: Code | None = None
    phone: PhoneText | None = None
    conversation: UUID | None = None

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if [self.code, self.phone, self.conversation].count(None) != 2:  # noqa: PLR2004 - of three, one is named
            raise PydanticCustomError("nobody", "send one of code, phone and conversation")
        if self.conversation is not None and self.kind is not Right.ERASE:
            raise PydanticCustomError("not_by_conversation", "a conversation can be erased only; else send code or phone")
        if self.conversation is None and self.identified is Identified.CHAT:
            raise PydanticCustomError("not_in_chat", "who is known by code or phone is made sure of there")
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
