-- The roster: who is on it, how they are reached, and who answers for a ward.

-- name: lock_roster
select id, commune_code from responders where id = any ($1::uuid[]) order by id for update

-- name: roster_lines
-- What was said of these people the last time. Of whoever is not there any more nothing is known.
select id, fingerprint from roster_lines line
where id = any ($1::uuid[])
    and (exists (select from responders where responders.id = line.id) or exists (select from leads where leads.id = line.id))

-- name: put_roster_lines
insert into roster_lines (id, fingerprint)
select id, fingerprint from unnest($1::uuid[], $2::bytea[]) as given (id, fingerprint) order by id
on conflict (id) do update set fingerprint = excluded.fingerprint

-- name: put_contact_points
-- An address is sealed once and stays; a confirmation is never taken back by a list.
insert into contact_points (id, city, address, language, confirmed_at)
select distinct on (id) id, $1, address, language, case when confirmed then $2::timestamptz end
from unnest($3::uuid[], $4::jsonb[], $5::text[], $6::boolean[]) as given (id, address, language, confirmed)
order by id, confirmed desc
on conflict (id) do update set
    address = coalesce(contact_points.address, excluded.address), language = excluded.language,
    confirmed_at = coalesce(contact_points.confirmed_at, excluded.confirmed_at), updated_at = clock_timestamp()

-- name: put_responders
-- Skills and capacity as the row says; of teams with members `refresh_teams` says afterwards what those who are there make of it.
insert into responders (id, external_id, city, kind, name, contact_point_id, commune_code, home_lat, home_lon, declared_skills, skills,
    language, languages, declared_capacity, capacity, active)
select id, external_id, $1, kind, name, contact_point_id, commune_code, home_lat, home_lon, skills::text[], skills::text[],
    language, languages::text[], declared_capacity, declared_capacity, active
from unnest($2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[], $7::text[], $8::double precision[], $9::double precision[],
    $10::text[], $11::text[], $12::text[], $13::integer[], $14::boolean[])
    as given (id, external_id, kind, name, contact_point_id, commune_code, home_lat, home_lon, skills, language, languages,
    declared_capacity, active)
order by id
on conflict (id) do update set
    kind = excluded.kind, name = excluded.name, contact_point_id = excluded.contact_point_id,
    commune_code = excluded.commune_code, home_lat = excluded.home_lat, home_lon = excluded.home_lon,
    declared_skills = excluded.declared_skills, skills = excluded.skills, language = excluded.language,
    languages = excluded.languages, declared_capacity = excluded.declared_capacity, present_members = null,
    capacity = effective_capacity(excluded.declared_capacity, null, responders.load),
    active = excluded.active, version = responders.version + 1, updated_at = clock_timestamp()
returning (xmax = 0) as is_new

-- name: put_leads
insert into leads (id, city, commune_code, role, name, contact_point_id)
select distinct on (commune_code, role) id, $1, commune_code, role, name, contact_point_id
from unnest($2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[]) as given (id, commune_code, role, name, contact_point_id)
order by commune_code, role
on conflict (city, commune_code, role) do update set
    name = excluded.name, contact_point_id = excluded.contact_point_id, active = true, updated_at = clock_timestamp()

-- name: missing_responders
-- On our roster, in one of these communes, and not on the new list.
select commune_code, external_id from responders
where city = $1 and active and commune_code = any ($2::text[]) and id <> all ($3::uuid[])
order by commune_code, external_id

-- name: responder
select responders.id, external_id, responders.city, kind, commune_code, home_lat, home_lon, skills, responders.language, languages,
    declared_capacity, declared_skills, present_members, capacity, load, active, remote, version, contact_point_id, point.confirmed_at,
    point.unreachable_at, point.unreachable_why,
    case when coalesce(off_duty_until <= transport.app_clock(), true) then 'on'
        when off_duty_until = 'infinity' then 'off' else 'break' end as duty,
    case when off_duty_until > transport.app_clock() then nullif(off_duty_until, 'infinity') end as break_until
from responders join contact_points point on point.id = contact_point_id
where responders.id = $1

-- name: phone_of_responder
select contact_point_id from responders where id = $1

-- name: communes_of_phone
-- Of everybody whom it reaches; null: the city's.
select commune_code from responders where contact_point_id = $1
union
select commune_code from leads where contact_point_id = $1 and active

-- name: confirm_contact_point
-- Whoever rang it knows that it works; not that its owner wants texts again.
update contact_points set confirmed_at = coalesce(confirmed_at, $2), undelivered = 0, undelivered_at = null,
    unreachable_at = case when unreachable_why = 'stopped' then unreachable_at end,
    unreachable_why = case when unreachable_why = 'stopped' then unreachable_why end, updated_at = clock_timestamp()
where id = $1 and address is not null
returning id

-- name: touch_responders_of_contact_point
with locked as (select id from responders where contact_point_id = $1 order by id for update)
update responders set updated_at = clock_timestamp() from locked where responders.id = locked.id

-- name: escalated_jobs
-- What ward leads and the desk have in front of them, the longest waiting first.
select jobs.id, request_id, code, priority, category, commune_code, status, escalated_to, escalated_at, filed_at,
    exists (select from offers where job_id = jobs.id and kind = 'escalation' and offers.status = 'accepted') as owned
from jobs
where escalated_to is not null and closed_at is null and ($1::text is null or jobs.city = $1)
    and ($3::text is null or jobs.commune_code = $3)
order by priority, filed_at
limit $2

-- name: unnamed_visits
-- Taken by a team with members that has not said who goes, the longest first.
select jobs.id, jobs.request_id, code, priority, category, commune_code, jobs.status, jobs.accepted_at, jobs.filed_at
from jobs join offers on offers.job_id = jobs.id and kind = 'visit' and offers.status = 'accepted'
where jobs.responder_id in (select id from responders where present_members is not null)
    and offers.member_id is null and not offers.by_phone and closed_at is null and ($1::text is null or jobs.city = $1)
    and ($3::text is null or jobs.commune_code = $3)
order by priority, jobs.accepted_at
limit $2
