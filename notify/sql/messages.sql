-- name: insert_messages
insert into messages
select * from jsonb_populate_recordset(null::messages, $1)
on conflict (cause_event_id, contact_point_id, purpose) do nothing

-- name: lock_letters
-- The messages, and before them the phones of those that ask something (law 2). $2: of these nothing is known but that they arrived,
-- which is nothing to the phone of what is with the carrier, or over. `by_phone`: that is locked, too.
with phones as materialized (
    select id from contact_points
    where id in (
        select contact_point_id from messages where id = any ($1::uuid[]) and question_id is not null
        union all
        select contact_point_id from messages
        where id = any ($2::uuid[]) and question_id is not null and status in ('held', 'queued', 'sending', 'unknown'))
    order by id
    for update
)
select *, contact_point_id in (select id from phones) as by_phone from messages
where id = any ($1::uuid[] || $2::uuid[])
order by id
for update

-- name: save_letters
-- Only what moves, and which questions were asked by it; the rows are locked by the caller. Columns, not JSON: of those the planner expects so many that it would rather
-- read the whole table. A word that ends an attempt is kept; what comes after it changes nothing.
-- Says whether these phones have something else that waits to leave.
with moved as (
    update messages message
    set rung = given.rung, status = given.status, reason = given.reason, attempts = given.attempts, resends = given.resends,
        attempt_id = given.attempt_id, not_before = given.not_before, lease_until = given.lease_until, version = given.version,
        submitted_at = given.submitted_at, ended_at = given.ended_at, climb_at = given.climb_at
    from unnest($3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::smallint[], $8::smallint[], $9::uuid[], $10::timestamptz[],
        $11::timestamptz[], $12::bigint[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[])
        as given (id, rung, status, reason, attempts, resends, attempt_id, not_before, lease_until, version, submitted_at, ended_at,
            climb_at)
    where message.id = given.id
), learned as (
    update message_attempts attempt
    set status = given.status,
        counts = given.status <> 'not_sent',
        carrier_ref = coalesce(given.carrier_ref, attempt.carrier_ref),
        reason = coalesce(given.reason, attempt.reason),
        submitted_at = case when given.status in ('submitted', 'delivered') then coalesce(attempt.submitted_at, $1) else attempt.submitted_at end,
        ended_at = case when given.status in ('delivered', 'undelivered', 'not_sent') then $1 end
    from unnest($16::uuid[], $17::text[], $18::text[], $19::text[]) as given (id, status, carrier_ref, reason)
    where attempt.id = given.id and attempt.status not in ('delivered', 'undelivered', 'not_sent')
), said as (
    insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body)
    select event_id, topic, key, type, subject, version, $20, occurred_at, traceparent, body
    from unnest($21::uuid[], $22::text[], $23::text[], $24::text[], $25::uuid[], $26::bigint[], $27::timestamptz[], $28::text[],
        $29::bytea[]) with ordinality as given (event_id, topic, key, type, subject, version, occurred_at, traceparent, body, place)
    order by place
), asked as (
    update questions question set asked_at = given.asked_at, expires_at = given.expires_at
    from unnest($30::uuid[], $31::timestamptz[], $32::timestamptz[]) as given (id, asked_at, expires_at)
    where question.id = given.id
)
select exists (
    select from unnest($2::uuid[]) as phone (id)
    where (
        select true from messages
        where (case when status = 'queued' then contact_point_id end) = phone.id and not_before <= $1
        limit 1))

-- name: insert_attempts
insert into message_attempts (id, message_id, contact_point_id, number, channel, carrier, as_resident, as_answer, cost_vnd, started_at)
select id, message_id, contact_point_id, number, channel, carrier, as_resident, as_answer, cost_vnd, $10
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::boolean[], $8::integer[], $9::boolean[])
    as given (id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd, as_answer)

-- name: rewrite_messages
-- A text that has not left tells of one offer more.
update messages message set body = given.body
from unnest($1::uuid[], $2::text[]) as given (id, body)
where message.id = given.id and message.status in ('held', 'queued')
returning message.id

