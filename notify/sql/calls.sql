-- name: insert_calls
insert into call_tasks
select * from jsonb_populate_recordset(null::call_tasks, $1)
on conflict (cause_event_id, contact_point_id, purpose) do nothing
returning id

-- name: lock_calls
select * from call_tasks where id = any ($1::uuid[]) order by id for update

-- name: save_calls
update call_tasks task
set status = given.status, owner = given.owner, due_at = given.due_at, raised = given.raised, version = given.version,
    outcome = given.outcome, taken_at = given.taken_at, ended_at = given.ended_at
from jsonb_populate_recordset(null::call_tasks, $1) given
where task.id = given.id

-- name: calls_to_make
-- What fell back to the desk first, then by time; $2: of who works for one commune only.
select * from call_tasks where status in ('open', 'taken') and ($2::text is null or commune_code = $2)
order by raised desc, due_at, id limit $1

-- name: calls_of_requests
-- $2 null: every purpose.
select id from call_tasks
where request_id = any ($1::uuid[]) and status in ('open', 'taken') and ($2::text[] is null or purpose = any ($2::text[]))
order by id

-- name: consent_is_asked
-- Whether somebody may come is asked by text, in a question that closes after $2, or by a call that is still to be made.
select exists (
    select from messages told join questions asked on asked.id = told.question_id
    where told.request_id = $1 and asked.kind = 'consent' and asked.status in ('waiting', 'open', 'paused') and asked.expires_at > $2
) or exists (
    select from call_tasks where request_id = $1 and purpose in ('visit_consent', 'consent_unreached') and status in ('open', 'taken')
)

-- name: calls_of_offers
select id from call_tasks where offer_id = any ($1::uuid[]) and request_id = any ($2::uuid[]) and status in ('open', 'taken') order by id

-- name: overdue_calls
-- What a provider is connecting is looked at every few seconds, unless there is no provider any more.
select id from call_tasks
where status in ('open', 'taken') and due_at <= $1::timestamptz - case when owner = 'bridge' then interval '2 minutes' else interval '0' end
order by due_at limit $2

-- name: call_to_connect
-- Two numbers to bring together: nobody has tried yet, or $2 did and its look was due at $1. What it could not connect is the desk's.
-- New ones first: they wait for the desk's time, and what rings is due every few seconds.
select * from call_tasks
where peer is not null and address is not null
    and ((status = 'open' and raised = 0) or (status = 'taken' and owner = $2 and due_at <= $1))
order by status = 'taken', due_at, id
limit 1
for update skip locked

-- name: calls_to_hang_up
-- Events made them pointless while the provider was ringing.
select id from call_tasks where status = 'dropped' and owner = 'bridge' order by id limit $1

-- name: hung_up
update call_tasks set owner = 'city_desk' where id = any ($1::uuid[]) and status = 'dropped'

-- name: note_call
insert into audit (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5)
