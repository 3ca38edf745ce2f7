"""What messages may cost, how long they are kept, when they are out: a part of services/settings.py, which reads it."""

from pydantic import Field
from pydantic_settings import BaseSettings


class MoneySettings(BaseSettings):
    """Prices stand with their providers (`…_COST_VND`)."""

    budget_day_vnd: int = Field(
        0, ge=0, description="What messages of a day in Hanoi may cost in all; then nothing is tried a second time. 0: no budget"
    )
    budget_commune_day_vnd: int = Field(
        0, ge=0, description="The same for the messages about one commune's requests. 0: no budget"
    )
    budget_alarm_share: float = Field(
        0.8, gt=0, le=1, description="From this share of a budget on its end is near, and somebody is told"
    )
    keep_texts_days: int = Field(
        30, ge=1, le=3650, description="So long notify keeps what was said and written, and the numbers of it; then that it was"
    )
    keep_receipts_days: int = Field(
        14, ge=7, le=3650, description="So long notify keeps receipts, and what providers call our messages; later ones are lost"
    )
    outage_seconds: float = Field(
        60, ge=5, le=3600, description="When no provider of a channel has taken anything for so long, people are called instead"
    )
    outage_calls: int = Field(200, ge=0, le=100_000, description="With so many calls to make, P3 and P4 wait for a provider")
