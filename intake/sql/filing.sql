-- Filing: what turns checked forms into requests, a batch at a time.

-- name: file_requests
-- All that one batch of filings writes, in one statement. A key that is there already (ours from before, or of the other lane, for
-- which the insert waits) gives no row in `fresh`, and nothing else is written for it. Sorted: two batches never deadlock.
with given as (
    select *
    from unnest(
        $1::bytea[], $2::bytea[], $3::uuid[], $4::jsonb[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[],
        $12::float8[], $13::float8[], $14::text[],
        $15::uuid[], $16::uuid[], $17::text[], $18::text[], $19::text[], $20::text[],
        $21::bool[], $22::bool[], $23::text[], $24::timestamptz[], $25::uuid[], $26::text[], $27::bytea[]
    ) as given (
        key_hash, body_hash, request_id, answer, code, status, channel, category,
        priority, skills, commune_code,
        lat, lon, place_note,
        contact_point_id, key_id, phone_box, details_box, language, vulnerable,
        visit_consent, by_call, filed_by, expected_at, event_id, traceparent, body
    )
),
fresh as (
    insert into idempotency_keys (key_hash, body_hash, request_id, answer, at)
    select key_hash, body_hash, request_id, answer, $29 from given order by key_hash
    on conflict (key_hash) do nothing
    returning request_id
),
filed as (
    insert into requests (
        id, city, code, status, channel, category, priority, skills, commune_code, lat, lon, place_note, contact_point_id, key_id,
        phone_box, details_box, language, vulnerable, visit_consent, by_call, owner, filed_by, filed_at, expected_at
    )
    select
        request_id, $28, code, status, channel, category, priority, string_to_array(skills, ','), commune_code, lat, lon, place_note,
        contact_point_id, key_id, phone_box, details_box, language, string_to_array(vulnerable, ','), visit_consent, by_call,
        case when status = 'needs_location' then $30 end, filed_by, $29, expected_at
    from given join fresh using (request_id)
),
said as (
    insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body)
    select event_id, $31, request_id::text, $32, request_id, 1, $33, $29, traceparent, body
    from given join fresh using (request_id)
),
noted as (
    insert into audit (at, actor, action, subject, detail)
    select $29, filed_by, 'filed', request_id, jsonb_build_object('channel', channel, 'status', status, 'place_note', place_note)
    from given join fresh using (request_id)
),
timed as (
    insert into timers (id, kind, subject, due_at, guard)
    select gen_random_uuid(), 'locate', request_id, $29 + make_interval(secs => $34), 0
    from given join fresh using (request_id) where status = 'needs_location'
)
select request_id from fresh

-- name: read_answers
-- What was answered to these keys before. The box is there for operators: their answer has the phrase, made again from the seed.
select known.key_hash, known.body_hash, known.answer, request.key_id, request.details_box
from idempotency_keys known
left join requests request on request.id = known.request_id
where known.key_hash = any ($1)
