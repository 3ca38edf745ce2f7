-- Shifts that change hands. Locked in this order: the people by id, their shifts, the swap, the questions.

-- name: lock_people
select one.id, one.city, one.external_id, one.active, one.skills, one.commune_code, one.name, one.contact_point_id, one.confirms_shifts,
    point.address, point.language, point.channels, point.confirmed_at
from responders one join contact_points point on point.id = one.contact_point_id
where one.id = any ($1::uuid[])
order by one.id
for update of one

-- name: party
-- What speaks for and against somebody working from $2 to $3; shifts of theirs that they would give for it ($4) do not count.
select one.active, point.confirmed_at is not null and point.address is not null as confirmed, point.unreachable_at is null as reachable,
    one.commune_code, one.skills, coalesce(one.off_duty_until <= $2, true) as on_duty,
    not exists (select from members where responder_id = one.id and left_at is null)
        or exists (select from members where responder_id = one.id and is_vetted(vetted_on, vetted_until, left_at, $2)) as vetted,
    exists (
        select from shifts
        where responder_id = one.id and status in ('planned', 'confirmed') and starts_at < $3 and ends_at > $2
            and id <> all ($4::uuid[])) as works_then
from responders one join contact_points point on point.id = one.contact_point_id
where one.id = $1

-- name: running_hours
-- All that somebody works now, as one.
select min(starts_at) as starts_at, max(ends_at) as ends_at from shifts
where responder_id = $1 and status in ('planned', 'confirmed') and starts_at <= $2 and ends_at > $2

-- name: lock_shifts_within
-- Several of one person may lie in the same hours: who gives the hours gives all of them.
select id, starts_at, ends_at from shifts
where responder_id = $1 and status in ('planned', 'confirmed') and starts_at >= $2 and ends_at <= $3
order by id
for update

-- name: give_shifts
-- Agreed on: no list makes them work again.
update shifts set status = 'given', agreed = true where id = any ($1::uuid[])

-- name: put_worked_part
insert into shifts (id, responder_id, starts_at, ends_at, status, agreed) values ($1, $2, $3, $4, 'confirmed', true)
on conflict do nothing

-- name: standing_shifts_of
-- Those of these people that begin from $2 on and before $3.
select id, responder_id, starts_at, ends_at from shifts
where responder_id = any ($1::uuid[]) and status in ('planned', 'confirmed') and starts_at >= $2 and starts_at < $3
order by starts_at, id

-- name: running_shifts_of
select id, responder_id, starts_at, ends_at from shifts
where responder_id = any ($1::uuid[]) and status in ('planned', 'confirmed') and starts_at <= $2 and ends_at > $2
order by starts_at, id

-- name: names_in_commune
-- Everybody of the commune by the names they have on the roster; those of a team's members too.
select id, external_id, name from responders where city = $1 and commune_code = $2 and active
union all
select one.id, one.external_id, members.name
from responders one join members on members.responder_id = one.id
where one.city = $1 and one.commune_code = $2 and one.active and members.left_at is null

-- name: swaps_of_shift
select count(*) from swaps where giver_id = (select responder_id from shifts where id = $1) and shift_id = $1

