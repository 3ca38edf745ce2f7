-- The walk-in queues. Whatever is decided about a queue is decided under the lock of its row in point_days.

-- name: put_points
-- As the file says; what is as it was is not written.
insert into service_points (id, name, commune_code, days, opens, closes, on_holidays, active)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::boolean[], $8::boolean[])
on conflict (id) do update set
    name = excluded.name, commune_code = excluded.commune_code, days = excluded.days, opens = excluded.opens,
    closes = excluded.closes, on_holidays = excluded.on_holidays, active = excluded.active, updated_at = clock_timestamp()
where (service_points.name, service_points.commune_code, service_points.days, service_points.opens, service_points.closes,
    service_points.on_holidays, service_points.active) is distinct from (excluded.name, excluded.commune_code, excluded.days,
    excluded.opens, excluded.closes, excluded.on_holidays, excluded.active)
returning xmax = 0 as is_new

-- name: read_point
select id, name, commune_code, days, opens, closes, on_holidays, active from service_points where id = $1

-- name: read_points
-- With how many wait there today.
select point.id, point.name, point.commune_code, point.days, point.opens, point.closes, point.on_holidays, point.active,
    (select count(*) from tickets where tickets.point_id = point.id and tickets.day = $1 and tickets.status = 'waiting') as waiting
from service_points point
order by point.commune_code, point.id

-- name: commune_of_point
select commune_code from service_points where id = $1

-- name: commune_of_ticket
select commune_code from service_points where id = (select point_id from tickets where id = $1)

-- name: begin_day
insert into point_days (point_id, day) values ($1, $2) on conflict do nothing

-- name: lock_day
select last_number, calls, in_a_row from point_days where point_id = $1 and day = $2 for update

-- name: read_day
select calls, in_a_row from point_days where point_id = $1 and day = $2

-- name: lock_day_of_ticket
-- The queue before the ticket: two desks and a timer never wait for each other crosswise.
select point_days.point_id, point_days.day, last_number, calls, in_a_row
from point_days join tickets on tickets.point_id = point_days.point_id and tickets.day = point_days.day
where tickets.id = $1
for update of point_days

-- name: save_day
update point_days set last_number = $3, calls = $4, in_a_row = $5 where point_id = $1 and day = $2

-- name: read_ticket
select * from tickets where id = $1

-- name: ticket_of_key
select * from tickets where key_hash = $1

-- name: live_tickets
-- Of one queue; small, because it is one day of one point.
select * from tickets where point_id = $1 and day = $2 and status in ('waiting', 'called') order by number

-- name: add_ticket
-- With its clock: at the end of the day whatever waits is closed.
with added as (
    insert into tickets (
        id, point_id, day, number, status, reason, category, language, owner, taken_at, closes_at, contact_point_id, key_id,
        phone_box, need_box, key_hash, body_hash, data_consent
    ) values ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
)
insert into timers (id, kind, subject, due_at, guard) values (gen_random_uuid(), 'ticket_close', $1, $10, 0)

-- name: save_ticket
-- What is over keeps neither phone nor words.
update tickets set
    status = $2, version = $3, owner = $4, called_at = $5, ended_at = $6, desk = $7, no_shows = $8, comes_after = $9,
    phone_box = case when $6::timestamptz is null then phone_box end, need_box = case when $6::timestamptz is null then need_box end
where id = $1

-- name: note_request
update tickets set request_code = $2 where id = $1 and request_code is null returning number

-- name: served_lately
-- How long the last people took here, and how many desks are at work.
select
    array(
        select extract(epoch from ended_at - called_at)::float8 from tickets
        where point_id = $1 and status = 'done' and ended_at > $3::timestamptz - interval '7 days'
        order by ended_at desc limit 20
    ) as seconds,
    (select count(distinct desk) from tickets
        where point_id = $1 and day = $2 and desk is not null
            and (status = 'called' or ended_at > $3::timestamptz - interval '30 minutes')) as desks

-- name: ended_today
-- By what came of them.
select status, count(*) as tickets from tickets
where point_id = $1 and day = $2 and status not in ('waiting', 'called')
group by status order by status

-- name: forget_tickets
-- Of an erased person: also what somebody told the kiosk without a number, and was filed with theirs.
update tickets set phone_box = null, need_box = null, contact_point_id = null
where contact_point_id = $1 or request_code in (select code from requests where requests.contact_point_id = $1)

-- name: sweep_tickets
-- Figures of waits are made of the last week.
delete from tickets
where id in (
    select id from tickets where day < $1::date and status not in ('waiting', 'called') limit $2 for update skip locked
)

-- name: sweep_days
delete from point_days
where (point_id, day) in (
    select point_id, day from point_days known where day < $1::date
        and not exists (select from tickets where tickets.point_id = known.point_id and tickets.day = known.day)
    limit $2 for update skip locked
)
