"""Bodies that dispatch's routes take. What is unknown is refused, so that a misspelt field is not lost in silence."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dispatch.roster.entry import EXTERNAL_ID, e164, named, plain
from shared.events.assignments import Outcome
from shared.events.incidents import Symptom
from shared.lures import unbaited
from shared.moments import Moment
from shared.pauses import BY_PEOPLE, Pause

# From which number whoever wants it rings; null: nobody does, the desk has called the registered one.
CallerPhone = Annotated[str | None, Field(min_length=8, max_length=32)]


class OutcomeForm(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome


class SlotForm(BaseModel):
    """From when on a visit that was put off goes on; the resident has been asked. With an offset from UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Moment
    caller_phone: CallerPhone = None


class NameForm(BaseModel):
    """Who of the team goes: a word of the name, the whole of it, or what the roster calls them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: Annotated[str, Field(min_length=1, max_length=100)]

    @field_validator("member")
    @classmethod
    def _member(cls, value: str) -> str:
        return plain(value)


class AcceptForm(BaseModel):
    """`member`: as in NameForm; of a team with members, who of it goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: Annotated[str | None, Field(min_length=1, max_length=100)] = None

    @field_validator("member")
    @classmethod
    def _member(cls, value: str | None) -> str | None:
        return None if value is None else plain(value)


class PresenceForm(BaseModel):
    """Whether somebody of a team is there. `until`: an absence ends by itself then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    present: bool
    until: Moment | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.present and self.until is not None:
            raise ValueError("until belongs to an absence")
        return self


class DeclineForm(BaseModel):
    """`to_desk`: of an escalation, straight to the city desk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to_desk: bool = False


class AssignForm(BaseModel):
    """`responder`: what the roster's owner calls them. `dry_run`: say what it would mean, and change nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    responder: Annotated[str, Field(pattern=EXTERNAL_ID)]
    dry_run: bool = False


class ExclusionForm(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    responder: Annotated[str, Field(pattern=EXTERNAL_ID)]


class PauseForm(BaseModel):
    """`until`: with a time zone. Another time for the resident needs one; an office is waited for until the cap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Pause
    until: Moment | None = None
    caller_phone: CallerPhone = None

    @model_validator(mode="after")
    def _slot(self) -> Self:
        if self.reason not in BY_PEOPLE:
            raise ValueError("jobs wait for that by themselves; say resident_later or waiting_office")
        if self.reason is Pause.RESIDENT_LATER and self.until is None:
            raise ValueError("say until when: the time that the resident asked for")
        return self


class DrillForm(BaseModel):
    """What came of a drill: whether this phone answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answered: bool


class SplitForm(BaseModel):
    """`job`: the one that is taken out of the group; without it the whole group is taken apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job: UUID | None = None


class IncidentForm(BaseModel):
    """`symptom`: what is known of it, a word of a closed list, because callers read it in two languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Annotated[str, Field(max_length=60)]
    symptom: Symptom | None = None


class ConfirmIncidentForm(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    symptom: Symptom | None = None


class AnswerForm(BaseModel):
    """What a resident said who was held by an incident: whether it works again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    works: bool


class SessionForm(BaseModel):
    """`jobs`, or those of `requests` by their codes, or of a proposed `group`.

    `venue`: where people come to, as they read it. `at`: with an offset from UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    jobs: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    requests: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    group: UUID | None = None
    at: Moment
    venue: Annotated[str, Field(min_length=3, max_length=40)]

    @field_validator("venue")
    @classmethod
    def _venue(cls, value: str) -> str:
        return unbaited(plain(value))

    @model_validator(mode="after")
    def _of_whom(self) -> Self:
        if [bool(self.jobs), bool(self.requests), self.group is not None].count(True) != 1:
            raise ValueError("say jobs, or requests, or the group that was proposed; one of them")
        if len(set(self.jobs)) < len(self.jobs) or len(set(self.requests)) < len(self.requests):
            raise ValueError("names one of them twice")
        return self


class ComesForm(BaseModel):
    """What a resident said who was invited to a session."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comes: bool


class LeadForm(BaseModel):
    """Who answers for a ward. Asked only once `confirmed`, here or by POST /v1/contact-points/{id}/confirm."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["ward_lead", "deputy"]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    phone: Annotated[str, Field(max_length=40)]
    confirmed: bool = False

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return named(value)

    @field_validator("phone")
    @classmethod
    def _phone(cls, value: str) -> str:
        return e164(value)