-- name: something_waits
-- Is there anything to claim? Asked when nobody rang.
select exists (
    select from messages
    where status = 'queued' and urgency = any ('{0,1,2,3,4,5,6,7}'::smallint[])
        and not_before <= (select transport.app_clock()) and not_after > (select transport.app_clock()))

-- name: claim_messages
-- The most urgent first, each urgency by its age. SKIP LOCKED: two senders never take the same row. One text of a phone is on its
-- way at a time, so that "taken" never overtakes the offer it speaks of. $4: how many rungs of a ladder are looked at: one, where a
-- provider is only tried; else what stands on one that is away may go by the next.
select message.*
from generate_series(0, 7) as level (urgency)
cross join lateral (
    select * from messages candidate
    where candidate.status = 'queued'
        and candidate.urgency = level.urgency
        and candidate.not_before <= $1
        and candidate.not_after > $1
        and candidate.channels[candidate.rung + 1 : candidate.rung + $4] && $2::text[]
        and (
            select true from messages ahead
            where (case when ahead.status = 'sending' then ahead.contact_point_id end) = candidate.contact_point_id
                and ahead.lease_until > $1
                and ahead.urgency < 8
            limit 1) is null
    order by candidate.not_before, candidate.id
    limit $3
    for update skip locked
) message
order by level.urgency, message.not_before, message.id
limit $3

-- name: overtaken_texts
-- Of these, those after which the same person was told, or will be, what stands now. $2, $3: what is overtaken by what.
select older.id from messages older
where older.id = any ($1::uuid[]) and older.status = 'queued'
    and exists (
        select from messages newer
        join unnest($2::text[], $3::text[]) as rule (older, newer) on rule.older = older.purpose and rule.newer = newer.purpose
        where newer.request_id = older.request_id and newer.contact_point_id = older.contact_point_id and newer.role = older.role
            and newer.id > older.id and newer.status not in ('undelivered', 'withdrawn'))

-- name: names_told
-- Of texts that name who comes, or take the name back: when other such texts about the same request went to the same person, each once, since $2.
select asked.id, min(attempt.started_at) as told_at
from messages asked
join messages told on told.request_id = asked.request_id and told.contact_point_id = asked.contact_point_id
    and told.purpose = asked.purpose and told.id <> asked.id
join message_attempts attempt on attempt.message_id = told.id and attempt.counts
where asked.id = any ($1::uuid[]) and attempt.started_at > $2
group by asked.id, told.id

-- name: delay_messages
update messages message set not_before = given.not_before
from unnest($1::uuid[], $2::timestamptz[]) as given (id, not_before)
where message.id = given.id

-- name: withdraw_texts
-- Texts that tell of nothing but these offers, and have not left. What is not in the answer has left, or is about to.
update messages message set status = 'withdrawn', ended_at = $2
where message.id in (
        select told.id from messages told
        join question_offers asked on asked.message_id = told.id
        where asked.offer_id = any ($1::uuid[]) and told.status in ('held', 'queued')
            and not exists (
                select from question_offers other
                where other.question_id = asked.question_id and other.message_id = told.id
                    and other.closed_at is null and not other.offer_id = any ($1::uuid[]))
        order by told.id
        for update of told)
    and message.status in ('held', 'queued')
returning message.id, message.resends + (message.submitted_at is not null)::int as resends

-- name: withdraw_texts_of_requests
-- The request is gone: nothing that still waits about it is worth saying, but for $3.
update messages message set status = 'withdrawn', ended_at = $2
where message.id in (
        select waiting.id from messages waiting
        where waiting.request_id = any ($1::uuid[]) and waiting.status in ('held', 'queued') and waiting.question_id is null
            and waiting.purpose <> all ($3::text[])
        order by waiting.id
        for update)
    and message.status in ('held', 'queued')

-- name: lost_messages
-- Their sender died or hangs: nobody knows whether they left.
select id, status, attempt_id from messages where status = 'sending' and lease_until < $1 order by lease_until limit $2

-- name: undecided_messages
-- Unknown, and nobody has told in time.
-- $3: carriers that can be asked; $4: until when they may have told.
select message.id, message.status, message.attempt_id from messages message
left join message_attempts attempt on attempt.id = message.attempt_id
where message.status = 'unknown' and message.lease_until < $1
    and (attempt.carrier is null or not attempt.carrier = any ($3::text[]) or message.not_after < $1 or message.lease_until < $4)
