-- Filing: what turns checked forms into requests, a batch at a time.

-- name: file_requests
-- All that one batch of filings writes, in one statement. A key that is there already (ours from before, or of the other lane, for
-- which the insert waits) gives no row in `fresh`, and nothing else is written for it. Sorted: two batches never deadlock.
with given as (
    select *
    from json_to_recordset($1::json) as given (
        key_hash bytea, body_hash bytea, request_id uuid, answer jsonb, code text, status text, channel text, category text,
        priority text, skills text[], commune_code text, lat float8, lon float8, place_note text,
        contact_point_id uuid, key_id uuid, phone_box text, details_box text, language text, vulnerable text[],
        visit_consent boolean, by_call boolean, filed_by text, expected_at timestamptz, event_id uuid, traceparent text, body json
    )
),
fresh as (
    insert into idempotency_keys (key_hash, body_hash, request_id, answer, at)
    select key_hash, body_hash, request_id, answer, $3 from given order by key_hash
    on conflict (key_hash) do nothing
    returning request_id
),
filed as (
    insert into requests (
        id, city, code, status, channel, category, priority, skills, commune_code, lat, lon, place_note, contact_point_id, key_id,
        phone_box, details_box, language, vulnerable, visit_consent, by_call, owner, filed_by, filed_at, expected_at
    )
    select
        request_id, $2, code, status, channel, category, priority, skills, commune_code, lat, lon, place_note,
        contact_point_id, key_id, phone_box, details_box, language, vulnerable, visit_consent, by_call,
        case when status = 'needs_location' then $4 end, filed_by, $3, expected_at
    from given join fresh using (request_id)
),
said as (
    insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body)
    select event_id, $5, request_id::text, $6, request_id, 1, $7, $3, traceparent, convert_to(body::text, 'UTF8')
    from given join fresh using (request_id)
),
noted as (
    insert into audit (at, actor, action, subject, detail)
    select $3, filed_by, 'filed', request_id, jsonb_build_object('channel', channel, 'status', status, 'place_note', place_note)
    from given join fresh using (request_id)
),
timed as (
    insert into timers (id, kind, subject, due_at, guard)
    select gen_random_uuid(), 'locate', request_id, $3 + make_interval(secs => $8), 0
    from given join fresh using (request_id) where status = 'needs_location'
)
select request_id from fresh

-- name: read_answers
-- What was answered to these keys before. The box is there for operators: their answer has the phrase, made again from the seed.
select known.key_hash, known.body_hash, known.answer, request.key_id, request.details_box
from idempotency_keys known
left join requests request on request.id = known.request_id
where known.key_hash = any ($1)
