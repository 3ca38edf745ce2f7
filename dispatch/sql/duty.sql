-- Who is off duty, or on a break.

-- name: responders_of_phone
select id, commune_code, kind = 'team' or present_members is not null as is_team from responders where contact_point_id = $1 and active order by id

-- name: version_of_responder
select version from responders where id = $1

-- name: jobs_asked_of
-- At most one a responder and one a phone: the unique indexes say so.
select job_id from offers where responder_id = any ($1::uuid[]) and kind = 'visit' and status = 'pending'

-- name: put_duty
-- After their jobs, by id (law 2). $2: the end of a break; $3: until they say that they are back; neither: on duty.
with locked as (select id from responders where id = any ($1::uuid[]) order by id for update)
update responders set off_duty_until = case when $3 then 'infinity' else $2::timestamptz end, version = version + 1,
    updated_at = clock_timestamp()
from locked, contact_points point
where responders.id = locked.id and point.id = responders.contact_point_id
returning responders.id, responders.external_id, responders.city, responders.version, responders.load, responders.name,
    responders.contact_point_id, point.address, point.language, point.channels, point.confirmed_at

-- name: shifts_of
-- Running, or to come.
select responder_id, starts_at, ends_at from shifts
where responder_id = any ($1::uuid[]) and ends_at > $2 and status in ('planned', 'confirmed')
order by starts_at
