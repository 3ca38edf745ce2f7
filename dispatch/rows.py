"""Rows to nouns and back. What is stored has been checked; nothing is checked or told here."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from dispatch.jobs import aftercare
from dispatch.jobs.case import Case
from dispatch.jobs.escalation import Lead, Level
from dispatch.jobs.job import Job
from dispatch.jobs.offer import Offer
from dispatch.roster.responder import Contact, Responder
from shared.company import Company
from shared.events.assignments import JobStatus, OfferKind, OfferStatus, Outcome, ResponderKind
from shared.events.contract import ChannelKind, Contract, Place, Priority, Recipient, Sealed
from shared.pauses import Pause

Columns = list[list[Any]]


def job_of(row: asyncpg.Record) -> Job:
    found = dict(row)
    del found["updated_at"]
    place = Place(lat=found.pop("lat"), lon=found.pop("lon"))
    details = Sealed.model_validate(found.pop("details"))
    resident = Recipient.model_validate(found.pop("resident"))
    found |= {
        "status": JobStatus(found["status"]),
        "priority": Priority(found["priority"]),
        "outcome": Outcome(found["outcome"]) if found["outcome"] else None,
        "pause": Pause(found["pause"]) if found["pause"] else None,
        "company": Company(found["company"]) if found["company"] else None,
        "skills": tuple(found["skills"]),
        "excluded": tuple(found["excluded"]),
        "barred": tuple(found["barred"]),
        "aftercare": aftercare.read(found["aftercare"]),
    }
    return Job(place=place, details=details, resident=resident, **found)


def offer_of(row: asyncpg.Record) -> Offer:
    found = dict(row)
    del found["updated_at"]
    found |= {
        "kind": OfferKind(found["kind"]),
        "status": OfferStatus(found["status"]),
        "member": sealed_of(found["member"]),
        "partner": sealed_of(found["partner"]),
    }
    return Offer(**found)


def responder_of(row: asyncpg.Record) -> Responder:
    found = dict(row)
    found |= {"kind": ResponderKind(found["kind"]), "name": sealed_of(found["name"])}
    found["languages"] = tuple(found["languages"])
    return Responder(**found)


def contact_of(row: asyncpg.Record, id_column: str = "id") -> Contact:
    return Contact(
        id=row[id_column],
        address=sealed_of(row["address"]),
        language=row["language"],
        channels=tuple(ChannelKind(channel) for channel in row["channels"]),
        confirmed_at=row["confirmed_at"],
        doubted=row.get("doubted", False),  # those of leads are not asked for
    )


def lead_of(row: asyncpg.Record) -> Lead:
    return Lead(
        id=row["id"],
        city=row["city"],
        commune_code=row["commune_code"],
        level=Level(row["role"]),
        contact=contact_of(row, "contact_point_id"),
        name=sealed_of(row["name"]),
    )


def sealed_of(stored: Any) -> Sealed | None:
    return None if stored is None else Sealed.model_validate(stored)


def to_json(value: Contract) -> bytes:
    return value.__pydantic_serializer__.to_json(value)


def to_array(values: Sequence[object]) -> str:
    """A PostgreSQL array as text: arrays of unequal length do not fit into one array parameter. Words and ids only."""
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def inserted_jobs(jobs: Sequence[Job]) -> Columns:
    """The parameters of `insert_jobs`."""
    return turned(
        [
            (
                *(
                    job.id,
                    job.request_id,
                    job.round,
                    job.request_version,
                    job.city,
                    job.code,
                    job.version,
                    job.status,
                    job.priority,
                ),
                *(job.category, to_array(job.skills), job.commune_code, job.place.lat, job.place.lon, job.vulnerable, job.visit),
                *(to_json(job.details), to_json(job.resident), job.visit_consent, job.by_call, job.not_before, job.filed_at),
                *(job.opened_at, job.waiting_since, job.outcome, job.closed_at, to_array(job.barred)),
                *(_aftercare(job), job.pause, job.paused_at, job.company),
            )
            for job in jobs
        ]
    )


def updated_jobs(pairs: Sequence[tuple[Job, Job]]) -> Columns:
    """The parameters of `update_jobs`, from (before, after)."""
    return turned(
        [
            (
                *(job.id, before.version, job.request_version, job.version, job.status, job.priority, job.category),
                *(to_array(job.skills), job.commune_code, job.place.lat, job.place.lon, job.vulnerable, job.visit, job.wave),
                *(job.waves_empty, to_array(job.excluded), to_json(job.details), to_json(job.resident), job.visit_consent),
                *(job.by_call, job.escalated_to, job.escalated_at, job.responder_id, job.outcome, job.not_before),
                *(job.waiting_since, job.accepted_at, job.en_route_at, job.on_scene_at, job.done_at, job.closed_at),
                *(to_array(job.barred), job.widened, job.pause, job.paused_at, job.held_seconds, job.promises_told, job.news_at),
                _aftercare(job),
                *(job.group_id, job.rides, job.shared_by, job.company),
            )
            for before, job in pairs
        ]
    )


def _aftercare(job: Job) -> bytes:
    return orjson.dumps(aftercare.stored(job.aftercare), default=str)  # ids of asyncpg are a class of their own


def updated_offers(offers: Sequence[Offer]) -> Columns:
    return turned(
        [
            (
                *(offer.id, offer.status, offer.reason),
                *(to_json(offer.member) if offer.member else None, offer.member_id, offer.ended_at, offer.group_id),
                *(to_json(offer.partner) if offer.partner else None, offer.partner_id),
            )
            for offer in offers
        ]
    )


def inserted_escalations(offers: Sequence[Offer]) -> Columns:
    return turned(
        [
            (
                *(offer.id, offer.job_id, offer.request_id, offer.city, offer.visit, offer.wave, offer.level),
                *(offer.contact_point_id, offer.lease_seconds, offer.expires_at, offer.not_after, offer.made_at),
            )
            for offer in offers
        ]
    )


def inserted_pin(offer: Offer) -> tuple[Any, ...]:
    """The parameters of `insert_pinned`."""
    return (
        *(offer.id, offer.job_id, offer.request_id, offer.city, offer.visit, offer.wave, offer.responder_id),
        *(offer.contact_point_id, offer.lease_seconds, offer.distance_m, offer.made_at, offer.expires_at, offer.group_id),
    )


def updated_responders(responders: Sequence[Responder], cases: Sequence[Case]) -> Columns:
    answered = [responder_id for case in cases for responder_id in case.answered]
    declined = [responder_id for case in cases for responder_id in case.declined]
    return turned(
        [
            (one.id, one.load, one.capacity, said, said - declined.count(one.id), one.id in declined)
            for one in responders
            for said in [answered.count(one.id)]
        ]
    )


def turned(rows: Sequence[tuple[Any, ...]]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)]
