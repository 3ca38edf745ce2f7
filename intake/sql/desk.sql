-- The operators' desk: what it reads, as techrescue_desk (intake/desk/sight.py), and what it keeps of what others tell.

-- name: look_as_desk
-- Until the transaction ends: only rows in sight come back.
select set_config('role', 'techrescue_desk', true), set_config('techrescue.city', $1, true), set_config('techrescue.communes', $2, true)

-- name: now_of_desk
-- The time of all clocks, and the real one for ages that are ours alone: no promise to anybody hangs on them.
select transport.app_clock() as now, clock_timestamp() as real_now

-- name: is_in_sight
select exists (select from requests where code = $1)

-- name: message_in_sight
select exists (select from incoming_messages where event_id = $1)

-- name: board_page
-- One page, in the order that held when the first one was asked for: $5 is the snapshot of then, null at the first. A request that
-- has changed since has its place of then in the first of its later changes; so none is skipped or doubled while they move. What was
-- not on the board then is left to whoever listens. ($3, $4): the last place of the page before. $1, $2: statuses, priorities.
with moved as materialized (
    select distinct on (request_id) request_id, danger_was from board_changes
    where moves and xid >= pg_snapshot_xmin($5::text::pg_snapshot) and not pg_visible_in_snapshot(xid, $5::text::pg_snapshot)
    order by request_id, id
)
select found.*, (select pg_current_snapshot()::text) as snapshot from (
    (
        select danger_at as place, id from requests
        where danger_at is not null and status = any ($1::text[]) and priority = any ($2::text[])
            and (danger_at, id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
            and not exists (select from moved where moved.request_id = requests.id)
        order by danger_at, id limit $6
    )
    union all
    (
        select moved.danger_was, requests.id from moved join requests on requests.id = moved.request_id
        where moved.danger_was is not null and requests.danger_at is not null
            and status = any ($1::text[]) and priority = any ($2::text[])
            and (moved.danger_was, requests.id)
                > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
        order by moved.danger_was, requests.id limit $6
    )
) found
order by place, id limit $6

-- name: board_page_of_commune
-- The same for the requests of one commune ($7), which have an index of their own.
with moved as materialized (
    select distinct on (request_id) request_id, danger_was from board_changes
    where moves and xid >= pg_snapshot_xmin($5::text::pg_snapshot) and not pg_visible_in_snapshot(xid, $5::text::pg_snapshot)
    order by request_id, id
)
select found.*, (select pg_current_snapshot()::text) as snapshot from (
    (
        select danger_at as place, id from requests
        where commune_code = $7 and danger_at is not null and status = any ($1::text[]) and priority = any ($2::text[])
            and (danger_at, id) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
            and not exists (select from moved where moved.request_id = requests.id)
        order by danger_at, id limit $6
    )
    union all
    (
        select moved.danger_was, requests.id from moved join requests on requests.id = moved.request_id
        where commune_code = $7 and moved.danger_was is not null and requests.danger_at is not null
            and status = any ($1::text[]) and priority = any ($2::text[])
            and (moved.danger_was, requests.id)
                > (coalesce($3::timestamptz, '-infinity'), coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'))
        order by moved.danger_was, requests.id limit $6
    )
) found
order by place, id limit $6

-- name: board_items
-- What is shown of these requests, whether on the board or not.
select
    requests.id, city, code, requests.version, status, category, priority, commune_code, place_note, owner, filed_at, expected_at,
    clock_at, danger_at, requests.job_id, reopened, (select transport.app_clock()) as now,
    pauses.reason as pause, pauses.until as paused_until,
    visits.helper_kind, visits.name, visits.member, visits.unnamed, visits.by_phone,
    cards.escalated_to, coalesce(cards.held_seconds, 0) as held_seconds, cards.breached, cards.group_id, cards.session_at,
    cards.heard_at, cards.heard, cards.heard_by,
    offered.many as offers_out, offered.ends_at as offers_end_at,
    coalesce(calls.open, '[]') as calls,
    array(
        select about from inquiries
        where inquiries.request_id = requests.id and about in ('cancel', 'move') and answered_at is null
            and open_until > transport.app_clock()
        order by open_until
    ) as wishes,
    (select into_id from merges where merges.request_id = requests.id) as into_id,
    array(
        select merged.code from merges join requests merged on merged.id = merges.request_id where merges.into_id = requests.id
        order by merges.merged_at limit 20
    ) as merged
from requests
left join pauses on pauses.request_id = requests.id and requests.status = 'waiting' and pauses.until > transport.app_clock()
left join visits on visits.request_id = requests.id and requests.status in ('assigned', 'on_the_way', 'in_progress')
left join cards on cards.request_id = requests.id
left join lateral (
    select count(*)::integer as many, min(not_after) as ends_at from offers_out
    where offers_out.request_id = requests.id and requests.status = 'waiting'
) offered on true
left join lateral (
    select jsonb_agg(jsonb_build_object('id', call_id, 'purpose', purpose, 'owner', desk_calls.owner, 'due_at', due_at) order by due_at)
        as open
    from desk_calls where desk_calls.request_id = requests.id and ended_at is null
) calls on true
where requests.id = any ($1::uuid[])

-- name: changes_of_board
-- After a position, of transactions that have ended, and before which none can still come.
select xid::text, id, request_id, commune_was from board_changes
where (xid, id) > ($1::text::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
order by xid, id limit $3

-- name: horizon_of_board
select pg_snapshot_xmin(pg_current_snapshot())::text

-- name: real_now
select clock_timestamp()
