-- The hotline: calls as the telephone system tells of them, and callbacks. All of one number happens under one lock.

-- name: begin_call
insert into calls (id, call_hash, source, heard_at) values ($1, $2, $3, $4)
on conflict (call_hash) do nothing
returning id

-- name: lock_call_told
select *, transport.app_clock() as now from calls where call_hash = $1 for update

-- name: lock_call
select *, transport.app_clock() as now from calls where id = $1 for update

-- name: save_call
update calls set
    contact_point_id = $2, key_id = $3, phone_box = $4, rang_at = $5, answered_at = $6, operator = $7, ended_at = $8, lost_at = $9,
    lost = $10, silent_at = $11, outcome = $12, began_at = $13, unanswered_at = $14
where id = $1

-- name: lock_number
-- Two calls of one number at once: neither sees what the other has written, and one of them is answered.
select pg_advisory_xact_lock(hashtextextended('hotline ' || $1::uuid::text, 0))

-- name: read_need
-- The calls of this number that nobody took, after anybody spoke with them, and before they filed anything by themselves, which
-- somebody else cannot do for them.
with spoken as (
    select greatest(
        (select max(answered_at) from calls where contact_point_id = $1),
        (select max(covers_until) from callbacks where contact_point_id = $1)
    ) as at
), filed as (
    select max(filed_at) as at from proved_filings where contact_point_id = $1
)
select
    count(call.id) as misses, min(call.unanswered_at) as first_at, max(call.unanswered_at) as last_at,
    (select at from spoken) as spoken_at, (select at from filed) as filed_at
from calls call
where call.contact_point_id = $1
    and call.unanswered_at > coalesce((select greatest(spoken.at, filed.at) from spoken, filed), '-infinity')

-- name: open_callback_of
select * from callbacks where contact_point_id = $1 and ended_at is null for update

-- name: find_callback
select contact_point_id from callbacks where id = $1

-- name: lock_callback
select *, transport.app_clock() as now from callbacks where id = $1 for update

-- name: put_callback
insert into callbacks (
    id, contact_point_id, key_id, phone_box, reason, request_id, misses, asked_at, first_at, last_at, status, owner, due_at,
    lease_until, held_by, said_by, outcome, tries, raised, escalated_at, covers_until, opened_at, ended_at, version,
    conversation_id
)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25
on conflict (id) do update set
    reason = excluded.reason, request_id = excluded.request_id, misses = excluded.misses, asked_at = excluded.asked_at,
    first_at = excluded.first_at, last_at = excluded.last_at, status = excluded.status, owner = excluded.owner,
    due_at = excluded.due_at, lease_until = excluded.lease_until, held_by = excluded.held_by, said_by = excluded.said_by,
    outcome = excluded.outcome, tries = excluded.tries, raised = excluded.raised, escalated_at = excluded.escalated_at,
    covers_until = excluded.covers_until, ended_at = excluded.ended_at, version = excluded.version,
    conversation_id = excluded.conversation_id

-- name: callbacks_to_make
-- Those of the city desk first, then by time; what filed its request by itself meanwhile is closed in a moment, and not called.
select * from callbacks task
where ended_at is null and not (
    asked_at is null and exists (select from proved_filings where contact_point_id = task.contact_point_id and filed_at >= task.last_at)
)
    and ($2::text is null or (select true from proved_filings where contact_point_id = task.contact_point_id and commune_code = $2 limit 1))
order by escalated_at is null, raised desc, due_at, id
limit $1

-- name: callbacks_filed_meanwhile
-- Who rang in vain and then filed a request by another door. Asked for and found here, so that filing itself costs nothing more.
select distinct task.contact_point_id
from callbacks task join proved_filings own on own.contact_point_id = task.contact_point_id and own.filed_at >= task.last_at
where task.ended_at is null and task.asked_at is null
limit $1

-- name: count_callbacks
-- For the gauges.
select
    count(*) as waiting, count(*) filter (where escalated_at is not null) as escalated,
    extract(epoch from transport.app_clock() - min(first_at))::float8 as oldest_seconds
from callbacks where ended_at is null

-- name: calls_going_on
-- Whoever waits, longest first, then who is talking. Of a call that nobody has ended nothing is shown any more after $1. $3: for who
-- works for one commune only; whoever has no request there is the city's. With a limit, or all requests of the commune would be hashed.
select * from calls
where ended_at is null and unanswered_at is null and heard_at > $1
    and ($3::text is null or (select true from proved_filings where contact_point_id = calls.contact_point_id and commune_code = $3 limit 1))
order by answered_at is not null, coalesce(rang_at, heard_at), id
limit $2

-- name: read_call
select * from calls where id = $1

-- name: requests_of_callers
select person.id as contact_point_id, request.code, request.status, request.category, request.priority, request.filed_at
from unnest($1::uuid[]) as person (id)
cross join lateral (
    select * from requests where contact_point_id = person.id and ($3::text is null or commune_code = $3)
    order by filed_at desc limit $2
) request

-- name: person_filed_in_commune
-- In $2, and by their own word: anybody may type a number into a form of that commune.
select exists (select from proved_filings where contact_point_id = $1 and commune_code = $2)

-- name: calls_of_callers
select person.id as contact_point_id, earlier.id, earlier.began_at, earlier.outcome
from unnest($1::uuid[]) as person (id)
cross join lateral (
    select * from calls where contact_point_id = person.id and outcome is not null order by heard_at desc limit $2
) earlier

-- name: callbacks_of_callers
select contact_point_id, id from callbacks where contact_point_id = any ($1::uuid[]) and ended_at is null

-- name: count_calls_between
-- From $1 to $2, those whose end is known; $3: the promise in seconds.
select
    count(*) filter (where answered_at is not null and rang_at is not null and answered_at - rang_at <= make_interval(secs => $3))
        as in_time,
    count(*) filter (where answered_at is not null and rang_at is not null and answered_at - rang_at > make_interval(secs => $3))
        as late,
    count(*) filter (where answered_at is not null and rang_at is null) as untimed,
    count(*) filter (where outcome = 'abandoned') as abandoned,
    count(*) filter (where outcome = 'missed') as missed
from calls
where began_at >= $1 and began_at < $2 and outcome is not null

-- name: sweep_callers
-- Whose call it was is forgotten in time; how long they waited is kept for the figures.
update calls set contact_point_id = null, key_id = null, phone_box = null
where id in (select id from calls where heard_at < $1 and contact_point_id is not null limit $2 for update skip locked)

-- name: sweep_calls
delete from calls where id in (select id from calls where heard_at < $1 limit $2 for update skip locked)

-- name: sweep_callbacks
delete from callbacks
where id in (select id from callbacks where ended_at < $1 order by ended_at limit $2 for update skip locked)

-- name: forget_callers
-- Of an erased person.
update calls set contact_point_id = null, key_id = null, phone_box = null where contact_point_id = $1

-- name: forget_callbacks
-- Before the conversations: also of the number that an account without one wanted called, unless somebody has rung from there.
delete from callbacks
where id = any (array(
    select id from callbacks where contact_point_id = $1
    union all
    select wanted.id
    from conversations talk join callbacks wanted on wanted.conversation_id = talk.id
    where talk.contact_point_id = $1 and talk.phone_box is null and wanted.reason = 'chat' and wanted.misses = 0
))
