-- The log of the service levels and what was made of it. Everything in the order of rounds, so that a page at a time is enough.

-- name: sla_extent
select transport.app_clock() as now, (select count(*) from notify.sla_rounds where $1::timestamptz is null or started_at >= $1) as rounds

-- name: sla_lines
-- A request that was reopened says nothing of a round; those lines have none.
select * from notify.sla_log
where round is not null and ($1::timestamptz is null or started_at >= $1)
order by request_id, round, version

-- name: sla_lines_of_events
select * from notify.sla_log where event_id = any ($1::uuid[])

-- name: sla_events_after
select event_id from notify.sla_log where at > $1 order by event_id

-- name: sla_rounds
select request_id, round, job_version, city, commune_code, category, priority, started_at,
    first_offer_at, accepted_at, on_scene_at, done_at, closed_at, outcome, releases, pauses, paused_until, counted, check_at
from notify.sla_rounds
where $1::timestamptz is null or started_at >= $1
order by request_id, round

-- name: sla_counts
select series, priority, label, value from notify.sla_counts
