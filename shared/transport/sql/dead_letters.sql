-- name: park_dead
-- The same record twice (killed before its acknowledgement) stays one letter.
insert into dead_letters (event_id, topic, partition, record_offset, key, subject, headers, body, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (topic, partition, record_offset, event_id) do nothing

-- name: park_behind
-- A successor waits behind the last open letter of its subject. No row: nothing is open any more, or the event is here already:
-- a relay that was killed before it could mark has published it twice, and what somebody makes of the letter counts for both.
insert into dead_letters (event_id, topic, partition, record_offset, key, subject, headers, body, reason, parked_behind, status)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, last.id, 'parked'
from (
    select max(id) as id from dead_letters
    where subject = $6 and topic = $2 and partition = $3 and status in ('dead', 'parked')
) last
where last.id is not null and not exists (select from dead_letters where topic = $2 and partition = $3 and event_id = $1)
on conflict (topic, partition, record_offset, event_id) do nothing
returning id

-- name: is_known_letter
select exists (select from dead_letters where topic = $1 and partition = $2 and event_id = $3)

-- name: open_subjects
select distinct subject from dead_letters
where topic = $1 and partition = $2 and subject is not null and status in ('dead', 'parked')

-- name: lanes_with_due_letters
-- Due: somebody asked for it, or it waits behind nothing any more.
select distinct topic, partition from dead_letters letter
where (topic, partition) in (select * from unnest($1::text[], $2::int[]))
    and (replay_requested_at is not null
        or status = 'parked' and not exists (
            select from dead_letters before
            where before.subject = letter.subject and before.topic = letter.topic and before.partition = letter.partition
                and before.status in ('dead', 'parked') and before.id < letter.id))

-- name: next_due_letter
select * from dead_letters letter
where topic = $1 and partition = $2
    and (replay_requested_at is not null
        or status = 'parked' and not exists (
            select from dead_letters before
            where before.subject = letter.subject and before.topic = letter.topic and before.partition = letter.partition
                and before.status in ('dead', 'parked') and before.id < letter.id))
order by id
limit 1

-- name: settle_letter
-- A letter that failed again is dead, and waits to be asked for once more. Who asked again while it was being handled is not
-- forgotten: only the request that was seen then is settled.
update dead_letters
set status = $2, reason = coalesce($3, reason), replay_requested_at = nullif(replay_requested_at, $4),
    resolved_at = case when $2 = 'dead' then null else clock_timestamp() end
where id = $1

-- name: list_letters
select id, event_id, topic, partition, record_offset, subject, reason, status, parked_behind, at, replay_requested_at, resolved_at
from dead_letters
where $1::text is null or status = $1
order by id desc
limit $2

-- name: show_letter
select * from dead_letters where id = $1

-- name: request_replay
update dead_letters set replay_requested_at = clock_timestamp() where id = $1 and status in ('dead', 'replayed') and octet_length(body) > 0
returning id

-- name: discard_letter
update dead_letters set status = 'discarded', resolved_at = clock_timestamp(), replay_requested_at = null
where id = $1 and status in ('dead', 'parked')
returning id

-- name: forget_letters
-- Erasing a person: bodies that hold a box under one of their keys.
update dead_letters
set body = ''::bytea, replay_requested_at = null,
    status = case when status in ('dead', 'parked') then 'discarded' else status end,
    resolved_at = coalesce(resolved_at, clock_timestamp())
where exists (select from unnest($1::text[]) as key (id) where position(convert_to(key.id, 'UTF8') in body) > 0)
