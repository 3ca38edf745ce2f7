-- Requests that look like one fault, and those that a person has said are one.

-- name: try_group_lock
-- One look at a time a city: two would propose the same calls twice. Until the end of the transaction.
select pg_try_advisory_xact_lock(hashtextextended('groups of ' || $1::text, 0))

-- name: ungrouped_calls
-- The newest open jobs of these categories of which nobody has said yet whether they belong to a group. What is stopped stays apart.
select id, category, commune_code, lat, lon, request_id, opened_at
from jobs
where opened_at > (select transport.app_clock() - make_interval(secs => $2)) and city = $1 and category = any ($3::text[])
    and closed_at is null and coalesce(status, '') <> 'frozen'
    and not exists (select from group_members known where known.job_id = jobs.id)
order by opened_at desc
limit $4

-- name: live_groups
-- Which a call may still belong to; $2 as above.
select id, fault, lat, lon, last_called_at,
    (select count(*) from group_members one where one.group_id = groups.id and one.status <> 'out') as size
from groups
where city = $1 and status in ('proposed', 'confirmed') and last_called_at > (select transport.app_clock() - make_interval(secs => $2))

-- name: dead_proposals
-- Proposed, and of its requests not even two are open any more: there is nothing left to decide. Each member's job is looked up by
-- its key: as a join, what was not yet analysed had all jobs read once a group (measured: 0.7 s of a storm).
select id from groups
where city = $1 and status = 'proposed' and 2 > (
    select count(*) from group_members one
    where one.group_id = groups.id and one.status <> 'out' and (select jobs.closed_at is null from jobs where jobs.id = one.job_id)
)

-- name: lock_groups
select id, city, version, status, fault, commune_code, lat, lon, radius_m, proposed_at, last_called_at
from groups where id = any ($1::uuid[])
order by id
for update

-- name: groups_of_jobs
-- The live groups that these jobs belong to, or are proposed for.
select distinct group_id from group_members where job_id = any ($1::uuid[]) and status <> 'out'

-- name: live_jobs_of_codes
-- As people name requests; a person waits for the answer, once a session.
select id, code from jobs where code = any ($1::text[]) and closed_at is null

-- name: members_of_groups
select group_id, job_id, request_id, status from group_members where group_id = any ($1::uuid[]) order by at, job_id

-- name: put_groups
insert into groups (id, city, version, status, fault, commune_code, lat, lon, radius_m, proposed_at, last_called_at)
select id, city, version, status, fault, commune_code, lat, lon, radius_m, proposed_at, last_called_at
from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::float8[],
    $10::timestamptz[], $11::timestamptz[])
    as given (id, city, version, status, fault, commune_code, lat, lon, radius_m, proposed_at, last_called_at)
on conflict (id) do update set version = excluded.version, status = excluded.status, last_called_at = excluded.last_called_at

-- name: put_group_members
-- A job is in one live group: the unique index has the last word.
insert into group_members (group_id, job_id, request_id, status)
select group_id, job_id, request_id, status
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as given (group_id, job_id, request_id, status)
on conflict (group_id, job_id) do update set status = excluded.status

-- name: groups_of_city
-- $1: the city of the token, null for all; $2: a status; $3: its commune, null for all.
select id, status, fault, commune_code, lat, lon, radius_m, proposed_at, last_called_at
from groups where ($1::text is null or city = $1) and status = $2 and ($3::text is null or commune_code = $3)
order by last_called_at desc
limit 200

-- name: group_by_id
select id, status, fault, commune_code, lat, lon, radius_m, proposed_at, last_called_at from groups where id = $1

-- name: jobs_of_groups
select one.group_id, one.status as belongs, jobs.id, jobs.code, jobs.status, jobs.priority, jobs.category, jobs.commune_code,
    jobs.lat, jobs.lon, jobs.opened_at, (jobs.aftercare ->> 'session_at')::timestamptz as session_at,
    (jobs.aftercare ->> 'coming')::boolean as coming
from group_members one join jobs on jobs.id = one.job_id
where one.group_id = any ($1::uuid[]) and one.status <> 'out'
order by one.at, jobs.opened_at, jobs.id