-- name: put_swap
insert into swaps (id, city, commune_code, shift_id, giver_id, named_id, return_id, starts_at, ends_at, running, releases, answer_by, asked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: swap
select * from swaps where id = $1

-- name: lock_swap
select * from swaps where id = $1 for update

-- name: lock_asked_swaps
select * from swaps where shift_id = any ($1::uuid[]) and status = 'asked' order by id for update

-- name: unanswered_swaps
-- Asked, and nobody is left who could still answer.
select id, wave from swaps
where id = any ($1::uuid[]) and status = 'asked'
    and not exists (select from shift_asks where swap_id = swaps.id and shift_asks.status = 'pending')

-- name: leave_now
-- Who matches from memory may not know it yet: until $2 the guards of what makes offers refuse.
update responders set off_duty_until = greatest(off_duty_until, $2), updated_at = clock_timestamp() where id = $1

-- name: end_swap
update swaps set status = $2, taker_id = $3, starts_at = $4, ended_at = $5 where id = $1

-- name: put_swap_wave
update swaps set wave = $2 where id = $1

-- name: put_swap_ask
insert into shift_asks (id, kind, swap_id, responder_id, contact_point_id, starts_at, ends_at, asked_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: asks_of_swap
select id, status from shift_asks where swap_id = $1

-- name: end_asks_of_swap
update shift_asks set status = 'over', ended_at = $2
from responders one join contact_points point on point.id = one.contact_point_id
where swap_id = $1 and shift_asks.status = 'pending' and one.id = shift_asks.responder_id
returning shift_asks.id, one.city, one.name, one.contact_point_id, point.address, point.language, point.channels, point.confirmed_at

-- name: ask_of_swap
select id, status from shift_asks where swap_id = $1 and responder_id = $2 and status = 'pending'

-- name: ask_in_its_place
-- What the same person is asked about the same shift, on the same terms, since this question was taken back.
select newer.id, newer.kind, newer.shift_id, newer.opening_id, newer.swap_id, newer.responder_id, newer.contact_point_id, newer.status,
    newer.starts_at, newer.ends_at, newer.ended_at
from shift_asks old join swaps was on was.id = old.swap_id
    join swaps on swaps.giver_id = was.giver_id and swaps.shift_id = was.shift_id and swaps.return_id is not distinct from was.return_id
    join shift_asks newer on newer.swap_id = swaps.id and newer.responder_id = old.responder_id
        and newer.contact_point_id = old.contact_point_id and newer.status = 'pending'
where old.id = $1 and old.status = 'over'

-- name: free_for_swap
-- People of the commune who can do all that the giver can, and are not at work then; those who have not been asked for long come
-- first. Nobody is asked twice about one shift, nor about two such things at once.
select one.id, one.city, one.name, one.contact_point_id, one.commune_code, point.address, point.language, point.channels, point.confirmed_at
from responders one join contact_points point on point.id = one.contact_point_id
where one.city = $2 and one.commune_code = $3 and one.active and one.capacity > 0 and point.confirmed_at is not null
    and point.address is not null and point.unreachable_at is null and coalesce(one.off_duty_until <= $5, true)
    and one.skills @> $4::text[] and one.id <> $7
    and (not exists (select from members where responder_id = one.id and left_at is null)
        or exists (select from members where responder_id = one.id and is_vetted(vetted_on, vetted_until, left_at, $5)))
    and not exists (
        select from shifts
        where responder_id = one.id and status in ('planned', 'confirmed') and starts_at < $6 and ends_at > $5)
    and not exists (
        select from swaps join shift_asks on shift_asks.swap_id = swaps.id
        where swaps.giver_id = $7 and swaps.shift_id = $1 and shift_asks.responder_id = one.id)
    and not exists (
        select from shift_asks where contact_point_id = point.id and kind in ('take', 'swap', 'take_over') and status = 'pending')
order by (select max(asked_at) from shift_asks where responder_id = one.id and kind <> 'confirm') nulls first, one.id
limit $8

-- name: visits_in_hand
select id from jobs where responder_id = $1 and closed_at is null order by id

-- name: swaps_of_commune
-- What ward leads see: what is asked, and what was agreed on and is not over.
select swaps.id, shift_id, giver.external_id as giver, named.external_id as named, taker.external_id as taker, swaps.starts_at,
    swaps.ends_at, running, swaps.status, answer_by
from swaps
    join responders giver on giver.id = giver_id
    left join responders named on named.id = named_id
    left join responders taker on taker.id = taker_id
where swaps.city = $1 and swaps.commune_code = $2 and swaps.ends_at > $3 and swaps.starts_at < $4 and swaps.status in ('asked', 'agreed')
order by swaps.starts_at, swaps.id
limit $5

-- name: swaps_of_people
-- Agreed on, not over, and one of these people has a part in it.
select giver.external_id as giver, taker.external_id as taker, swaps.starts_at, swaps.ends_at
from swaps join responders giver on giver.id = giver_id join responders taker on taker.id = taker_id
where swaps.status = 'agreed' and swaps.ends_at > $2 and (giver_id = any ($1::uuid[]) or taker_id = any ($1::uuid[]))
order by swaps.starts_at, giver.external_id

-- name: shift
select id, responder_id, status, starts_at, ends_at from shifts where id = $1

-- name: name_of_responder
select name from responders where id = $1

-- name: external_id_of
select external_id from responders where id = $1

-- name: commune_of_responder
select city, commune_code from responders where id = $1
