-- The matcher: what it reads of the roster and the waiting jobs, and the one statement by which offers are made.
-- Times it computes with are epoch seconds of the application's clock; what tells it to read again is the real clock.

-- name: try_matcher_lock
-- One matcher a city; the lock lives as long as the session.
select pg_try_advisory_lock(hashtextextended('matcher of ' || $1::text, 0))

-- name: app_seconds
select extract(epoch from transport.app_clock())::float8

-- name: waiting_jobs
-- $2: changed within so many seconds, null for all; a page starts after $3.
select id, version, priority, skills, commune_code, lat, lon, vulnerable, visit, wave, excluded, escalated_to is not null as escalated,
    coalesce(extract(epoch from not_before), 0)::float8 as not_before, extract(epoch from waiting_since)::float8 as waiting_since
from jobs
where city = $1 and status = 'pending' and id > $3
    and updated_at > coalesce(clock_timestamp() - make_interval(secs => $2), '-infinity')
order by id
limit $4

-- name: still_waiting
-- The same, of jobs whose offers the database refused.
select id, version, priority, skills, commune_code, lat, lon, vulnerable, visit, wave, excluded, escalated_to is not null as escalated,
    coalesce(extract(epoch from not_before), 0)::float8 as not_before, extract(epoch from waiting_since)::float8 as waiting_since
from jobs
where id = any ($1::uuid[]) and status = 'pending'

-- name: roster_page
-- A page of everybody, by id after $2.
select one.id, one.contact_point_id, one.commune_code, one.home_lat, one.home_lon, one.skills, one.capacity, one.load, one.active,
    coalesce(one.position_lat, 0) as position_lat, coalesce(one.position_lon, 0) as position_lon,
    coalesce(extract(epoch from one.position_at), 0)::float8 as position_at,
    coalesce(extract(epoch from one.last_offered_at), 0)::float8 as last_offered_at, one.offers_made, one.offers_answered,
    point.confirmed_at is not null and point.address is not null as confirmed
from responders one join contact_points point on point.id = one.contact_point_id
where one.city = $1 and one.id > $2
order by one.id
limit $3

-- name: changed_responders
-- A new number, or one that was confirmed, is a change of those whom it reaches. `roster_rows` reads them, unless they are many.
select id from responders where city = $1 and updated_at > clock_timestamp() - make_interval(secs => $2)
union
select one.id from contact_points point join responders one on one.contact_point_id = point.id
where point.city = $1 and point.updated_at > clock_timestamp() - make_interval(secs => $2)
limit $3

-- name: roster_rows
select one.id, one.contact_point_id, one.commune_code, one.home_lat, one.home_lon, one.skills, one.capacity, one.load, one.active,
    coalesce(one.position_lat, 0) as position_lat, coalesce(one.position_lon, 0) as position_lon,
    coalesce(extract(epoch from one.position_at), 0)::float8 as position_at,
    coalesce(extract(epoch from one.last_offered_at), 0)::float8 as last_offered_at, one.offers_made, one.offers_answered,
    point.confirmed_at is not null and point.address is not null as confirmed
from responders one join contact_points point on point.id = one.contact_point_id
where one.id = any ($1::uuid[])

-- name: shift_windows
-- Shifts that run or begin within four hours, joined where they touch: somebody with two in a row may take what needs both.
select responder_id, extract(epoch from lower(joined))::float8 as starts_at, extract(epoch from upper(joined))::float8 as ends_at
from (
    select responder_id, unnest(range_agg(tstzrange(starts_at, ends_at))) as joined
    from shifts
    where responder_id = any ($1::uuid[]) and ends_at > transport.app_clock()
        and starts_at < transport.app_clock() + interval '4 hours'
    group by responder_id
) merged

-- name: pending_phones
select contact_point_id, true as pending from offers where city = $1 and kind = 'visit' and status = 'pending'

-- name: phones_of_ended_offers
-- Whether something else is open on the same phone by now.
select distinct ended.contact_point_id, exists (
    select from offers open where open.contact_point_id = ended.contact_point_id and open.kind = 'visit' and open.status = 'pending'
) as pending
from offers ended
where ended.city = $1 and ended.kind = 'visit' and ended.status <> 'pending'
    and ended.updated_at > clock_timestamp() - make_interval(secs => $2)

-- name: pending_of_responders
select one.contact_point_id, exists (
    select from offers open where open.contact_point_id = one.contact_point_id and open.kind = 'visit' and open.status = 'pending'
) as pending
from responders one where one.id = any ($1::uuid[])

