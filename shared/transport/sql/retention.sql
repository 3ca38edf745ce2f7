-- name: prune_inbox
with gone as (
    delete from inbox
    where event_id in (select event_id from inbox where seen_at < clock_timestamp() - make_interval(days => $1) limit $2)
    returning event_id
)
select count(*) from gone

-- name: prune_outbox
-- The oldest of those that are published, as far as they are old enough.
with gone as (
    delete from outbox
    where id in (
        select id from (
            select id, created_at from outbox, publishing where id <= up_to and not but_for @> id order by id limit $2
        ) as oldest
        where created_at < clock_timestamp() - make_interval(days => $1)
    )
    returning id
)
select count(*) from gone

-- name: close_gaps
-- Of ids that were doubted $1 seconds ago, those that have no row now that all is over that ran then: they were taken back. An id is
-- drawn a moment before its transaction has a number, hence the seconds. What is still missing is doubted from now on.
with due as (
    select
        but_for as seen,
        pg_snapshot_xmax(pg_current_snapshot()) as before,
        doubted - coalesce(
            (
                select range_agg(int8range(id, id, '[]'))
                from unnest(doubted) as gap
                cross join lateral (select id from outbox where id >= lower(gap) and id < upper(gap) order by id) as late
            ),
            '{}'
        ) as nobodys
    from publishing
    where doubted_at < clock_timestamp() - make_interval(secs => $1)
        and doubted_before <= pg_snapshot_xmin(pg_current_snapshot())
)
update publishing
set but_for = but_for - nobodys, doubted = seen * but_for - nobodys, doubted_at = clock_timestamp(), doubted_before = before
from due

-- name: prune_log
select transport.trim_log(clock_timestamp() - make_interval(days => $1), $2)
