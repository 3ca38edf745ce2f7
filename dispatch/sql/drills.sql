-- Drills: each phone of the roster is asked once a month whether anybody is there. The drill is locked first, then its questions,
-- then contact points by id (law 2).

-- name: put_drill
-- One a city and month; one that was stopped goes on. No row: it runs, or is over.
insert into drills (id, city, month, a_day, most_out, least_answered, started_at)
values ($1, $2, $3, 1, $4, $5, $6)
on conflict (city, month) do update set status = 'running', ended_at = null where drills.status = 'stopped'
returning id, step

-- name: end_other_drills
-- Of earlier months.
update drills set status = 'over', ended_at = $3 where city = $1 and id <> $2 and status <> 'over' returning id

-- name: plan_drill
-- Every phone that is confirmed and that a machine can write to, also one that is out: it may come back. Ids are random, so that the
-- phones of a commune are not all asked on one day.
insert into drill_asks (id, drill_id, contact_point_id, commune_code)
select gen_random_uuid(), $1, point.id,
    (select commune_code from responders where contact_point_id = point.id and active order by id limit 1)
from contact_points point
where point.city = $2 and point.confirmed_at is not null and point.address is not null and point.channels && '{sms,zalo,telegram}'
    and exists (select from responders where contact_point_id = point.id and active)
    and point.unreachable_why is distinct from 'stopped'
order by point.id
on conflict (drill_id, contact_point_id) do nothing

-- name: pace_drill
update drills set a_day = greatest(1, ceil((select count(*) from drill_asks where drill_id = $1) / $2::float8)) where id = $1
returning a_day

-- name: phones_to_drill
-- Whom a drill would ask, as plan_drill does.
select one.commune_code, point.language, point.channels, count(*) as phones
from contact_points point
cross join lateral (select commune_code from responders where contact_point_id = point.id and active order by id limit 1) one
where point.city = $1 and point.confirmed_at is not null and point.address is not null and point.channels && '{sms,zalo,telegram}'
    and point.unreachable_why is distinct from 'stopped'
group by one.commune_code, point.language, point.channels
order by one.commune_code, point.language, point.channels

-- name: drill_of_month
select id, month, status, a_day, most_out, least_answered, started_at, ended_at from drills where city = $1 and month = $2

-- name: newest_drill
select id, month, status, a_day, most_out, least_answered, started_at, ended_at from drills where city = $1 order by month desc limit 1

-- name: lock_drill
select id, city, month, status, a_day, most_out, least_answered, step from drills where id = $1 for update

-- name: step_drill
update drills set step = $2 where id = $1

-- name: end_drill
update drills set status = $2, ended_at = $3 where id = $1

-- name: forget_open_asks
-- The drill was stopped: who has not answered is not counted out.
update drill_asks set status = 'over' where drill_id = $1 and status = 'asked'

-- name: next_asks
-- Whoever has stopped our texts since it was planned is as good as gone.
select ask.id, ask.contact_point_id, ask.commune_code, point.city,
    case when point.unreachable_why is distinct from 'stopped' then point.address end as address, point.language, point.channels, point.confirmed_at,
    point.unreachable_at,
    (select coalesce(sum(offers_answered), 0) from responders where contact_point_id = point.id)::integer as answered
from drill_asks ask join contact_points point on point.id = ask.contact_point_id
where ask.drill_id = $1 and ask.status = 'planned'
order by ask.id
limit $2
for update of ask

-- name: asked_since
select count(*) from drill_asks where drill_id = $1 and asked_at >= $2

-- name: put_asked
update drill_asks ask set status = given.status, asked_at = $2, answer_by = $3, answered_before = given.answered
from unnest($1::uuid[], $4::text[], $5::integer[]) as given (id, status, answered)
where ask.id = given.id

-- name: note_drill_submitted
update drill_asks ask set submitted_at = coalesce(ask.submitted_at, given.at)
from unnest($1::uuid[], $2::timestamptz[]) as given (id, at)
where ask.id = given.id and ask.status = 'asked'