-- name: blocked_phones
-- At most 5 messages in 15 minutes, 11 in an hour, 21 in three: `sent_at` is newest first. $2 null for all.
select contact_point_id, coalesce(extract(epoch from greatest(blocked_until, sent_at[5] + interval '15 minutes',
    sent_at[11] + interval '1 hour', sent_at[21] + interval '3 hours')), 0)::float8 as blocked_until
from allowances
where updated_at > coalesce(clock_timestamp() - make_interval(secs => $1), '-infinity')

-- name: make_offers
-- The database is the arbiter: a job that is no longer waiting at that version, a responder who is full, gone or asked by
-- somebody else falls out, and the others are offered. Jobs are locked by id, then responders by id (law 2); the time is read
-- after both. Each offer is a version of its job. Returns the offers made.
with given as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::float8[], $6::integer[]) with ordinality
        as given (offer_id, job_id, job_version, responder_id, lease_seconds, distance_m, place)
), locked_job as materialized (
    select id, request_id, version, status, visit, wave, not_before from jobs
    where id = any ($2::uuid[])
    order by id
    for update
), open_job as materialized (
    select * from locked_job
    where status = 'pending' and (not_before is null or not_before <= transport.app_clock())
        and version = (select max(job_version) from given where job_id = locked_job.id)
), locked_responder as materialized (
    select id, contact_point_id, active and load < capacity as free from responders
    where id in (select responder_id from given join open_job on open_job.id = given.job_id)
    order by id
    for update
), moment as materialized (
    select transport.app_clock() as now from (select count(*) from locked_responder) as after_the_locks
), offered as (
    insert into offers (id, job_id, request_id, city, kind, visit, wave, responder_id, contact_point_id, lease_seconds, expires_at,
        not_after, distance_m, made_at)
    select given.offer_id, open_job.id, open_job.request_id, $7, 'visit', open_job.visit, open_job.wave + 1, responder.id,
        responder.contact_point_id, given.lease_seconds, now + make_interval(secs => given.lease_seconds + $8),
        now + make_interval(secs => given.lease_seconds + $8), given.distance_m, now
    from moment, given
        join open_job on open_job.id = given.job_id
        join locked_responder responder on responder.id = given.responder_id
    where responder.free
    order by given.place
    on conflict do nothing
    returning id, job_id, responder_id, contact_point_id, expires_at, made_at
), asked as (
    update responders set offers_made = offers_made + 1, last_offered_at = made_at
    from offered where responders.id = offered.responder_id
), moved as (
    update jobs set
        status = 'offered', version = version + made.count, wave = wave + 1, updated_at = clock_timestamp(),
        first_offer_at = coalesce(first_offer_at, made.made_at)
    from (select job_id, count(*) as count, min(made_at) as made_at from offered group by job_id) as made
    where jobs.id = made.job_id
), expiring as (
    insert into timers (id, kind, subject, due_at)
    select gen_random_uuid(), 'offer_expiry', id, expires_at from offered
), noted as (
    insert into audit (at, actor, action, subject, detail)
    select made_at, 'matcher', 'offer.made', job_id, jsonb_build_object('status', 'offered', 'offer_id', id, 'offer', 'pending')
    from offered
), decided as (
    insert into decisions (job_id, visit, wave, at, candidates, exclusions)
    select open_job.id, open_job.visit, open_job.wave + 1, now, candidates, exclusions
    from moment, unnest($9::uuid[], $10::jsonb[], $11::jsonb[]) as made (job_id, candidates, exclusions)
        join open_job on open_job.id = made.job_id
    where made.job_id in (select job_id from offered)
)
select offered.id, offered.job_id, offered.responder_id, offered.contact_point_id, offered.made_at, offered.expires_at,
    given.lease_seconds, given.distance_m, given.place
from offered join given on given.offer_id = offered.id
order by given.place

-- name: offered_jobs
-- As `make_offers` left them, in the same transaction.
select * from jobs where id = any ($1::uuid[])

-- name: offered_responders
select one.id, one.name, one.contact_point_id, point.address, point.language, point.channels, point.confirmed_at
from responders one join contact_points point on point.id = one.contact_point_id
where one.id = any ($1::uuid[])

-- name: tell_of_nobody
-- A timer that is due at once takes the job, under its own lock, to those who own what nobody takes.
insert into timers (id, kind, subject, due_at, guard)
select gen_random_uuid(), kind, subject, transport.app_clock(), version
from unnest($1::text[], $2::uuid[], $3::bigint[]) as given (kind, subject, version)
on conflict (kind, subject, guard) do nothing
