-- Phones that nobody can be reached on for now. Locked after jobs, responders and offers (law 2), by id.

-- name: count_undelivered
-- A message did not arrive at these phones ($2: when). After $3 in a row nobody is asked there; what is older than $4 seconds is
-- no row any more. Residents are not ours to count: they are no contact points here.
with given as (
    select id, count(*)::integer as failed, max(at) as at from unnest($1::uuid[], $2::timestamptz[]) as report (id, at) group by id
), counted as (
    select point.id, given.at,
        given.failed + case when undelivered_at > given.at - make_interval(secs => $4) then undelivered else 0 end as undelivered
    from given join contact_points point on point.id = given.id
    order by point.id
    for update of point
)
update contact_points set
    undelivered = counted.undelivered, undelivered_at = counted.at,
    unreachable_at = coalesce(unreachable_at, case when counted.undelivered >= $3 then counted.at end),
    unreachable_why = coalesce(unreachable_why, case when counted.undelivered >= $3 then 'undelivered' end),
    updated_at = clock_timestamp()
from counted where contact_points.id = counted.id

-- name: hear_from
-- Something came from these phones: whatever was counted against them is forgotten.
with doubted as (
    select id from contact_points
    where id = any ($1::uuid[]) and (undelivered > 0 or unreachable_at is not null)
        and unreachable_why is distinct from 'stopped'  -- who wants no texts is there, and wants none
    order by id
    for update
)
update contact_points set undelivered = 0, undelivered_at = null, unreachable_at = null, unreachable_why = null,
    updated_at = clock_timestamp()
from doubted where contact_points.id = doubted.id

-- name: stop_texts
-- Its owner wants no texts: nobody is asked there, until they want them again.
update contact_points set unreachable_at = $2, unreachable_why = 'stopped', updated_at = clock_timestamp()
where id = $1 and unreachable_why is distinct from 'stopped'

-- name: start_texts
update contact_points set undelivered = 0, undelivered_at = null, unreachable_at = null, unreachable_why = null,
    updated_at = clock_timestamp()
where id = $1 and unreachable_at is not null

-- name: fail_drill
-- Whoever held the drill had no answer from there.
update contact_points set unreachable_at = coalesce(unreachable_at, $2), unreachable_why = coalesce(unreachable_why, 'drill'),
    updated_at = clock_timestamp()
where id = $1
returning id

-- name: is_contact_point
select exists (select from contact_points where id = $1)