-- name: note_drill_failed
update drill_asks ask set reason = given.reason
from unnest($1::uuid[], $2::text[]) as given (id, reason)
where ask.id = given.id and ask.status = 'asked'

-- name: answer_drill
-- Whoever answers late has answered, too. Says how it stood.
with known as (
    select id, status from drill_asks where id = $1 and contact_point_id = $2 and status <> 'answered' for update
)
update drill_asks ask set status = 'answered', answered_at = $3, over = $4
from known where ask.id = known.id
returning known.status, ask.id, ask.contact_point_id

-- name: hear_drilled
-- Something else came from these phones: that is an answer, too. Says how each stood.
with known as (
    select id, status from drill_asks where contact_point_id = any ($1::uuid[]) and status in ('asked', 'silent') order by id for update
)
update drill_asks ask set status = 'answered', answered_at = $2
from known where ask.id = known.id
returning known.status, ask.id, ask.contact_point_id

-- name: next_due_commune
select commune_code from drill_asks where drill_id = $1 and status = 'asked' and answer_by <= $2 order by commune_code limit 1

-- name: next_answer_by
select min(answer_by) from drill_asks where drill_id = $1 and status = 'asked'

-- name: planned_left
select exists (select from drill_asks where drill_id = $1 and status = 'planned')

-- name: due_asks
-- Of one commune. `heard`: an offer was answered since; `heard_at`: the last yes or no.
select ask.id, ask.contact_point_id, ask.answer_by, ask.submitted_at, ask.reason, coalesce(said.answered > ask.answered_before, false) as heard,
    said.heard_at, point.unreachable_at is not null as out, point.city, point.address, point.language, point.channels, point.confirmed_at
from drill_asks ask
join contact_points point on point.id = ask.contact_point_id
cross join lateral (
    select sum(offers_answered)::integer as answered, max(greatest(last_accepted_at, declined_at)) as heard_at
    from responders where contact_point_id = point.id) said
where ask.drill_id = $1 and ask.status = 'asked' and ask.answer_by <= $2 and ask.commune_code = $3
order by ask.id
for update of ask

-- name: ward_of_drill
select count(*) as phones, count(*) filter (where point.unreachable_why = 'drill') as out
from contact_points point
where point.id in (select contact_point_id from responders where city = $1 and commune_code = $2 and active)
    and point.confirmed_at is not null and point.address is not null

-- name: share_of_drill
-- Of all whose time is over, and who could have answered.
select count(*) as asked, count(*) filter (where status = 'answered') as answered
from drill_asks
where drill_id = $1 and answer_by <= $2 and status in ('asked', 'answered', 'silent', 'spared')

-- name: put_judged
update drill_asks ask set status = given.status
from unnest($1::uuid[], $2::text[]) as given (id, status)
where ask.id = given.id

-- name: fail_drills
-- Nobody answered there: out of matching, until anything comes. Who is out already stays out.
with silent as (select id from contact_points where id = any ($1::uuid[]) and unreachable_at is null order by id for update)
update contact_points set unreachable_at = $2, unreachable_why = 'drill', updated_at = clock_timestamp()
from silent where contact_points.id = silent.id

-- name: count_drill
select status, reason, over, count(*) as phones, min(asked_at) as first_at, max(answer_by) as last_by
from drill_asks where drill_id = $1
group by status, reason, over
order by status, reason, over

-- name: silent_in_drill
-- Who is out, and who would be.
select one.external_id, ask.commune_code, ask.status
from drill_asks ask join responders one on one.contact_point_id = ask.contact_point_id and one.active
where ask.drill_id = $1 and ask.status in ('silent', 'spared') and ($2::text is null or ask.commune_code = $2)
order by ask.commune_code, one.external_id

-- name: phones_out
-- Of these, who is out of matching because of a drill.
select id as contact_point_id, city, address, language, channels, confirmed_at from contact_points
where id = any ($1::uuid[]) and unreachable_why = 'drill'
