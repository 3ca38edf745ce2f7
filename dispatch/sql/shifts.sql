-- Windows of work: dated ones, and those that rotations make 14 days ahead.

-- name: rotations_in_view
select id, responder_id, weekdays, starts, ends, valid_from, valid_until
from rotations
where valid_from <= $2 and (valid_until is null or valid_until >= $1)
    and responder_id = any (select id from responders where active)
    and ($3::uuid[] is null or responder_id = any ($3::uuid[]))
order by id

-- name: put_shifts
-- A window that is there already stays as it is: somebody may have confirmed or swapped it.
insert into shifts (id, responder_id, rotation_id, starts_at, ends_at)
select id, responder_id, rotation_id, starts_at, ends_at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
    as given (id, responder_id, rotation_id, starts_at, ends_at)
order by responder_id, starts_at
on conflict (responder_id, starts_at) do nothing
returning responder_id

-- name: forget_future_shifts
-- Before somebody's hours are written anew; what runs now goes too, and is made again if it still holds.
delete from shifts where responder_id = any ($1::uuid[]) and ends_at > $2

-- name: forget_rotations
delete from rotations where responder_id = any ($1::uuid[])

-- name: put_rotations
insert into rotations (id, responder_id, weekdays, starts, ends, valid_from)
select id, responder_id, weekdays::integer[], starts, ends, valid_from
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::time[], $5::time[], $6::date[])
    as given (id, responder_id, weekdays, starts, ends, valid_from)
order by responder_id, id

-- name: touch_responders
-- The matcher reads them again.
with locked as (select id from responders where id = any ($1::uuid[]) order by id for update)
update responders set updated_at = clock_timestamp() from locked where responders.id = locked.id
