"""`python -m services.intake`: a call for help comes in."""

from typing import Final

from intake.guidance.rephrasing import ModelSettings, open_rephraser
from intake.hotline.settings import HotlineSettings
from intake.places.settings import PlaceSettings
from intake.service import IntakeDeps, parts
from intake.settings import IntakeSettings, Keep, Limit
from services.entry import main
from services.process import Base, Room, production
from services.settings import Settings
from services.settings_doors import operators_of
from shared.lifecycle import Parts


async def build(base: Base) -> Parts:
    told = base.settings
    hotline = HotlineSettings(
        due_seconds=told.callback_due_minutes * 60,
        lease_seconds=told.callback_lease_minutes * 60,
        most_tries=told.callback_tries,
        escalate_seconds=told.callback_desk_hours * 3600,
        draft_seconds=told.draft_hours * 3600,
        operators=operators_of(told.hotline_operators) if told.hotline_operators else {},
    )
    places = PlaceSettings(
        file=told.places_file,
        areas_file=told.areas_file,
        nominatim_url=told.nominatim_url,
        nominatim_seconds=told.nominatim_seconds,
    )
    settings = IntakeSettings(
        city=told.city,
        meeting_url=told.meeting_url,
        hotline=hotline,
        places=places,
        fixed_ask_seconds=told.fixed_ask_hours * 3600,
        hold_unconfirmed_seconds=told.hold_unconfirmed_minutes * 60,
        keep=Keep(
            details_days=told.keep_details_days, surveys_days=told.keep_surveys_days, messages_days=told.keep_messages_days
        ),
        duplicate_radius_m=told.duplicate_radius_m,
        duplicate_seconds=told.duplicate_hours * 3600,
        reveals_per_token=Limit(most=told.reveals_per_hour, seconds=3600),
    )
    plain = await base.life.enter(open_rephraser(_language_model(told)))
    return parts(
        IntakeDeps(pool=base.pool, vault=base.vault, tokens=base.tokens, transport=base.transport, settings=settings, plain=plain)
    )


def _language_model(settings: Settings) -> ModelSettings | None:
    if settings.language_model_url is None or settings.language_model is None:
        return None
    key = settings.language_model_key
    return ModelSettings(
        url=settings.language_model_url,
        model=settings.language_model,
        key=key.get_secret_value() if key else None,
        seconds=settings.language_model_seconds,
    )


ROOM: Final = Room("intake", build)

if __name__ == "__main__":
    main(production([ROOM]))
