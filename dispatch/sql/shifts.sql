-- Windows of work: dated ones, and those that rotations make 14 days ahead.

-- name: lock_page_of_rotating
-- A page of those who work by rules, by id after $1. Locked: whoever writes their rules anew waits until the old ones are no longer
-- used.
select id from responders
where active and id > $1 and exists (select from rotations where responder_id = responders.id)
order by id
limit $2
for update

-- name: horizon_is_set
select exists (select from timers where kind = 'horizon')

-- name: rotations_of
select id, responder_id, anchor, period_days, places, starts, ends, nights, until
from rotations
where responder_id = any ($1::uuid[])
order by responder_id, id

-- name: days_off_of
select responder_id, first_day, last_day from days_off where responder_id = any ($1::uuid[])

-- name: shifts_ahead
-- Those that are not over, whatever became of them: what somebody gave up is not made again.
select id, responder_id, starts_at, ends_at, agreed from shifts where responder_id = any ($1::uuid[]) and ends_at > $2

-- name: put_shifts
-- A window that is there already stays as it is: somebody may have confirmed or swapped it.
insert into shifts (id, responder_id, rotation_id, starts_at, ends_at)
select id, responder_id, rotation_id, starts_at, ends_at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
    as given (id, responder_id, rotation_id, starts_at, ends_at)
order by responder_id, starts_at, ends_at
on conflict do nothing
returning id, responder_id, starts_at, ends_at

-- name: who_confirm
select id from responders where id = any ($1::uuid[]) and confirms_shifts

-- name: put_wishes
-- What they have agreed to: to be asked before each shift, and to help by telephone.
update responders set confirms_shifts = given.confirms, remote = given.remote
from unnest($1::uuid[], $2::boolean[], $3::boolean[]) as given (id, confirms, remote)
where responders.id = given.id and (responders.confirms_shifts, responders.remote) is distinct from (given.confirms, given.remote)

-- name: forget_shifts
delete from shifts where id = any ($1::uuid[])

-- name: forget_rotations
-- Of these responders all but those that still hold.
delete from rotations where responder_id = any ($1::uuid[]) and id <> all ($2::uuid[])

-- name: put_rotations
insert into rotations (id, responder_id, anchor, period_days, places, starts, ends, nights, until)
select id, responder_id, anchor, period_days, places::integer[], starts, ends, nights, until
from unnest($1::uuid[], $2::uuid[], $3::date[], $4::integer[], $5::text[], $6::time[], $7::time[], $8::integer[], $9::date[])
    as given (id, responder_id, anchor, period_days, places, starts, ends, nights, until)
order by responder_id, id
on conflict do nothing

-- name: forget_days_off
delete from days_off where responder_id = any ($1::uuid[])

-- name: put_days_off
insert into days_off (responder_id, first_day, last_day)
select responder_id, first_day, last_day
from unnest($1::uuid[], $2::date[], $3::date[]) as given (responder_id, first_day, last_day)
order by responder_id, first_day, last_day

-- name: touch_responders
-- The matcher reads them again.
with locked as (select id from responders where id = any ($1::uuid[]) order by id for update)
update responders set updated_at = clock_timestamp() from locked where responders.id = locked.id
