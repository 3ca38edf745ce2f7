"""Bodies of the hotline's routes, strict to the last field. What an operator types stands in draft_form.py."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from intake.forms import Form, PhoneText
from intake.hotline.call import CallEvent
from intake.hotline.callback import SAID, CallbackOutcome, Reason
from shared.moments import Moment

AGENT: Final = r"^[A-Za-z0-9._@+-]{1,64}$"  # as the telephone system names who has answered


class CallForm(Form):
    """Body of POST /v1/calls: one word about one call. `call`: the telephone system's own id, never used for another call."""

    model_config = ConfigDict(populate_by_name=True)

    call: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
    event: Annotated[CallEvent, Field(strict=False)]
    caller: Annotated[str, StringConstraints(max_length=64)] | None = Field(default=None, alias="from")
    at: Moment | None = None  # None: now
    operator: Annotated[str, StringConstraints(pattern=AGENT)] | None = None

    @model_validator(mode="after")
    def _only_who_answers_has_a_name(self) -> Self:
        if self.operator is not None and self.event is not CallEvent.ANSWERED:
            raise PydanticCustomError("no_operator", "operator comes with answered only")
        return self


class CallbackForm(Form):
    """Body of POST /v1/callbacks: somebody wants to be called."""

    phone: PhoneText
    reason: Annotated[Reason, Field(strict=False)] = Reason.ASKED


def _may_be_said(outcome: CallbackOutcome) -> CallbackOutcome:
    if outcome not in SAID:
        raise PydanticCustomError("not_an_outcome", "say reached, no_answer or wrong_number")
    return outcome


class OutcomeForm(Form):
    """Body of POST /v1/callbacks/{id}/done."""

    outcome: Annotated[CallbackOutcome, Field(strict=False), AfterValidator(_may_be_said)]
