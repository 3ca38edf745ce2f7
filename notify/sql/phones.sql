-- name: lock_phones
-- The lock of everything a phone is asked; always before questions and messages (law 2).
select id, key_id, address, language, last_code, reply_version from contact_points where id = any ($1::uuid[]) order by id for update

-- name: lock_phones_free
-- For who must not wait: a phone that somebody works on is left for the next round.
select id, stopped_at from contact_points where id = any ($1::uuid[]) order by id for update skip locked

-- name: lock_phones_with_texts
-- Phones that wrote something nobody has read; the texts of one phone are read in order, so the phone is what is claimed.
select id from contact_points
where id in (select contact_point_id from inbound_texts where handled_at is null order by id limit $1)
order by id
for update skip locked

-- name: read_phones
-- What is open on these phones, and what was said to them lately; asked under their lock, so that one look at one moment suffices.
-- `busy`: a text is on its way or waits to leave; one of a broadcast is in nobody's way. $2: how long a closed question is
-- remembered. $3: since when sends count, from now; null: nobody wants to know. $4: keys that the caller does not have yet; those of
-- accounts come by themselves.
with clock as materialized (
    select transport.app_clock() as now
), asked as materialized (
    select id from questions
    where contact_point_id = any ($1::uuid[])
        and (status in ('waiting', 'open', 'paused') or closed_at >= (select now from clock) - $2::interval)
)
select
    (select now from clock),
    array(select phone from contact_points phone where phone.id = any ($1)) as phones,
    array(select question from questions question where question.id in (select id from asked) order by created_at, id) as questions,
    array(select offer from question_offers offer where offer.question_id in (select id from asked) order by offer_id) as offers,
    array(select job from jobs_on_phone job where job.contact_point_id = any ($1) and job.ended_at is null) as jobs,
    array(select phone.id from unnest($1) as phone (id)
        where $3::interval is not null
            and coalesce(
                (select true from messages
                    where (case when status = 'sending' then contact_point_id end) = phone.id and urgency < 8
                    limit 1),
                (select true from messages
                    where (case when status = 'queued' then contact_point_id end) = phone.id
                        and not_before <= (select now from clock) and urgency < 8
                    limit 1),
                false)) as busy,
    array(select row(contact_point_id, as_resident, as_answer, started_at) from message_attempts
        where contact_point_id = any ($1) and started_at > (select now from clock) - $3::interval
            and counts and channel = 'sms' and not bulk) as sends,
    array(select account from accounts account where account.contact_point_id = any ($1) and account.gone_at is null) as accounts,
    array(select row(key.key_id, key.wrapped_key) from vault.wrapped_keys(
        $4::uuid[] || array(select key_id from accounts where contact_point_id = any ($1) and gone_at is null)) key) as keys

-- name: note_talk_asked
-- When ($2) the conversation on this channel ($3) asked, with which text ($4); null: its last word is no question, which takes nothing
-- from another's.
update contact_points set talk_asked_at = $2, talk_asked_over = $3, talk_text_id = $4,
    talk_asked_before = case when talk_asked_over = $3 then talk_asked_at end,
    talk_text_before = case when talk_asked_over = $3 then talk_text_id end
where id = $1 and ($2::timestamptz is not null or talk_asked_over is not distinct from $3 or talk_asked_over is null)

-- name: end_talk_asked
-- Unless something else has been asked since.
update contact_points set talk_asked_at = null where id = $1 and talk_asked_at < $2

-- name: asked_over
-- When these texts left, and over what.
select message_id, channel, started_at from message_attempts where message_id = any ($1::uuid[]) and counts

-- name: helpers_of
-- Whose phones these are: of somebody who has been asked for something that only people who work with us are asked for.
select distinct contact_point_id from questions
where contact_point_id = any ($1::uuid[]) and kind in ('visit', 'escalation', 'shift', 'drill')

-- name: read_asked
-- As `read_phones`, of phones of which nothing matters but what they are asked.
with clock as materialized (
    select transport.app_clock() as now
), asked as materialized (
    select id from questions
    where contact_point_id = any ($1::uuid[])
        and (status in ('waiting', 'open', 'paused') or closed_at >= (select now from clock) - $2::interval)
)
select
    (select now from clock),
    array(select phone from contact_points phone where phone.id = any ($1)) as phones,
    array(select question from questions question where question.id in (select id from asked) order by created_at, id) as questions,
    array(select offer from question_offers offer where offer.question_id in (select id from asked) order by offer_id) as offers

