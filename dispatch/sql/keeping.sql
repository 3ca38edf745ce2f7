-- Whether people will be there: shifts that are asked about, places that are open, and the questions. Locked in this order: the
-- person, their shift, the opening, the questions.

-- name: lock_person
select one.id, one.city, one.external_id, one.active, one.skills, one.commune_code, one.name, one.contact_point_id, one.confirms_shifts,
    point.address, point.language, point.channels, point.confirmed_at
from responders one join contact_points point on point.id = one.contact_point_id
where one.id = $1
for update of one

-- name: person_of_shift
-- A shift never changes its person, so this may be read before the lock.
select responder_id from shifts where id = $1

-- name: lock_shift
select id, responder_id, status, starts_at, ends_at from shifts where id = $1 for update

-- name: note_beginning
update shifts set offers_before = one.offers_made, answers_before = one.offers_answered
from responders one
where shifts.id = $1 and one.id = shifts.responder_id and shifts.offers_before is null

-- name: since_beginning
select one.offers_made - shifts.offers_before as asked, one.offers_answered - shifts.answers_before as answered, one.load as visits
from shifts join responders one on one.id = shifts.responder_id
where shifts.id = $1 and shifts.offers_before is not null

-- name: missed_shifts
select shifts.id, one.external_id as responder, one.kind, shifts.starts_at, shifts.ends_at
from shifts join responders one on one.id = shifts.responder_id
where shifts.status = 'missed' and shifts.ends_at > $3 and one.city = $1 and ($2::text is null or one.commune_code = $2)
order by shifts.ends_at desc, one.external_id
limit $4

-- name: put_shift_status
update shifts set status = $2 where id = $1

-- name: end_rest_for_shift
-- Who promises to be there is on duty again when it begins.
update responders set off_duty_until = $2, updated_at = clock_timestamp() where id = $1 and off_duty_until = 'infinity'

-- name: shift_ask
select id, kind, shift_id, opening_id, swap_id, responder_id, contact_point_id, status, starts_at, ends_at, ended_at
from shift_asks
where id = $1 and contact_point_id = $2

-- name: asks_of_shift
select id, status, reason, asked_at from shift_asks where shift_id = $1 order by asked_at, id

