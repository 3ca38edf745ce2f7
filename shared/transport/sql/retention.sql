-- name: prune_inbox
with gone as (
    delete from inbox
    where event_id in (select event_id from inbox where seen_at < clock_timestamp() - make_interval(days => $1) limit $2)
    returning event_id
)
select count(*) from gone

-- name: prune_outbox
-- A gap below an event of that age is nobody's any more: its ids were drawn before. Where one waits so long, its gap stays.
with gone as (
    delete from outbox
    where id in (
        select id from (
            select id, created_at from outbox, publishing where id <= up_to and not but_for @> id order by id limit $2
        ) as oldest
        where created_at < clock_timestamp() - make_interval(days => $1)
    )
    returning id
),
closed as (
    update publishing
    set but_for = but_for - int8multirange(int8range(null, least((select max(id) from gone), (select min(id) from unpublished))))
    where exists (select from gone)
)
select count(*) from gone

-- name: prune_log
select transport.trim_log(clock_timestamp() - make_interval(days => $1), $2)
