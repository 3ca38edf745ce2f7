"""From an event to the fields of a text: what may be said to whom. Pure; sealed values are opened by the `Opener` handed in.

Name, phone and address of the resident go to the winner only, and only once the visit is agreed to. The phrase goes to the
resident, and to the winner with "on my way".
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from notify.purpose import Purpose
from notify.question import SUSPICIOUS_VISIT, UNSAFE_VISIT, AskedOffer, Question
from notify.sms_text import clean
from notify.telling.details import beside_commune, details_of, phrase_of, text_of
from notify.telling.ingredients import Telling
from notify.telling.offices import office_of
from notify.telling.request_wording import of_request
from notify.telling.session_words import session_label
from notify.templates import distance_text, lease_text, phone_text, when_text
from shared.categories import CATEGORIES, FRAUD
from shared.company import needs_two
from shared.events.assignments import JobState, JobStatus, OfferState, Outcome
from shared.geo.communes import COMMUNES
from shared.languages import language_names
from shared.service_levels import Stage, deadline, starts_at

HOTLINE: Final = "1022"
NEWS_OTHERWISE: Final = timedelta(hours=24)


def fields(purpose: Purpose, telling: Telling) -> dict[str, str]:
    """Only what is known: an absent field picks another wording in templates/."""
    if telling.request is not None:
        return _present(of_request(telling.request, telling))
    if telling.change is None:
        return {}
    job, offer = telling.change.job, telling.change.offer
    numbers = {"number": str(telling.number) if telling.number is not None else None, "count": str(job.shared_by)}
    numbers["minutes"] = str(telling.change.minutes) if telling.change.minutes is not None else None
    common = {"code": job.code, **numbers, **_place_and_category(job.category, job.commune_code, telling.language)}
    special = _SPECIAL.get(purpose)
    return _present({**common, **(special(telling, job, offer) if special else {})})


def question_fields(
    question: Question, language: str, distance_m: int | None = None, shared_by: int = 1, company: str | None = None
) -> dict[str, str]:
    """An offer, of a visit for so many requests; or the escalations that one text tells of, by how many and where."""
    told = question.open_offers
    what = _place_and_category(told[0].category, told[0].commune_code, language) if len(told) == 1 else _several(told, language)
    lease = lease_text(min(offer.lease_seconds for offer in told), language)
    distance = None if distance_m is None else distance_text(distance_m, language)
    count = str(shared_by) if shared_by > 1 else None
    asked = {"question": str(question.code), "lease": lease, "distance": distance, "count": count, "company": company}
    return _present({**what, **asked})


def _several(told: Sequence[AskedOffer], language: str) -> dict[str, str | None]:
    """How many, and where."""
    several = f"{len(told)} việc" if language != "en" else f"{len(told)} requests"
    alarms = [offer.category for offer in told if offer.category in _ALARMS]
    if alarms:  # among others it must not be overlooked
        several = f"{_ALARMS[alarms[0]][language == 'en']} + {len(told) - 1}"
    places = list(dict.fromkeys(_place_and_category(one.category, one.commune_code, language)["commune"] or "" for one in told))
    where = ", ".join(places)
    return {"category": several, "commune": where if len(where) <= _LONGEST_PLACES else f"{places[0]} +{len(places) - 1}"}


_LONGEST_PLACES: Final = 40
_ALARMS: Final = {
    SUSPICIOUS_VISIT: ("NGHI KẺ GIẢ DANH Ở CỬA NHÀ DÂN", "SUSPECTED IMPOSTOR AT A RESIDENT'S DOOR"),  # vi, en
    UNSAFE_VISIT: ("NGƯỜI GIÚP BÁO KHÔNG AN TOÀN", "THE HELPER SAYS IT IS NOT SAFE"),
}


def _who(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:
    if job.responder is None:
        return {"who": None}
    name = telling.opened(job.responder.name, "name")
    member = telling.opened(job.responder.member, "name")
    partner = telling.opened(job.responder.partner, "name")
    if member and partner:
        member = f"{member} {'and' if telling.language == 'en' else 'và'} {partner}"
    who = f"{member} ({name})" if member and name else member or name
    unnamed = "người của TechRescue" if telling.language != "en" else "somebody of TechRescue"
    return {"who": who or unnamed, "helper": job.responder.kind, "hold": "unnamed" if job.responder.unnamed else None}


def _tongue(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    names = language_names(job.resident.language)
    return {**_who(telling, job, offer), "language": names["en" if telling.language == "en" else "vi"]}


def _on_the_way(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    return {**_who(telling, job, offer), **_words(telling, job, offer)}


def _call(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    """For the hotline, who connects the two: neither learns the number of the other."""
    phone = telling.opened(job.responder.phone, "phone") if job.responder else None
    return {**_on_the_way(telling, job, offer), "phone": phone_text(phone) if phone else None}


def _words(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:
    return {"phrase": phrase_of(details_of(job.details, telling.opened), job.visit)}


def _door(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:
    """Where to go, and to whom: for the winner, once the visited person agrees. Who goes is asked until somebody has said it."""
    if job.responder is not None and job.responder.by_phone:
        return {}  # who only calls learns no address, whatever text this is for
    unnamed = "two" if needs_two(job.company, telling.now) else "unnamed"
    asked = unnamed if job.responder is not None and job.responder.unnamed else None
    return {"who_goes": asked, **(_whereabouts(telling, job) if job.visit_consent is True else {})}


def _of_team(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:  # it knows its own name
    change = telling.change
    boxes = (job.responder.member, job.responder.partner) if job.responder else ()
    who = ", ".join(filter(None, (telling.opened(box, "name") for box in boxes))) or None
    names = [telling.opened(box, "name") for box in (change.choices if change else ())]
    return {"who": who, "why": change.reason if change else None, "choices": "; ".join(filter(None, names)) or None}


def _lead_door(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    door = _door(telling, job, offer)
    if "address" in door:
        door = {**door, "address": _in_its_commune(door["address"], job, telling.language)}
    if job.status is not JobStatus.FROZEN or job.category == FRAUD:
        return door
    alarm = _ALARMS[UNSAFE_VISIT if job.stopped else SUSPICIOUS_VISIT]
    return {**door, "category": alarm[telling.language == "en"]}


def _police(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:
    """Read out to the police by the desk; whether the resident agreed to a visit does not matter here."""
    return _whereabouts(telling, job)


def _whereabouts(telling: Telling, job: JobState) -> dict[str, str | None]:
    details = details_of(job.details, telling.opened)
    if not details:
        return {}
    unnamed = "người cần giúp" if telling.language != "en" else "the resident"
    phone = text_of(details.get("phone"))
    return {
        "name": clean(text_of(details.get("name")) or "") or unnamed,
        "phone": phone_text(phone) if phone else HOTLINE,
        "address": _address(details, job, telling.language),
    }


def _address(details: Mapping[str, Any], job: JobState, language: str) -> str | None:
    written = clean(text_of(details.get("address")) or "")
    commune = _place_and_category(job.category, job.commune_code, language)["commune"]
    lat, lon = details.get("lat"), details.get("lon")
    point = f"{lat:.5f},{lon:.5f}" if isinstance(lat, int | float) and isinstance(lon, int | float) else None
    return written or (f"{commune} ({point})" if point else commune)


def _in_its_commune(address: str | None, job: JobState, language: str) -> str | None:
    """For texts that name the commune themselves: it is not read twice."""
    if address is None:
        return None
    commune = _place_and_category(job.category, job.commune_code, language)["commune"] or ""
    unknown = "chưa rõ số nhà" if language != "en" else "no house number known"
    return beside_commune(address, commune) or unknown


def _escalated(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:
    news = deadline(job.priority, Stage.NEWS, telling.now) or telling.now + NEWS_OTHERWISE
    return {"owner": job.escalated_to, "next_news": when_text(news, telling.now, telling.language)}


def _news(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    """How it stands at this moment; what is not so is not there."""
    change, now, language = telling.change, telling.now, telling.language
    reason = change.reason if change else None
    who = _who(telling, job, offer)["who"]
    until = (change.until if change else None) or now + NEWS_OTHERWISE
    return {
        "at": when_text(now, now, language),
        "next_news": when_text(until, now, language),
        "caller": who if job.responder is not None and job.responder.by_phone else None,
        "coming": who if reason == "on_the_way" else None,
        "who": who if reason == "taken" else None,
        "opens": when_text(job.paused_until, now, language) if reason == "paused" and job.paused_until else None,
        "asked": str(change.asked) if change and change.asked else None,
        "owner": job.escalated_to,
    }


def _refusal(telling: Telling, _: JobState, __: OfferState | None) -> dict[str, str | None]:
    return {"refusal": telling.change.reason if telling.change else None}


def _stage(telling: Telling, _: JobState, __: OfferState | None) -> dict[str, str | None]:
    return {"stage": telling.change.reason if telling.change else None}


def _wrong(telling: Telling, _: JobState, __: OfferState | None) -> dict[str, str | None]:
    return {"wrong": telling.change.reason if telling.change else None}


def _until(telling: Telling, job: JobState, _: OfferState | None) -> dict[str, str | None]:
    until = telling.change.until if telling.change else None
    return {"opens": when_text(until or starts_at(job.priority, telling.now), telling.now, telling.language)}


def _next(telling: Telling, job: JobState, __: OfferState | None) -> dict[str, str | None]:
    """For the helper: what follows from what they said. A job that is over with nobody there was so for the second time."""
    over = f"{Outcome.ABSENT}_again" if job.outcome is Outcome.ABSENT else job.outcome
    return {"next": over or (telling.change.reason if telling.change else None)}


def _postponed(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    return {"postponed": telling.change.reason if telling.change else None, **_words(telling, job, offer)}


def _deadline(telling: Telling, _: JobState, __: OfferState | None) -> dict[str, str | None]:
    until = telling.change.until if telling.change else None
    return {"until": when_text(until, telling.now, telling.language) if until else None}


def _office(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    office = office_of(job.category, job.commune_code, telling.language)
    return {"office": office, **_deadline(telling, job, offer)}


def _alarm(telling: Telling, job: JobState, offer: OfferState | None) -> dict[str, str | None]:
    """For those who answer for the ward: where, and who is there; nobody has to agree to being helped."""
    phone = telling.opened(job.responder.phone, "phone") if job.responder else None
    who = _who(telling, job, offer)["who"]
    place = _in_its_commune(_whereabouts(telling, job).get("address"), job, telling.language)
    reason = telling.change.reason if telling.change else None
    return {"alarm": reason, "address": place, "who": who, "phone": phone_text(phone) if phone else None}


def _reason(telling: Telling, _: JobState, __: OfferState | None) -> dict[str, str | None]:
    return {"reason": telling.change.reason if telling.change else None}


_SPECIAL: Final[Mapping[Purpose, Callable[[Telling, JobState, OfferState | None], dict[str, str | None]]]] = {
    Purpose.ACCEPTED_RESIDENT: _who,
    Purpose.VISIT_CONSENT: _who,
    Purpose.INTERPRETER: _tongue,
    Purpose.REMOTE_CALL: _call,
    Purpose.CALLED_RESIDENT: _on_the_way,
    Purpose.CALLING_RESPONDER: _words,
    Purpose.TRAVEL_RESIDENT: _words,
    Purpose.ASK_CALLED: _deadline,
    Purpose.NAMED_RESIDENT: _who,
    Purpose.NAMED_RESPONDER: _of_team,
    Purpose.NAME_WANTED: _of_team,
    Purpose.EN_ROUTE_RESIDENT: _on_the_way,
    Purpose.LATER_RESIDENT: _who,
    Purpose.RELEASED_RESIDENT: _words,
    Purpose.LIFTED_RESIDENT: _words,
    Purpose.POLICE_CONTACT: _police,
    Purpose.EN_ROUTE_RESPONDER: _words,
    Purpose.ACCEPTED_RESPONDER: _door,
    Purpose.CLEARED_RESPONDER: _door,
    Purpose.ACCEPTED_LEAD: _lead_door,
    Purpose.ESCALATED_RESIDENT: _escalated,
    Purpose.WAITING_OFF_HOURS: _until,
    Purpose.DONE_RESIDENT: lambda _telling, job, _offer: {"outcome": job.outcome},
    Purpose.NEWS_RESIDENT: _news,
    Purpose.HELD_NEWS_RESIDENT: _news,
    Purpose.PAUSED_RESIDENT: _until,
    Purpose.WAITING_OFFICE_RESIDENT: _until,
    Purpose.DONE_RESPONDER: _next,
    Purpose.POSTPONED_RESIDENT: _postponed,
    Purpose.SLOT_RESIDENT: _until,
    Purpose.NIGHT_RESIDENT: _until,
    Purpose.ABSENT_CALL: _until,
    Purpose.SLOT_CALL: _until,
    Purpose.HANDED_OFF_RESIDENT: _office,
    Purpose.OFFICE_HANDOVER: _office,
    Purpose.OFFICE_CALL: _office,
    Purpose.ASK_GOING: _deadline,
    Purpose.ALARM_LEAD: _alarm,
    Purpose.WITHDRAWN: _reason,
    Purpose.TOO_LATE: _reason,
    Purpose.LATE_LEAD: _stage,
    Purpose.ASK_OUTCOME: _wrong,
    Purpose.ASSIGN_REFUSED: _refusal,
}


def _place_and_category(category: str, commune_code: str, language: str) -> dict[str, str | None]:
    commune, known = COMMUNES.by_code(commune_code), CATEGORIES.get(category)
    if category in _ALARMS:
        return {"commune": commune.name if commune else commune_code, "category": _ALARMS[category][language == "en"]}
    label = session_label(category, language) if known is None else (known.label_en if language == "en" else known.label_vi)
    return {"commune": commune.name if commune else commune_code, "category": label}


def _present(found: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in found.items() if value is not None}