-- name: put_ask
insert into shift_asks (id, kind, shift_id, opening_id, responder_id, contact_point_id, starts_at, ends_at, asked_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: end_ask
update shift_asks set status = $2, ended_at = $3 where id = $1 and status <> $2

-- name: end_asks_of_shift
-- Those that are still open; who is told what follows from it is for the caller.
update shift_asks set status = $2, ended_at = $3 where shift_id = $1 and status = 'pending'
returning id

-- name: end_asks_of_shifts
-- Of shifts that a list has taken away. By the phone that was asked, whatever the list says of it now.
update shift_asks set status = 'over', ended_at = $2
from responders one, contact_points point
where shift_id = any ($1::uuid[]) and shift_asks.status = 'pending' and one.id = shift_asks.responder_id
    and point.id = shift_asks.contact_point_id
returning shift_asks.id, shift_asks.starts_at, shift_asks.ends_at, one.city, one.commune_code, one.name, shift_asks.contact_point_id,
    point.address, point.language, point.channels, point.confirmed_at

-- name: end_asks_of_opening
update shift_asks set status = $2, ended_at = $3
from responders one join contact_points point on point.id = one.contact_point_id
where opening_id = $1 and shift_asks.status = 'pending' and one.id = shift_asks.responder_id
returning shift_asks.id, one.city, one.name, one.contact_point_id, point.address, point.language, point.channels, point.confirmed_at

-- name: end_ask_of_person
update shift_asks set status = 'yes', ended_at = $3 where opening_id = $1 and responder_id = $2 and status = 'pending'
returning id

-- name: note_unsent
-- notify could not ask.
update shift_asks set status = 'unsent', ended_at = transport.app_clock(), reason = given.reason
from unnest($1::uuid[], $2::text[]) as given (id, reason)
where shift_asks.id = given.id and status = 'pending'
returning shift_asks.swap_id

-- name: put_opening
insert into openings (id, city, commune_code, skills, starts_at, ends_at, shift_id, created_at)
values ($1, $2, $3, $4::text[], $5, $6, $7, $8)
on conflict do nothing
returning id

-- name: post_opening
-- The same again: so many places, but never fewer than are taken.
insert into openings (id, city, commune_code, skills, starts_at, ends_at, places, created_at)
values ($1, $2, $3, $4::text[], $5, $6, $7, $8)
on conflict (city, commune_code, starts_at, ends_at, skills) where status = 'open' and shift_id is null
    do update set places = greatest(openings.taken + 1, excluded.places)
returning id, wave, places, taken, status, (xmax = 0) as is_new

-- name: lock_opening
select id, city, commune_code, skills, starts_at, ends_at, shift_id, places, taken, status, wave, told_at
from openings where id = $1
for update

-- name: lock_opening_of_shift
select id, city, commune_code, skills, starts_at, ends_at, shift_id, places, taken, status, wave, told_at
from openings where shift_id = $1 and status = 'open'
for update

-- name: save_opening
update openings set taken = $2, status = $3, wave = $4, told_at = $5 where id = $1

-- name: pending_asks_of_opening
select count(*) from shift_asks where opening_id = $1 and status = 'pending'

-- name: free_for_opening
-- People of these communes who can do at least one of the same things and are not at work then; those who can do all of it and
-- those who have not been asked for long come first. Nobody is asked twice for one place, nor about two places at once.
select one.id, one.city, one.name, one.contact_point_id, one.commune_code, point.address, point.language, point.channels, point.confirmed_at
from responders one join contact_points point on point.id = one.contact_point_id
where one.city = $2 and one.commune_code = any ($3::text[]) and one.active and one.capacity > 0 and point.confirmed_at is not null
    and point.address is not null and point.unreachable_at is null and coalesce(one.off_duty_until < $5, true)
    and (one.skills && $4::text[] or $4::text[] = '{}')
    and not exists (
        select from shifts
        where responder_id = one.id and status in ('planned', 'confirmed') and starts_at < $6 and ends_at > $5)
    and not exists (select from shift_asks where opening_id = $1 and responder_id = one.id)
    and not exists (select from shift_asks where contact_point_id = point.id and kind = 'take' and status = 'pending')
    and one.id is distinct from $7
order by one.skills @> $4::text[] desc, (select max(asked_at) from shift_asks where responder_id = one.id and kind = 'take') nulls first, one.id
limit $8

-- name: works_then
select exists (
    select from shifts where responder_id = $1 and status in ('planned', 'confirmed') and starts_at < $3 and ends_at > $2)

-- name: put_agreed_shift
-- What people agreed on: no list takes it away. One that they had given up before is theirs again.
insert into shifts (id, responder_id, starts_at, ends_at, status, agreed) values ($1, $2, $3, $4, 'confirmed', true)
on conflict (responder_id, starts_at, ends_at) do update set status = 'confirmed', agreed = true
returning id

-- name: agreed_shift
-- What came of a yes to a place in this window; it may have begun before they said so.
select id from shifts
where responder_id = $1 and agreed and starts_at >= $2 and ends_at = $3 and status in ('planned', 'confirmed')
order by starts_at, id
limit 1

-- name: shifts_of_commune
-- What ward leads see: who means to be there, and who has said so.
select shifts.id, one.external_id as responder, one.kind, shifts.starts_at, shifts.ends_at, shifts.status, shifts.agreed
from shifts join responders one on one.id = shifts.responder_id
where one.city = $1 and one.commune_code = $2 and one.active and shifts.ends_at > $3 and shifts.starts_at < $4
order by shifts.starts_at, one.external_id
limit $5

-- name: openings_of
select id, commune_code, skills, starts_at, ends_at, places, taken, status, wave, told_at is not null as told
from openings
where city = $1 and status = 'open' and ends_at > $2 and ($3::text is null or commune_code = $3)
order by starts_at, id
limit $4
