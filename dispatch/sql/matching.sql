-- The matcher: what it reads of the roster and the waiting jobs, and the one statement by which offers are made.
-- Times it computes with are epoch seconds of the application's clock; what tells it to read again is the real clock.

-- name: try_matcher_lock
-- One matcher a city; the lock lives as long as the session.
select pg_try_advisory_lock(hashtextextended('matcher of ' || $1::text, 0))

-- name: app_seconds
select extract(epoch from transport.app_clock())::float8

-- name: waiting_jobs
-- The time, in every row and in one without a job when none waits. $2: changed within so many seconds, null for all; a page
-- starts after $3.
select extract(epoch from transport.app_clock())::float8 as now, found.*
from (values (1)) as always (one) left join (
    select id, version, priority, skills, coalesce(resident ->> 'language', 'vi') as language,
        (resident ->> 'contact_point_id')::uuid as resident_id, commune_code, lat, lon, vulnerable, visit, wave, widened,
        case when aftercare -> 'session_at' is null then company end as company,
        excluded || barred as excluded, category,
        by_call or visit > 0 or group_id is not null or aftercare -> 'travels' is not null as travels,
        escalated_to is not null as escalated, coalesce(extract(epoch from not_before), 0)::float8 as not_before,
        extract(epoch from waiting_since)::float8 as waiting_since
    from jobs
    where city = $1 and status = 'pending' and not rides and id > $3
        and updated_at > coalesce(statement_timestamp() - make_interval(secs => $2), '-infinity')
    order by id
    limit $4
) as found on true
order by found.id

-- name: still_waiting
-- The same, of jobs whose offers the database refused. By id: the index of what waits may hold thousands (`coalesce` hides it).
select id, version, priority, skills, coalesce(resident ->> 'language', 'vi') as language,
    (resident ->> 'contact_point_id')::uuid as resident_id, commune_code, lat, lon, vulnerable, visit, wave, widened,
        case when aftercare -> 'session_at' is null then company end as company,
    excluded || barred as excluded, category,
    by_call or visit > 0 or group_id is not null or aftercare -> 'travels' is not null as travels,
    escalated_to is not null as escalated,
    coalesce(extract(epoch from not_before), 0)::float8 as not_before, extract(epoch from waiting_since)::float8 as waiting_since
from jobs
where id = any ($1::uuid[]) and coalesce(status, '') = 'pending' and not rides

-- name: no_longer_waiting
-- Of these jobs those that the matcher need not remember. Each is looked up by id, as above.
select given.id from unnest($1::uuid[]) as given (id)
where not exists (select from jobs where jobs.id = given.id and coalesce(jobs.status, '') = 'pending')

-- name: roster_page
-- A page of everybody, by id after $2.
select one.id, one.contact_point_id, one.commune_code, one.home_lat, one.home_lon, one.skills, one.languages, coalesce(one.present_members >= 2, false) as sends_two, one.capacity, one.load, one.active, one.remote,
    coalesce(one.position_lat, 0) as position_lat, coalesce(one.position_lon, 0) as position_lon,
    coalesce(extract(epoch from one.position_at), 0)::float8 as position_at,
    coalesce(extract(epoch from one.last_offered_at), 0)::float8 as last_offered_at, one.offers_made, one.offers_answered,
    coalesce(extract(epoch from one.declined_at), 0)::float8 as declined_at, one.complaints,
    coalesce(extract(epoch from one.complained_at), 0)::float8 as complained_at, one.offers_today, one.accepted_today,
    coalesce(extract(epoch from one.off_duty_until), 0)::float8 as off_duty_until,
    coalesce(one.counted_on - date '0001-01-01' + 1, 0) as counted_on, point.confirmed_at is not null and point.address is not null as confirmed,
    point.unreachable_at is null as reachable
from responders one join contact_points point on point.id = one.contact_point_id
where one.city = $1 and one.id > $2
order by one.id
limit $3

-- name: changed_responders
-- A new number, or one that was confirmed, is a change of those whom it reaches. `roster_rows` reads them, unless they are many.
select id from responders where city = $1 and updated_at > statement_timestamp() - make_interval(secs => $2)
union
select id from responders where contact_point_id = any (array(
    select id from contact_points where city = $1 and updated_at > statement_timestamp() - make_interval(secs => $2)
))
limit $3

-- name: roster_rows
select one.id, one.contact_point_id, one.commune_code, one.home_lat, one.home_lon, one.skills, one.languages, coalesce(one.present_members >= 2, false) as sends_two, one.capacity, one.load, one.active, one.remote,
    coalesce(one.position_lat, 0) as position_lat, coalesce(one.position_lon, 0) as position_lon,
    coalesce(extract(epoch from one.position_at), 0)::float8 as position_at,
    coalesce(extract(epoch from one.last_offered_at), 0)::float8 as last_offered_at, one.offers_made, one.offers_answered,
    coalesce(extract(epoch from one.declined_at), 0)::float8 as declined_at, one.complaints,
    coalesce(extract(epoch from one.complained_at), 0)::float8 as complained_at, one.offers_today, one.accepted_today,
    coalesce(extract(epoch from one.off_duty_until), 0)::float8 as off_duty_until,
    coalesce(one.counted_on - date '0001-01-01' + 1, 0) as counted_on, point.confirmed_at is not null and point.address is not null as confirmed,
    point.unreachable_at is null as reachable
from responders one join contact_points point on point.id = one.contact_point_id
where one.id = any ($1::uuid[])