-- name: save_lines
-- What closes comes before what opens: the unique indexes look at each row as it is written. With the lines come new texts ($7), of
-- which some leave at once: those have their attempt ($8 to $16, at $17). What was there already is not sent.
with asked as (
    insert into questions as known
        (id, contact_point_id, kind, code, status, created_at, asked_at, expires_at, closed_at, answer, answered_at, thanked)
    select id, contact_point_id, kind, code, status, created_at, asked_at, expires_at, closed_at, answer, answered_at, thanked
    from json_populate_recordset(null::questions, $1)
    order by closed_at is null, status = 'open', id
    on conflict (id) do update
    set status = excluded.status,
        asked_at = excluded.asked_at,
        expires_at = excluded.expires_at,
        closed_at = excluded.closed_at,
        answer = excluded.answer,
        answered_at = excluded.answered_at,
        thanked = excluded.thanked
), told as (
    insert into question_offers
        (offer_id, question_id, message_id, request_id, job_id, city, category, commune_code, lease_seconds, not_after, closed_at)
    select offer_id, question_id, message_id, request_id, job_id, city, category, commune_code, lease_seconds, not_after, closed_at
    from json_populate_recordset(null::question_offers, $2)
    order by offer_id
    on conflict (offer_id) do update set message_id = excluded.message_id, closed_at = excluded.closed_at
), taken as (
    insert into jobs_on_phone (contact_point_id, job_id, number, offer_id, request_id, city, began_at, ended_at, asked, asked_back)
    select contact_point_id, job_id, number, offer_id, request_id, city, began_at, ended_at, asked, asked_back
    from json_populate_recordset(null::jobs_on_phone, $3)
    order by ended_at is null, contact_point_id, job_id
    on conflict (contact_point_id, job_id) do update
    set number = excluded.number, offer_id = excluded.offer_id, began_at = excluded.began_at, ended_at = excluded.ended_at,
        asked = excluded.asked, asked_back = excluded.asked_back
), counted as (
    update contact_points point set last_code = given.last_code, reply_version = given.reply_version
    from unnest($4::uuid[], $5::smallint[], $6::bigint[]) as given (id, last_code, reply_version)
    where point.id = given.id
), written as (
    insert into messages
    select * from json_populate_recordset(null::messages, $7)
    on conflict (cause_event_id, contact_point_id, purpose) do nothing
    returning id
)
insert into message_attempts (id, message_id, contact_point_id, number, channel, carrier, as_resident, as_answer, cost_vnd, started_at)
select given.id, given.message_id, contact_point_id, number, channel, carrier, as_resident, as_answer, cost_vnd, $17
from unnest($8::uuid[], $9::uuid[], $10::uuid[], $11::smallint[], $12::text[], $13::text[], $14::boolean[], $15::integer[],
        $16::boolean[])
    as given (id, message_id, contact_point_id, number, channel, carrier, as_resident, cost_vnd, as_answer)
join written on written.id = given.message_id
returning id

-- name: release_texts
-- The question has its turn: its text may leave.
update messages set status = 'queued'
where (case when status in ('held', 'queued') then question_id end) = any ($1::uuid[]) and status = 'held'

-- name: hold_texts
-- Another question came first: what has not left waits.
update messages set status = 'held'
where (case when status in ('held', 'queued') then question_id end) = any ($1::uuid[]) and status = 'queued'

-- name: expired_questions
-- Dispatch ends questions by events; this finds those it never spoke of again.
select id, contact_point_id from questions
where status in ('waiting', 'open', 'paused') and expires_at < $1
order by expires_at
limit $2

-- name: visits_of_residents
-- For phones that call for help and have no visit: those that somebody has of requests about which they were written to lately,
-- and their own that have ended lately, for "done" may have been written under force.
select distinct on (mine.phone, job.job_id) mine.phone as resident, job.contact_point_id, job.job_id, job.number, job.offer_id,
    job.request_id, job.city, job.began_at, job.ended_at, job.asked, job.asked_back
from (
    select attempt.contact_point_id as phone, message.job_id
    from message_attempts attempt join messages message on message.id = attempt.message_id and message.role = 'resident'
    where attempt.contact_point_id = any ($1::uuid[]) and attempt.counts and attempt.channel = 'sms'
        and attempt.started_at > (select transport.app_clock()) - interval '14 days'
) as mine
join jobs_on_phone job on job.job_id = mine.job_id and job.ended_at is null
union all
select contact_point_id, contact_point_id, job_id, number, offer_id, request_id, city, began_at, ended_at, asked, asked_back
from jobs_on_phone
where contact_point_id = any ($1::uuid[]) and ended_at > (select transport.app_clock()) - interval '2 hours'
