-- name: lock_log_heads
-- The rows exist after this, and are locked in order: two relays that append to several topics never deadlock.
insert into log_heads (topic) select unnest($1::text[]) order by 1
on conflict (topic) do update set next_seq = log_heads.next_seq

-- name: append_log
with given as (
    select *, row_number() over (partition by topic order by place) - 1 as nth
    from unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[], $5::bytea[]) with ordinality
        as given (topic, event_id, key, headers, body, place)
), moved as (
    update log_heads head set next_seq = head.next_seq + counted.events
    from (select topic, count(*) as events from given group by topic) counted
    where head.topic = counted.topic
    returning head.topic, head.next_seq - counted.events as first_seq
)
insert into log (topic, seq, event_id, key, headers, body)
select given.topic, moved.first_seq + given.nth, given.event_id, given.key, given.headers, given.body
from given join moved using (topic)

-- name: read_log
select entry.topic, entry.seq, entry.key, entry.headers, entry.body
from unnest($1::text[], $2::bigint[]) as wanted (topic, seq),
    lateral (select * from log where log.topic = wanted.topic and log.seq >= wanted.seq order by log.seq limit $3) entry
order by entry.topic, entry.seq

-- name: log_ends
select wanted.topic, coalesce(head.next_seq, 0) as next_seq
from unnest($1::text[]) as wanted (topic) left join log_heads head using (topic)

-- name: load_checkpoints
-- A reader that comes for the first time begins at what is still there.
select wanted.topic, coalesce(
    (select next_offset from checkpoints done where done.topic = wanted.topic and done.group_name = $2),
    (select min(seq) from log where log.topic = wanted.topic),
    0) as next_offset
from unnest($1::text[]) as wanted (topic)

-- name: save_checkpoints
insert into checkpoints (topic, group_name, next_offset)
select topic, $3, next_offset from unnest($1::text[], $2::bigint[]) as given (topic, next_offset)
on conflict (topic, group_name) do update set next_offset = excluded.next_offset

-- name: try_group_lock
-- One member per group reads; the others stand by.
select pg_try_advisory_lock(hashtextextended('group ' || $1::text || ' of ' || current_schema(), 0))
