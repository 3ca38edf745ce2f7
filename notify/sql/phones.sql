-- name: touch_contact_points
-- What the event says of a phone is newer than what we have. ON CONFLICT locks the row even where nothing changes; sorted.
insert into contact_points as known (id, key_id, address, language)
select id, key_id, address, language
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as given (id, key_id, address, language)
order by id
on conflict (id) do update
set key_id = excluded.key_id, address = excluded.address, language = excluded.language, updated_at = clock_timestamp()
where (known.key_id, known.address, known.language) is distinct from (excluded.key_id, excluded.address, excluded.language)

-- name: lock_phones
-- The lock of everything a phone is asked; always before questions and messages (law 2).
select id, key_id, address, language, last_code, reply_version from contact_points where id = any ($1::uuid[]) order by id for update

-- name: lock_phones_free
-- For who must not wait: a phone that somebody works on is left for the next round.
select id from contact_points where id = any ($1::uuid[]) order by id for update skip locked

-- name: lock_phones_with_texts
-- Phones that wrote something nobody has read; the texts of one phone are read in order, so the phone is what is claimed.
select id from contact_points
where id in (select contact_point_id from inbound_texts where handled_at is null order by id limit $1)
order by id
for update skip locked

-- name: phones_of_jobs
select distinct contact_point_id from jobs_on_phone where job_id = any ($1::uuid[]) and ended_at is null

-- name: phones_of_questions
select distinct contact_point_id from messages where id = any ($1::uuid[]) and question_id is not null

-- name: read_questions
-- Those that are live, and those that still understand their code.
select id, contact_point_id, kind, code, status, created_at, asked_at, expires_at, closed_at, answer, answered_at, thanked
from questions
where contact_point_id = any ($1::uuid[]) and (status in ('waiting', 'open', 'paused') or closed_at >= $2)
order by created_at, id

-- name: read_question_offers
select offer_id, question_id, message_id, request_id, job_id, city, category, commune_code, lease_seconds, not_after, closed_at
from question_offers
where question_id = any ($1::uuid[])
order by offer_id

-- name: read_jobs
select contact_point_id, job_id, number, offer_id, request_id, city, began_at, ended_at
from jobs_on_phone
where contact_point_id = any ($1::uuid[]) and ended_at is null

-- name: save_questions
-- What closes comes before what opens: the unique indexes look at each row as it is written.
insert into questions as known
    (id, contact_point_id, kind, code, status, created_at, asked_at, expires_at, closed_at, answer, answered_at, thanked)
select id, contact_point_id, kind, code, status, created_at, asked_at, expires_at, closed_at, answer, answered_at, thanked
from jsonb_populate_recordset(null::questions, $1)
order by closed_at is null, status = 'open', id
on conflict (id) do update
set status = excluded.status,
    asked_at = excluded.asked_at,
    expires_at = excluded.expires_at,
    closed_at = excluded.closed_at,
    answer = excluded.answer,
    answered_at = excluded.answered_at,
    thanked = excluded.thanked

-- name: save_question_offers
insert into question_offers
    (offer_id, question_id, message_id, request_id, job_id, city, category, commune_code, lease_seconds, not_after, closed_at)
select offer_id, question_id, message_id, request_id, job_id, city, category, commune_code, lease_seconds, not_after, closed_at
from jsonb_populate_recordset(null::question_offers, $1)
order by offer_id
on conflict (offer_id) do update set message_id = excluded.message_id, closed_at = excluded.closed_at

-- name: save_jobs
insert into jobs_on_phone (contact_point_id, job_id, number, offer_id, request_id, city, began_at, ended_at)
select contact_point_id, job_id, number, offer_id, request_id, city, began_at, ended_at
from jsonb_populate_recordset(null::jobs_on_phone, $1)
order by ended_at is null, contact_point_id, job_id
on conflict (contact_point_id, job_id) do update
set number = excluded.number, offer_id = excluded.offer_id, began_at = excluded.began_at, ended_at = excluded.ended_at

-- name: save_counters
update contact_points point set last_code = given.last_code, reply_version = given.reply_version
from unnest($1::uuid[], $2::smallint[], $3::bigint[]) as given (id, last_code, reply_version)
where point.id = given.id

-- name: release_texts
-- The question has its turn: its text may leave.
update messages set status = 'queued' where question_id = any ($1::uuid[]) and status = 'held'

-- name: hold_texts
-- Another question came first: what has not left waits.
update messages set status = 'held' where question_id = any ($1::uuid[]) and status = 'queued'

-- name: expired_questions
-- Dispatch ends questions by events; this finds those it never spoke of again.
select id, contact_point_id from questions
where status in ('waiting', 'open', 'paused') and expires_at < $1
order by expires_at
limit $2
