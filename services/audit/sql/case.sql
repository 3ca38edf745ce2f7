-- Everything that happened to one request, one schema a query. Each row: at, what, detail. No personal data.

-- name: case_request
select id, code, status, priority, category, commune_code, channel, filed_at, expected_at from intake.requests where code = $1

-- name: case_jobs
select id, status, round, visit, escalated_to, outcome from dispatch.jobs where request_id = $1 order by round

-- name: case_said
-- What a context said of it: its events, in the order in which it said them. Run once a context.
select occurred_at as at, type as what, jsonb_build_object('version', version, 'published', id not in (select id from unpublished)) as detail
from outbox
where key = $1::text or subject = any ($2::uuid[])
order by id

-- name: case_audit
select at, action as what, coalesce(detail, '{}'::jsonb) || jsonb_build_object('by', actor) as detail
from audit
where subject = any ($1::uuid[])
order by id

-- name: case_timers
select due_at as at, kind as what, jsonb_build_object('still to come', true) as detail
from timers
where subject = any ($1::uuid[])

-- name: case_offers
select ended_at as at, 'offer ' || status as what, jsonb_build_object('offer', id, 'kind', kind, 'wave', wave, 'reason', reason) as detail
from dispatch.offers
where request_id = $1 and ended_at is not null

-- name: case_offer_ids
select id from dispatch.offers where request_id = $1

-- name: case_decisions
select at, candidates, exclusions, ranking from dispatch.decisions where job_id = any ($1::uuid[]) order by id

-- name: case_messages
select created_at as at, 'message written' as what,
    jsonb_build_object('message', id, 'to', role, 'purpose', purpose, 'status', status, 'reason', reason) as detail
from notify.messages
where request_id = $1

-- name: case_attempts
-- Handed to the carrier, and what became of it.
select step.at, 'message ' || step.what as what,
    jsonb_build_object('message', message.id, 'to', message.role, 'purpose', message.purpose, 'channel', attempt.channel) as detail
from notify.message_attempts attempt
join notify.messages message on message.id = attempt.message_id
cross join lateral (
    values (attempt.submitted_at, 'submitted'),
        (case when attempt.status not in ('sending', 'submitted') then coalesce(attempt.ended_at, attempt.started_at) end, attempt.status)
) as step (at, what)
where message.request_id = $1 and step.at is not null

-- name: case_answers
select question.answered_at as at, 'answered ' || question.answer as what, jsonb_build_object('code', question.code) as detail
from notify.questions question
join notify.question_offers asked on asked.question_id = question.id
where asked.request_id = $1 and question.answered_at is not null

-- name: case_calls
select coalesce(ended_at, taken_at, created_at) as at, 'call ' || status as what,
    jsonb_build_object('to', role, 'purpose', purpose, 'owner', owner, 'due', due_at, 'outcome', outcome) as detail
from notify.call_tasks
where request_id = $1
