"""The settings of the doors that people come through. A part of services/settings.py, which reads them."""

from pydantic import Field
from pydantic_settings import BaseSettings


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
    draft_hours: float = Field(
        12,
        gt=0,
        le=720,
        description="Hotline: a draft that nobody touches is deleted; one typed during a call stays with the caller",
    )
