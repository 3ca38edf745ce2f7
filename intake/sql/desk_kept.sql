-- What the desk keeps of what dispatch and notify tell: projections, each row known by an id or a version of its own.

-- name: put_cards
-- Of each request the newest word of its job; what the resident heard stays.
insert into cards (request_id, job_id, escalated_to, held_seconds, breached, group_id, session_at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::text[], $6::uuid[], $7::timestamptz[])
on conflict (request_id) do update set
    job_id = excluded.job_id, escalated_to = excluded.escalated_to, held_seconds = excluded.held_seconds,
    breached = coalesce(excluded.breached, case when cards.job_id = excluded.job_id then cards.breached end),
    group_id = excluded.group_id, session_at = excluded.session_at

-- name: put_offers
insert into offers_out (offer_id, request_id, kind, not_after)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
on conflict (offer_id) do nothing

-- name: drop_offers
-- Answered, over or taken back ($1), or their job is ($2).
delete from offers_out where offer_id = any ($1::uuid[]) or request_id = any ($2::uuid[])

-- name: put_heard
-- The newest only, in whatever order they are told.
insert into cards (request_id, heard_at, heard, heard_by)
select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[])
on conflict (request_id) do update set heard_at = excluded.heard_at, heard = excluded.heard, heard_by = excluded.heard_by
where cards.heard_at is null or cards.heard_at < excluded.heard_at

-- name: put_calls
-- At most one row a call; an older version changes nothing.
insert into desk_calls (call_id, version, request_id, purpose, owner, due_at, ended_at, outcome)
select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[])
on conflict (call_id) do update set
    version = excluded.version, owner = excluded.owner, due_at = excluded.due_at, ended_at = excluded.ended_at, outcome = excluded.outcome
where desk_calls.version < excluded.version

-- name: put_call_clocks
-- Under the locks of these requests.
with due as (
    select asked.id, min(desk_calls.due_at) as at
    from unnest($1::uuid[]) as asked (id)
    left join desk_calls on desk_calls.request_id = asked.id and desk_calls.ended_at is null
    group by asked.id
), shown as (
    insert into board_changes (request_id, danger_was, commune_was)
    select id, danger_at, commune_code from requests where id = any ($1::uuid[])
)
update requests set call_due_at = due.at, danger_at = least(requests.clock_at, due.at), updated_at = clock_timestamp()
from due where requests.id = due.id

-- name: tell_listeners
-- What stands beside a request has changed, the request itself has not.
insert into board_changes (request_id, danger_was, commune_was, moves)
select id, danger_at, commune_code, false from requests where id = any ($1::uuid[])

-- name: chronicle
-- Twice the same event is one row.
insert into chronicle (event_id, request_id, at, what, detail)
select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::jsonb[])
on conflict (event_id) do nothing

-- name: sweep_board_changes
-- An hour longer than a cursor or an event's id is good for. The oldest are the first by their key.
delete from board_changes
where (xid, id) in (
    select xid, id from (select xid, id, at from board_changes order by xid, id limit $1) as oldest
    where at < clock_timestamp() - interval '25 hours'
)

-- name: sweep_chronicle
-- Told before $1 (ids are in the order of their making) of a request that is over and was touched last before $2. So are the others.
delete from chronicle
where event_id in (
    select event_id from chronicle told join requests on requests.id = told.request_id
    where event_id < $1 and requests.status in ('closed', 'cancelled', 'handed_off', 'unreached') and requests.updated_at < $2
    order by event_id limit $3 for update of told skip locked
)

-- name: sweep_cards
delete from cards
where request_id in (
    select request_id from cards card join requests on requests.id = card.request_id
    where request_id < $1 and requests.status in ('closed', 'cancelled', 'handed_off', 'unreached') and requests.updated_at < $2
    order by request_id limit $3 for update of card skip locked
)

-- name: sweep_desk_calls
-- One that somebody still has to make is never dropped.
delete from desk_calls
where call_id in (
    select call_id from desk_calls task join requests on requests.id = task.request_id
    where call_id < $1 and ended_at is not null
        and requests.status in ('closed', 'cancelled', 'handed_off', 'unreached') and requests.updated_at < $2
    order by call_id limit $3 for update of task skip locked
)

-- name: keep_reveal
insert into reveals (id, request_id, actor, reason, words_box, at) values ($1, $2, $3, $4, $5, $6)
