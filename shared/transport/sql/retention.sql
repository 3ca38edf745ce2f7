-- name: prune_inbox
delete from inbox where event_id in (select event_id from inbox where seen_at < clock_timestamp() - make_interval(days => $1) limit $2)

-- name: prune_outbox
delete from outbox where id in (
    select id from outbox where published_at < clock_timestamp() - make_interval(days => $1) order by published_at limit $2)

-- name: prune_log
select transport.trim_log(clock_timestamp() - make_interval(days => $1), $2)
