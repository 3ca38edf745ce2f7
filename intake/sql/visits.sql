-- The visit that is expected at somebody's door: who comes, under which phrase, and how often the phrase was missed.

-- name: expect_visits
-- Projected from what dispatch says. Tries and suspicion belong to one visit: the next one has its own phrase and its own tries.
insert into visits (request_id, job_id, visit, helper_kind, name, member, partner, unnamed, by_phone)
select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::jsonb[], $6::jsonb[], $7::jsonb[], $8::boolean[],
    $9::boolean[])
on conflict (request_id) do update set
    job_id = excluded.job_id, visit = excluded.visit, helper_kind = excluded.helper_kind, name = excluded.name,
    member = excluded.member, partner = excluded.partner, unnamed = excluded.unnamed, by_phone = excluded.by_phone,
    meeting_at = case when (visits.job_id, visits.visit) = (excluded.job_id, excluded.visit) then visits.meeting_at end,
    wrong_tries = case when (visits.job_id, visits.visit) = (excluded.job_id, excluded.visit) then visits.wrong_tries else 0 end,
    suspicious_at = case when (visits.job_id, visits.visit) = (excluded.job_id, excluded.visit) then visits.suspicious_at end

-- name: read_visit
-- Under the lock of its request.
select * from visits where request_id = $1

-- name: visit_of_writer
-- For whose number somebody comes, or has been stopped: the registered one, or that of the visited person.
select code from requests
where status in ('assigned', 'on_the_way', 'in_progress', 'frozen')
    and (contact_point_id = $1 or id in (select request_id from consents where contact_point_id = $1))
order by array_position(array['in_progress', 'on_the_way', 'assigned', 'frozen'], status), filed_at desc
limit 1

-- name: note_tries
update visits set wrong_tries = $2, suspicious_at = $3 where request_id = $1

-- name: open_meeting
update visits set meeting_at = $2 where request_id = $1 and meeting_at is null returning request_id

-- name: raise_version
update requests set version = version + 1, updated_at = clock_timestamp() where id = $1 returning version

-- name: put_pauses
-- Of each request the newest word on whether it stands still; no reason: it goes on.
with given as (
    select * from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as given (request_id, reason, until)
), gone as (
    delete from pauses where request_id in (select request_id from given where reason is null)
)
insert into pauses (request_id, reason, until)
select request_id, reason, until from given where reason is not null order by request_id
on conflict (request_id) do update set reason = excluded.reason, until = excluded.until
