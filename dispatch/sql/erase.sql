-- Forgetting a person: what remains are ids without a name or a number.

-- name: jobs_of_person
-- Live jobs of a resident, and those a responder was asked for or has.
select id from jobs where closed_at is null and resident ->> 'contact_point_id' = $1::uuid::text
union
select job_id from offers where contact_point_id = $1 and status in ('pending', 'accepted')

-- name: forget_roster_lines
-- A fingerprint would tell that the same list comes again; first, while it is known whose they are.
delete from roster_lines where id = any (array(
    select id from responders where contact_point_id = $1 union all select id from leads where contact_point_id = $1
))

-- name: forget_responders
update responders set name = null, active = false, version = version + 1, updated_at = clock_timestamp()
where contact_point_id = $1
returning id

-- name: forget_leads
update leads set name = null, active = false, updated_at = clock_timestamp() where contact_point_id = $1

-- name: forget_contact_point
update contact_points set address = null, confirmed_at = null, updated_at = clock_timestamp() where id = $1

-- name: forget_allowance
delete from allowances where contact_point_id = $1

-- name: forget_acquaintances
-- Of a resident, and of helpers with whom nobody can compare them any more.
delete from acquaintances
where resident_id = $1 or responder_id = any (array(select id from responders where contact_point_id = $1))
