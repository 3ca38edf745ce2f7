-- Kinds of help that cannot work anywhere in the city just now, and the jobs they hold.

-- name: try_incident_lock
-- One process at a time holds, asks and proposes; until the end of the transaction.
select pg_try_advisory_xact_lock(hashtextextended('incidents of ' || $1::text, 0))

-- name: wait_for_incidents
-- The same lock for a person, who waits for it: two that open the same at once find one.
select pg_advisory_xact_lock(hashtextextended('incidents of ' || $1::text, 0))

-- name: live_incidents
select id, category, status from incidents where city = $1 and status in ('proposed', 'open')

-- name: jobs_to_hold
-- What an open incident has not held yet: nobody has it, it waits for nothing else, no lead has said "mine". holding.may_hold looks
-- again under the lock. `coalesce` hides the status, so that the index of what is live is read; at most $2.
select jobs.id, incidents.id as incident_id
from incidents join jobs on jobs.city = incidents.city and jobs.category = incidents.category
where incidents.city = $1 and incidents.status = 'open' and jobs.closed_at is null and jobs.pause is null
    and coalesce(jobs.status, '') in ('pending', 'offered')
    and (coalesce(jobs.status, '') = 'offered' or jobs.not_before is null or jobs.aftercare -> 'waits_for' is null)
    and jobs.aftercare ->> 'incident' is distinct from incidents.id::text
    and not exists (
        select from offers where offers.job_id = jobs.id and offers.kind = 'escalation' and offers.status = 'accepted'
    )
order by jobs.request_id
limit $2

-- name: count_held
-- For the gauge: by the index of what is held, which is empty on ordinary days.
select category, count(*)::integer as held from jobs where city = $1 and pause = 'incident' and closed_at is null group by category

-- name: jobs_to_ask
-- Held by an incident that is over, and not yet asked; at most $2.
select jobs.id from jobs
where jobs.city = $1 and jobs.pause = 'incident' and jobs.closed_at is null and jobs.aftercare -> 'check' is null
    and not exists (select from incidents where incidents.id = (jobs.aftercare ->> 'incident')::uuid and incidents.status = 'open')
order by jobs.id
limit $2

-- name: floods
-- Who asked for what within the last $2 seconds: people, not requests, and from how many communes.
select category, count(distinct resident ->> 'contact_point_id')::integer as people, count(distinct commune_code)::integer as communes
from jobs
where opened_at > (select transport.app_clock() - make_interval(secs => $2)) and city = $1 and round = 0
group by category

-- name: usual_floods
-- How many requests of each category such a window ($2 seconds) had at this time of day, within an hour, over the last $3 days.
with moment as materialized (
    select transport.app_clock() as now
), past as (
    select category, opened_at, extract(epoch from moment.now - opened_at)::float8 as ago
    from moment, jobs
    where opened_at > (select now - make_interval(days => $3) from moment) and city = $1 and round = 0
        and opened_at <= (select now - make_interval(secs => $2) from moment)
), days as (
    select greatest(round((max(ago) / 86400)::numeric), 1)::float8 as seen from past
)
select category, (count(*) * $2::float8 / 7200 / (select seen from days))::float8 as usual
from past
where least(ago::numeric % 86400, 86400 - ago::numeric % 86400) <= 3600
group by category

-- name: lately_decided
-- Categories of which a person has said within the last $2 seconds that it is none, or that it is over.
select distinct category from incidents
where city = $1 and ended_at > (select transport.app_clock() - make_interval(secs => $2)) and status in ('dismissed', 'ended')

-- name: lock_incidents
select id, city, version, status, category, symptom, people, proposed_at, opened_at, ended_at, rings
from incidents where id = any ($1::uuid[])
order by id
for update

-- name: lock_live_incident
select id, city, version, status, category, symptom, people, proposed_at, opened_at, ended_at, rings
from incidents where city = $1 and category = $2 and status in ('proposed', 'open')
for update

-- name: put_incident
insert into incidents (id, city, version, status, category, symptom, people, proposed_at, opened_at, ended_at, rings)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (id) do update set
    version = excluded.version, status = excluded.status, symptom = excluded.symptom, opened_at = excluded.opened_at,
    ended_at = excluded.ended_at, rings = excluded.rings

-- name: incidents_of_city
-- $1: the city of the token, null for all; $2: a status. The newest first.
select id, city, version, status, category, symptom, people, proposed_at, opened_at, ended_at, rings
from incidents where ($1::text is null or city = $1) and status = $2
order by proposed_at desc
limit 200

-- name: incident_by_id
select id, city, version, status, category, symptom, people, proposed_at, opened_at, ended_at, rings from incidents where id = $1

-- name: held_by_incidents
-- How many each of these holds, and how many of them were asked.
select (aftercare ->> 'incident')::uuid as incident_id, count(*)::integer as held,
    count(*) filter (where aftercare -> 'check' is not null)::integer as asked
from jobs
where pause = 'incident' and closed_at is null and (aftercare ->> 'incident')::uuid = any ($1::uuid[])
group by 1
