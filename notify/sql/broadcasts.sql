-- One text to thousands. The lane is locked first, then a broadcast, then its people, then phones that nobody holds, then messages.

-- name: insert_broadcast
-- The same key again is the same broadcast.
insert into broadcasts
    (id, city, kind, status, audience, text_vi, text_en, not_after, per_second, made_by, created_at, started_at, progressed_at, gathered_at,
        form_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $13, $14)
on conflict (id) do nothing
returning id

-- name: form_of_broadcast
select form_hash from broadcasts where id = $1

-- name: unknown_people
-- Of these ids those of nobody whom notify has written to, as add_known_people has it.
select given.id from unnest($1::uuid[]) as given (id)
where not exists (select from contact_points where id = given.id and address is not null)
order by given.id

-- name: add_known_people
-- Of these ids those that notify has written to before, in the language that it knows of them.
insert into broadcast_people (broadcast_id, contact_point_id, key_id, address, language, channels, channel, role, status, reason, not_before)
select $1, id, key_id, address, language, '{sms}', 'sms', 'resident', 'waiting', null, $3
from contact_points
where id = any ($2::uuid[]) and address is not null
order by id
on conflict do nothing

-- name: add_people
-- A page of them; whoever is there already stays as they are.
insert into broadcast_people (broadcast_id, contact_point_id, key_id, address, language, channels, channel, role, status, reason, not_before)
select $1, given.id, given.key_id, given.address, given.language, string_to_array(given.channels, ','), given.channel, given.role,
    case when given.channel is null then 'skipped' else 'waiting' end, case when given.channel is null then 'call' end, $9::timestamptz
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    as given (id, key_id, address, language, channels, channel, role)
order by given.id
on conflict do nothing

-- name: note_gathered
update broadcasts set progressed_at = $2, gathered_at = coalesce(gathered_at, case when $3 then $2::timestamptz end) where id = $1

-- name: lock_broadcast
select id, city, kind, status, text_vi, text_en, not_after, per_second, gathered_at, started_at, ended_at, paced_at
from broadcasts where id = $1 and city = $2
for update

-- name: move_broadcast
update broadcasts set status = $2, started_at = $3, ended_at = $4, progressed_at = $5 where id = $1

-- name: withdraw_broadcast
-- What has not left does not leave.
update messages message set status = 'withdrawn', ended_at = $2
where message.id in (
        select waiting.id from messages waiting
        where waiting.cause_event_id = $1 and waiting.urgency = 8 and waiting.status = 'queued'
        order by waiting.id
        for update)
    and message.status = 'queued'

-- name: list_broadcasts
select id, kind, status, audience, text_vi, text_en, not_after, per_second, made_by, created_at, started_at, ended_at, gathered_at,
    progressed_at
from broadcasts where city = $1
order by created_at desc, id desc
limit $2

-- name: read_broadcast
select id, kind, status, audience, text_vi, text_en, not_after, per_second, made_by, created_at, started_at, ended_at, gathered_at,
    progressed_at
from broadcasts where id = $1 and city = $2

-- name: count_people
select status, reason, channel, language, count(*) as people from broadcast_people where broadcast_id = $1 group by 1, 2, 3, 4

-- name: count_texts
-- What became of those who were written to.
select status, reason, count(*) as people from messages where cause_event_id = $1 group by 1, 2

-- name: cost_of_broadcast
-- Owed for what may have left.
select coalesce(sum(attempt.cost_vnd), 0)::bigint
from messages message join message_attempts attempt on attempt.message_id = message.id
where message.cause_event_id = $1 and attempt.status <> 'not_sent'

-- name: what_the_lane_has
-- Whether something runs; whether texts to many (purposes $1) have no turn yet; and what was stopped while texts of it were with the
-- sender, which have come back to the queue since. One look, because it is asked again and again.
with clock as materialized (select transport.app_clock() as now)
select
    exists (select from broadcasts where status = 'running') as runs,
    exists (
        select from messages
        where status = 'queued' and urgency = 8 and purpose = any ($1::text[])
            and not_before <= (select now from clock) and not_after > (select now from clock)) as many,
    array(
        select id from broadcasts
        where status = 'stopped' and not_after > (select now from clock)
            and exists (select from messages where cause_event_id = broadcasts.id and urgency = 8 and status = 'queued')) as stopped

-- name: lock_lane
-- The one row that holds the pace of all: whoever has it hands out, on whichever replica; nobody waits for it, so that the clock that is
-- read with it is as good as one read after (law 9).
select paced_at, left_at, left_many, transport.app_clock() as now from broadcast_lane for update skip locked

-- name: pace_lane
update broadcast_lane set paced_at = $1, left_at = $2, left_many = $3

-- name: urgent_waits
-- Something that comes before ($2: of these urgencies) might have left a while ago, over channels that are well ($3): then these wait.
select exists (
    select from messages
    where status = 'queued' and urgency = any ($2::smallint[]) and channels[rung + 1] = any ($3::text[])
        and not_before <= $1 and not_after > $1)

