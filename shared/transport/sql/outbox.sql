-- name: append_events
-- One statement for the whole batch; ORDER BY gives the rows their ids in the order of the events.
insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body)
select event_id, topic, key, type, subject, version, $10, occurred_at, traceparent, body
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::timestamptz[], $8::text[], $9::bytea[])
    with ordinality as given (event_id, topic, key, type, subject, version, occurred_at, traceparent, body, place)
order by place

-- name: first_seen
-- The ids that this context has not done yet. Sorted, so that two batches with the same ids never deadlock.
insert into inbox (event_id)
select distinct id from unnest($1::uuid[]) as given (id)
order by id
on conflict do nothing
returning event_id

-- name: unpublished_events
-- In the same round trip $3, what was published since the last look, is noted. $1 is a floor only for the frequent look: a full pass
-- (floor 0) looks into all gaps, and finds what was committed late with a low id.
with noted as (
    update publishing
    set up_to = greatest(up_to, last),
        but_for = but_for + int8multirange(int8range(up_to, greatest(up_to, last), '(]')) - ids
    from (select max(id) as last, range_agg(int8range(id, id, '[]')) as ids from unnest($3::bigint[]) as id) as published
    where last is not null
    returning up_to, but_for
),
reached as materialized (
    select up_to, but_for from noted
    union all
    select up_to, but_for from publishing where not exists (select from noted)
)
select id, event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body,
    date_part('epoch', clock_timestamp() - created_at) as age_seconds
from (
    select missed.*
    from reached cross join unnest(but_for) as gap
    cross join lateral (select * from outbox where id >= lower(gap) and id < upper(gap) order by id limit $2) as missed
    where upper(gap) > $1
    union all
    (select * from outbox where id > (select up_to from reached) order by id limit $2)
) as unpublished
order by id
limit $2

-- name: try_relay_lock
-- One owner per schema; the lock lives as long as the session.
select pg_try_advisory_lock(hashtextextended('relay of ' || current_schema(), 0))

-- name: write_marks_lazily
-- What an owner writes in its session are marks of how far it came. One that a crash of the server takes back means that some
-- events are published or read again, and recognised: waiting for the disk each time would buy nothing.
set synchronous_commit = off
