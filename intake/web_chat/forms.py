"""What the web chat is sent. Strict to the last field."""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from intake.forms import Form, Point, Text

MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class ChatMessage(Form):
    """Body of POST /v1/chat/{id}/messages: a text or a place. `id`: the sender's own; the same again is the same message."""

    id: MessageId
    text: Text | None = None
    location: Point | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.text is None) is (self.location is None):
            raise PydanticCustomError("no_message", "send either text or location")
        return self