-- name: give_turns
-- From here on they are texts like any other, the last of all. At most $3 now, and $2 in the queue or with the sender together.
with out as (
    select (select count(*) from messages where status = 'queued' and urgency = 7 and purpose = any ($1::text[]) and not_before <= $4)
        + (select count(*) from messages where status = 'sending' and urgency = 7 and purpose = any ($1::text[])) as many
), turn as (
    select id from messages
    where status = 'queued' and urgency = 8 and purpose = any ($1::text[]) and not_before <= $4 and not_after > $4
    order by not_before, id
    limit (select greatest(0, least($2::bigint - many, $3::bigint)) from out)
    for update skip locked
)
update messages message set urgency = 7 from turn where message.id = turn.id and message.status = 'queued'
returning message.id

-- name: running_broadcasts
select id, city, kind, status, text_vi, text_en, not_after, per_second, gathered_at, started_at, ended_at, paced_at
from broadcasts where status = 'running'
order by array_position('{outage,session,campaign}'::text[], kind), started_at, id
for update

-- name: texts_to_repeat
-- Of this broadcast what was written, and did not leave: a provider was away, or the next rung has its turn.
select * from messages
where cause_event_id = $1 and urgency = 8 and status = 'queued' and not_before <= $2 and not_after > $2
    and channels[rung + 1] = any ($3::text[])
order by not_before, id
limit $4
for update skip locked

-- name: people_to_tell
select contact_point_id, key_id, address, language, channels, role from broadcast_people
where broadcast_id = $1 and status = 'waiting' and not_before <= $2 and channel = any ($3::text[])
order by not_before, contact_point_id
limit $4
for update skip locked

-- name: meet_phones
-- Whom notify has never written to it knows from now on.
insert into contact_points (id, key_id, address, language)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as given (id, key_id, address, language)
order by given.id
on conflict (id) do nothing

-- name: stopped_phones
-- Whose owners want no texts.
select id from contact_points where id = any ($1::uuid[]) and stopped_at is not null

-- name: broadcasts_heard
-- When these were told by a broadcast lately: an allowance of its own.
select contact_point_id, started_at from message_attempts
where contact_point_id = any ($1::uuid[]) and bulk and counts and started_at > $2

-- name: write_broadcast_texts
-- Written and claimed in one breath. Whoever has this broadcast already does not get it again.
with written as (
    insert into messages
    select * from jsonb_populate_recordset(null::messages, $1)
    on conflict (cause_event_id, contact_point_id, purpose) do nothing
    returning id, cause_event_id, contact_point_id
), begun as (
    insert into message_attempts (id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd, started_at, bulk)
    select given.id, given.message_id, given.contact_point_id, number, channel, carrier, as_resident, cost_vnd, $10, true
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::text[], $7::text[], $8::boolean[], $9::integer[])
        as given (id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd)
    join written on written.id = given.message_id
    returning id, message_id
), told as (
    update broadcast_people person set status = 'written', address = null
    from written
    where person.broadcast_id = written.cause_event_id and person.contact_point_id = written.contact_point_id
)
select id from begun

-- name: begin_repeats
-- The attempts of texts that leave once more.
insert into message_attempts (id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd, started_at, bulk)
select id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd, $9, true
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::boolean[], $8::integer[])
    as given (id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd)

-- name: delay_people
update broadcast_people person set not_before = given.not_before
from unnest($2::uuid[], $3::timestamptz[]) as given (id, not_before)
where person.broadcast_id = $1 and person.contact_point_id = given.id

-- name: skip_people
update broadcast_people person set status = 'skipped', reason = given.reason, address = null
from unnest($2::uuid[], $3::text[]) as given (id, reason)
where person.broadcast_id = $1 and person.contact_point_id = given.id

-- name: skip_the_rest
-- Its time is over: some more of whom nobody has told.
update broadcast_people person set status = 'skipped', reason = 'too_late', address = null
where person.broadcast_id = $1 and person.contact_point_id in (
    select contact_point_id from broadcast_people
    where broadcast_id = $1 and status = 'waiting'
    order by not_before, contact_point_id
    limit $2
    for update skip locked)
returning person.contact_point_id

-- name: pace_broadcast
update broadcasts set paced_at = $2, progressed_at = $3 where id = $1

-- name: broadcast_goes_on
-- Somebody waits, or a text of it is still on its way.
select exists (select from broadcast_people where broadcast_id = $1 and status = 'waiting')
    or exists (select from messages where cause_event_id = $1 and urgency = 8 and status in ('queued', 'sending', 'unknown'))

-- name: end_broadcast
update broadcasts set status = 'done', ended_at = $2, progressed_at = $2 where id = $1

-- name: forget_listeners
-- Numbers of those whom a broadcast that is long worth nothing never told: drafts, what was stopped or left paused.
update broadcast_people
set address = null, status = 'skipped', reason = coalesce(reason, 'too_late')
where (broadcast_id, contact_point_id) in (
    select broadcast_id, contact_point_id from broadcast_people
    where address is not null and broadcast_id in (
        select id from broadcasts where not_after < (select transport.app_clock()) - make_interval(days => $1))
    order by broadcast_id, contact_point_id
    limit $2
    for update)

-- name: note_broadcast
insert into audit (at, actor, action, subject) values ($1, $2, $3, $4)

-- name: forget_listener
-- Somebody is erased: what they were to be told, nobody tells them.
with forgotten as (
    update broadcast_people
    set address = null, status = case status when 'waiting' then 'skipped' else status end,
        reason = case status when 'waiting' then 'erased' else reason end
    where contact_point_id = $1 and address is not null
    returning 1)
select count(*) from forgotten