order by message.lease_until
limit $2

-- name: unknown_attempts
-- To ask the carrier about, where it can be asked: those after the one that was asked last.
select message.id, message.attempt_id, message.lease_until, attempt.carrier from messages message
join message_attempts attempt on attempt.id = message.attempt_id
where message.status = 'unknown' and attempt.carrier = any ($1::text[]) and (message.lease_until, message.id) > ($3, $4::uuid)
order by message.lease_until, message.id
limit $2

-- name: dead_messages
-- They were not sent while they were worth something.
select id, status, attempt_id from messages where status in ('held', 'queued') and not_after <= $1 order by not_after limit $2

-- name: repeatable_messages
-- Of which nobody knows, where the same attempt twice is one message; of a broadcast only while it runs.
select message.id from messages message
join message_attempts attempt on attempt.id = message.attempt_id
where message.status = 'unknown' and message.lease_until > $1 and message.not_after > $1 and attempt.carrier = any ($2::text[])
    and (message.urgency < 8 or exists (select from broadcasts where id = message.cause_event_id and status = 'running'))
order by message.urgency, message.lease_until
limit $3

-- name: letters_to_repeat
-- To be sent again under the same id.
select message.*, attempt.carrier from messages message
join message_attempts attempt on attempt.id = message.attempt_id
where message.id = any ($1::uuid[]) and message.status = 'unknown' and attempt.carrier = any ($2::text[])

-- name: climbing_messages
-- Nobody has shown in time that these were read; with what was said to the same phone about the same request since.
select message.id, message.status, message.attempt_id,
    array(
        select later.purpose from messages later
        where later.request_id = message.request_id and later.contact_point_id = message.contact_point_id
            and later.created_at >= message.created_at and later.id <> message.id
            and later.status not in ('undelivered', 'withdrawn')) as later
from messages message
where message.climb_at <= $1
order by message.climb_at
limit $2

-- name: seen_over
-- Somebody writes in this chat: what lies there has been read, and need not go by another channel.
update messages message set climb_at = null
where message.id in (
        select lying.id from messages lying
        where lying.climb_at is not null and lying.contact_point_id = $1 and lying.channels[lying.rung + 1] = $2
        order by lying.id
        for update)
    and message.climb_at is not null and message.channels[message.rung + 1] = $2

-- name: carriers_of_messages
-- Over which routes these went, or were refused.
select distinct message_id, carrier from message_attempts where message_id = any ($1::uuid[]) and status <> 'not_sent'

-- name: what_is_stuck
-- One cheap look: which kinds the sweeper has to take up, and the gauges: how long the oldest waits, how many nobody knows about.
-- $1: how long after its time a question may still be ended by dispatch.
with clock as materialized (select transport.app_clock() as now)
select
    exists (select from messages where status = 'sending' and lease_until < (select now from clock)) as lost,
    exists (select from messages where status = 'unknown') as undecided,
    exists (select from messages where climb_at <= (select now from clock)) as climb,
    exists (select from messages where status in ('held', 'queued') and not_after <= (select now from clock)) as dead,
    exists (
        select from questions
        where status in ('waiting', 'open', 'paused') and expires_at < (select now from clock) - $1::interval) as question,
    exists (select from call_tasks where status in ('open', 'taken') and due_at <= (select now from clock)) as call,
    exists (select from early_receipts) as early,
    coalesce(extract(epoch from (select now from clock) - queued.oldest), 0)::float8 as queued_seconds,
    queued.messages as queued,
    (select count(*) from messages where status = 'unknown') as unknown,
    calls.waiting as calls,
    calls.overdue as calls_overdue
from
    (select min(not_before) as oldest, count(*) as messages from messages
        where status = 'queued' and urgency = any ('{0,1,2,3,4,5,6,7}'::smallint[]) and not_before <= (select now from clock)) queued,
    (select count(*) as waiting, count(*) filter (where raised > 0) as overdue from call_tasks
        where status in ('open', 'taken')) calls
