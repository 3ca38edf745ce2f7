-- What operators and ward leads look up and decide by hand about one job.

-- name: job_of_desk
-- $2: the city of the token, null for all.
select id, code, city, status, priority, category, commune_code, lat, lon, skills from jobs
where id = $1 and ($2::text is null or city = $2)

-- name: jobs_of_code
-- As people name a request, every round of it; a person waits for the answer.
select id from jobs where code = $1 order by round

-- name: decisions_of_job
select visit, wave, at, candidates, exclusions, ranking from decisions where job_id = $1 order by id

-- name: names_of_responders
-- What the roster's owner calls them: no personal data.
select id, external_id, kind from responders where id = any ($1::uuid[])

-- name: responder_by_name
select id from responders where city = $1 and external_id = $2

-- name: chosen_responder
-- How somebody stands who is chosen by hand; $2 to $4 are the limits of the policy, $5 seconds until a position is stale.
select one.id, one.skills, coalesce(one.present_members >= 2, false) as sends_two, one.active, one.load, one.capacity, one.commune_code,
    case when one.position_at > moment.now - make_interval(secs => $5) then one.position_lat else one.home_lat end as lat,
    case when one.position_at > moment.now - make_interval(secs => $5) then one.position_lon else one.home_lon end as lon,
    point.confirmed_at is not null and point.address is not null as confirmed,
    point.unreachable_at is not null as unreachable,
    coalesce(one.off_duty_until > moment.now, false) as off_duty,
    coalesce(one.declined_at > moment.now - make_interval(secs => $2), false) as cooling_down,
    not may_be_asked(null, one.counted_on, one.offers_today, one.accepted_today, one.capacity, moment.now, $2, $3, $4) as day_cap,
    coalesce((select greatest(blocked_until, sent_at[5] + interval '15 minutes', sent_at[11] + interval '1 hour',
        sent_at[21] + interval '3 hours') > moment.now from allowances where contact_point_id = point.id), false) as had_enough_messages,
    (select job_id from offers where contact_point_id = point.id and kind = 'visit' and status = 'pending') as asked_for,
    (select extract(epoch from upper(joined))::float8 from (
        select unnest(range_agg(tstzrange(starts_at, ends_at))) as joined from shifts
        where responder_id = one.id and ends_at > moment.now and status in ('planned', 'confirmed')
    ) as merged where joined @> moment.now) as until
from (select transport.app_clock() as now) as moment, responders one join contact_points point on point.id = one.contact_point_id
where one.id = $1

-- name: insert_pinned
-- The offer of somebody who was chosen by hand: the guards are those of `make_offers`, but for the limits of the policy.
with offered as (
    insert into offers (id, job_id, request_id, city, kind, visit, wave, responder_id, contact_point_id, lease_seconds, distance_m,
        made_at, expires_at, not_after, group_id)
    select $1, $2, $3, $4, 'visit', $5, $6, $7, $8, $9, $10, $11::timestamptz, $12::timestamptz, $12, $13
    where exists (select from responders where id = $7 and active and load < capacity)
    on conflict do nothing
    returning job_id, responder_id
), first as (
    update jobs set first_offer_at = coalesce(first_offer_at, $11) where id in (select job_id from offered)
)
update responders set offers_made = offers_made + 1, last_offered_at = $11,
    offers_today = case when counted_on = local_day($11) then offers_today else 0 end + 1,
    accepted_today = case when counted_on = local_day($11) then accepted_today else 0 end, counted_on = local_day($11),
    updated_at = clock_timestamp()
from offered where responders.id = offered.responder_id
returning responders.id

-- name: record_pin
insert into decisions (job_id, visit, wave, at, candidates, exclusions, ranking) values ($1, $2, $3, $4, $5, '{}', $6)

-- name: names_of_commune
-- Everybody of the commune that this offer is about, by the names they have on the roster; those of a team's members too.
with place as (
    select jobs.city, jobs.commune_code from offers join jobs on jobs.id = offers.job_id where offers.id = $1
)
select one.id, one.external_id, one.name from place join responders one using (city, commune_code) where one.active
union all
select one.id, one.external_id, members.name
from place join responders one using (city, commune_code) join members on members.responder_id = one.id where one.active