-- name: shift_windows
-- Shifts that run or begin within four hours, joined where they touch: somebody with two in a row may take what needs both.
select responder_id, extract(epoch from lower(joined))::float8 as starts_at, extract(epoch from upper(joined))::float8 as ends_at
from (
    select responder_id, unnest(range_agg(tstzrange(starts_at, ends_at))) as joined
    from shifts
    where responder_id = any ($1::uuid[]) and ends_at > (select transport.app_clock())
        and starts_at < (select transport.app_clock()) + interval '4 hours' and status in ('planned', 'confirmed')
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
    and ended.updated_at > statement_timestamp() - make_interval(secs => $2)

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
where updated_at > coalesce(statement_timestamp() - make_interval(secs => $1), '-infinity')

-- name: lock_waiting_jobs
-- The database is the arbiter: what is no longer waiting falls out; the caller looks at the version. By id (law 2). A visit that was
-- put off waits for its timer, not for its hour alone: that asks first whoever was there.
select id, request_id, city, code, version, status, priority, category, commune_code, lat, lon, round, visit, wave,
    details::text, resident::text, visit_consent, company, by_call, escalated_to, held_seconds, outcome, filed_at, opened_at, barred,
    group_id, shared_by, (aftercare ->> 'session_at')::timestamptz as session_at
from jobs
where id = any ($1::uuid[]) and coalesce(status, '') = 'pending' and not rides
    and (not_before is null or (not_before <= (select transport.app_clock()) and aftercare -> 'waits_for' is null))
order by id
for update

-- name: lock_free_responders
-- After the jobs, by id. Full, gone, off duty, or over the policy's $2 to $4: falls out. Asked something else meanwhile, on any phone: the
-- unique indexes say so.
with moment as materialized (select transport.app_clock() as now)
select one.id, one.name::text, one.contact_point_id, point.address::text, point.language, point.channels
from moment, responders one join contact_points point on point.id = one.contact_point_id
where one.id = any ($1::uuid[]) and one.active and one.load < one.capacity
    and point.confirmed_at is not null and point.address is not null and point.unreachable_at is null
    and coalesce(one.off_duty_until <= moment.now, true)
    and may_be_asked(one.declined_at, one.counted_on, one.offers_today, one.accepted_today, one.capacity, moment.now, $2, $3, $4)
order by one.id
for update of one

-- name: make_offers
-- What the locked rows allow, with everything that goes with it; the decision is its audit. Each offer is a version of its job.
-- Returns the offers made: the unique indexes have the last word. No joins between the given rows: the planner knows nothing of their number.
with moment as materialized (
    select transport.app_clock() as now
), offered as (
    insert into offers (id, job_id, request_id, city, kind, visit, wave, responder_id, contact_point_id, lease_seconds,
        distance_m, made_at, expires_at, not_after, group_id, by_phone)
    select id, job_id, request_id, $10, 'visit', visit, wave, responder_id, contact_point_id, lease_seconds, distance_m, now,
        now + make_interval(secs => lease_seconds + $11), now + make_interval(secs => lease_seconds + $11), group_id, by_phone
    from moment, unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[], $6::uuid[], $7::uuid[], $8::float8[],
        $9::integer[], $18::uuid[], $19::boolean[]) with ordinality
        as given (id, job_id, request_id, visit, wave, responder_id, contact_point_id, lease_seconds, distance_m, group_id,
            by_phone, place)
    order by place
    on conflict do nothing
    returning id, job_id, responder_id, made_at, expires_at
), asked as (
    update responders set offers_made = offers_made + 1, last_offered_at = made_at,
        offers_today = case when counted_on = today then offers_today else 0 end + 1,
        accepted_today = case when counted_on = today then accepted_today else 0 end, counted_on = today
    from offered, (select local_day(now) as today from moment) as day where responders.id = offered.responder_id
), moved as (
    update jobs set
        status = 'offered', version = version + made.count, wave = wave + 1, updated_at = clock_timestamp(),
        first_offer_at = coalesce(first_offer_at, made.made_at)
    from (select job_id, count(*) as count, min(made_at) as made_at from offered group by job_id) as made
    where jobs.id = made.job_id
), expiring as (
    insert into timers (id, kind, subject, due_at)
    select gen_random_uuid(), 'offer_expiry', id, expires_at from offered
), decided as (
    insert into decisions (job_id, visit, wave, at, candidates, exclusions, ranking)
    select job_id, visit, wave, now, candidates, exclusions, ranking
    from moment, unnest($12::uuid[], $13::integer[], $14::integer[], $15::jsonb[], $16::jsonb[], $17::jsonb[])
        as given (job_id, visit, wave, candidates, exclusions, ranking)
    where job_id in (select job_id from offered)
)
select id, made_at, expires_at from offered

-- name: tell
-- Events that are JSON already, in their order, after the locks of what they tell of.
insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, body)
select event_id, $2, key, type, subject, version, $3, $1, body
from unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::bigint[], $9::bytea[]) with ordinality
    as given (event_id, key, type, subject, version, body, place)
order by place

-- name: record_nobody
-- Why a job is not offered to anybody; of jobs that still wait at that version. `wave` is the one that did not go out.
insert into decisions (job_id, visit, wave, at, candidates, exclusions, ranking)
select job_id, jobs.visit, jobs.wave + 1, transport.app_clock(), candidates, exclusions, ranking
from unnest($1::uuid[], $2::bigint[], $3::jsonb[], $4::jsonb[], $5::jsonb[])
    as given (job_id, version, candidates, exclusions, ranking)
join jobs on jobs.id = given.job_id and jobs.version = given.version and coalesce(jobs.status, '') = 'pending'

-- name: tell_of_nobody
-- A timer that is due at once takes the job, under its own lock, to those who own what nobody takes.
insert into timers (id, kind, subject, due_at, guard)
select gen_random_uuid(), kind, subject, transport.app_clock(), version
from unnest($1::text[], $2::uuid[], $3::bigint[]) as given (kind, subject, version)
on conflict (kind, subject, guard) do nothing
