-- Whom a broadcast is for, some at a time. Each page begins behind the last one that was named, by an index: no page costs more
-- than the one before, and nobody is named because somebody else has come or gone meanwhile.

-- name: put_audience
-- Asked twice, it is asked once.
insert into audiences (id, city, audience, asked_at) values ($1, $2, $3, $4)
on conflict (id) do nothing
returning id

-- name: lock_audience
select id, city, audience, pages, after, ended_at from audiences where id = $1 for update

-- name: note_page
update audiences set pages = pages + 1, after = coalesce($2, after), ended_at = $3 where id = $1

-- name: responders_to_tell
-- Phones of the roster; $3 communes, $4 kinds, null: all; $5: only of those whose shift runs now.
select point.id as place, point.id, point.address, point.language, point.channels, point.confirmed_at
from contact_points point
where point.city = $1 and point.id > $2 and point.confirmed_at is not null and point.address is not null
    and point.unreachable_why is distinct from 'undelivered'
    and exists (
        select from responders one
        where one.contact_point_id = point.id and one.active
            and ($3::text[] is null or one.commune_code = any ($3))
            and ($4::text[] is null or one.kind = any ($4))
            and (not $5 or (
                coalesce(one.off_duty_until <= (select transport.app_clock()), true)
                and exists (
                    select from shifts
                    where responder_id = one.id and status in ('planned', 'confirmed')
                        and starts_at <= (select transport.app_clock()) and ends_at > (select transport.app_clock())))))
order by point.id
limit $6

-- name: residents_to_tell
-- Of requests that are open; whoever has several stands here several times.
select job.request_id as place, job.resident, job.by_call
from jobs job
where job.closed_at is null and job.city = $1 and job.request_id > $2
    and ($3::text[] is null or job.commune_code = any ($3))
    and ($4::text[] is null or job.category = any ($4))
order by job.request_id
limit $5

-- name: leads_to_tell
-- Whoever answers for these communes, or for all of the city.
select point.id as place, point.id, point.address, point.language, point.channels, point.confirmed_at
from contact_points point
where point.id in (
        select contact_point_id from leads
        where city = $1 and active and ($3::text[] is null or commune_code = any ($3)))
    and point.id > $2 and point.confirmed_at is not null and point.address is not null
order by point.id
limit $4
