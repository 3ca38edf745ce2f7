-- Filing: what turns checked forms into requests, a batch at a time.

-- name: file_requests
-- All that one batch of filings writes, in one statement, which is a transaction by itself. $1 to $4 are the people's contact
-- points as `vault.contact_points` takes them, one a filing. Only what was decided on what is true is filed: under the key that the
-- vault has for this person, and at a time ($5) that is the database's. A key of idempotency that is there already (ours from before,
-- or of the other lane, for which the insert waits) gives no row in `fresh`, and nothing else is written for it: one from before
-- is looked up first, so that not even its person is made in the vault, or locked there. Sorted: two batches never deadlock.
-- The first row that comes back says where the last event stands in the outbox; the others are those that were not filed, with what
-- they have to be decided on, and ($19) those that were and look like others: `alike`, by $21 to $24 as `intake.alike` takes them.
-- $15: the hashes of whoever filed, one text a filing; those before its bar lead to the request.
-- `= any (array(…))` and no join: the planner takes a batch for one row, and would compare each with each the long way. Good for a few hundred rows, not for more.
with moment as materialized (
    select transport.app_clock() as now
),
asked as materialized (
    select
        asked.*,
        (select true from idempotency_keys known where known.key_hash = asked.key_hash) is true as answered  -- never hashed: one look
    from unnest(
        $1::bytea[], $11::intake.filing[], $12::text[], $13::text[], $14::text[], $15::text[], $16::boolean[], $17::text[],
        $18::text[], $19::boolean[], $20::text[]
    ) with ordinality as asked (
        blind_index, key_hash, body_hash, request_id, answer, code, status, channel, category, priority,
        skills, commune_code, lat, lon, place_note, contact_point_id, key_id, phone_box, details_box,
        language, vulnerable, visit_consent, by_call, visited_box, asks_consent, someone_present, filed_by, expected_at,
        event_id, traceparent, body, requester_kind, priority_reasons, category_candidates, name_hashes, held, data_consent,
        door, looks, on_word_of, place
    )
),
people as materialized (
    select ordinal, contact_point_id, key_id, wrapped_key
    from vault.contact_points(
        array(select case when not answered then blind_index end from asked order by place), $2, $3, $4
    )
),
given as materialized (
    select asked.*
    from asked join people on people.ordinal = asked.place
        and people.contact_point_id = asked.contact_point_id and people.key_id = asked.key_id
    where (select now from moment) between $5::timestamptz - interval '1 second' and $5::timestamptz + interval '1 second'
),
fresh as (
    insert into idempotency_keys (key_hash, body_hash, request_id, answer, at)
    select key_hash, body_hash, request_id, answer, $5 from given order by key_hash
    on conflict (key_hash) do nothing
    returning request_id
),
filed as (
    insert into requests (
        id, city, code, status, channel, category, priority, skills, commune_code, lat, lon, place_note, contact_point_id, key_id,
        phone_box, details_box, language, vulnerable, visit_consent, by_call, visited_box, someone_present, owner, filed_by,
        filed_at, expected_at, requester_kind, priority_reasons, category_candidates, clock_at, danger_at, name_hashes, held,
        on_word_of
    )
    select
        request_id, $6, code, status, channel, category, priority, string_to_array(skills, ','), commune_code, lat, lon, place_note,
        contact_point_id, key_id, phone_box, details_box, language, string_to_array(vulnerable, ','), visit_consent, by_call,
        visited_box, someone_present, case when status = 'needs_location' then $7 end, filed_by, $5, expected_at, requester_kind,
        string_to_array(priority_reasons, ','), string_to_array(category_candidates, ','), clock_at, clock_at,
        string_to_array(replace(name_hashes, '|', ','), ',')::bigint[], held, on_word_of
    from given, lateral (
        select case when status = 'needs_location' then $5 + make_interval(secs => $10) else coalesce(expected_at, $5) end as clock_at
    ) as clock
    where request_id = any (array(select request_id from fresh))
),
named as (
    insert into request_names (hash, request_id)
    select hash, request_id from given, unnest(string_to_array(split_part(name_hashes, '|', 1), ',')::bigint[]) as hash
    where request_id = any (array(select request_id from fresh))
),
shown as (
    insert into board_changes (request_id) select request_id from fresh
),
said as (
    insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, traceparent, body)
    select event_id, $8, request_id::text, 'request.filed', request_id, 1, $9, $5, traceparent, body
    from given where request_id = any (array(select request_id from fresh))
    returning id
),
noted as (
    insert into audit (at, actor, action, subject, detail)
    select $5, filed_by, 'filed', request_id, jsonb_build_object('channel', channel, 'status', status, 'place_note', place_note)
    from given where request_id = any (array(select request_id from fresh))
),
agreed as (
    insert into data_consents (request_id, contact_point_id, version, language, door, said_by, at)
    select request_id, contact_point_id, data_consent, language, door, filed_by, $5
    from given where data_consent is not null and request_id = any (array(select request_id from fresh))
),
timed as (
    insert into timers (id, kind, subject, due_at, guard)
    select gen_random_uuid(), 'locate', request_id, $5 + make_interval(secs => $10), 0
    from given where status = 'needs_location' and request_id = any (array(select request_id from fresh))
    union all
    select gen_random_uuid(), 'consent', request_id, $5, 0
    from given where asks_consent and request_id = any (array(select request_id from fresh))
    union all
    -- Whom the vault knows as the stranger that we made of them has never been here: over the web they have to show that it is theirs.
    select gen_random_uuid(), 'number', request_id, $5, 0
    from given where channel = 'web' and contact_point_id = ($2::uuid[])[place] and request_id = any (array(select request_id from fresh))
)
select
    (asked.place - 1)::integer as place, people.contact_point_id, people.key_id, people.wrapped_key,
    (select now from moment) as now, asked.answered or given.request_id is not null as decided_well,
    null::text[] as alike, null::bigint as outbox_id
from asked
left join people on people.ordinal = asked.place
left join given using (place)
where asked.request_id not in (select request_id from fresh)
union all
select (given.place - 1)::integer, null, null, null, null, null, found.codes, null
from given
cross join lateral (select $21::float8 / 111195 as high, $21::float8 / (111195 * cos(radians(lat))) as wide) as half
cross join lateral (
    select array(
        select code from intake.alike(
            request_id, nullif(contact_point_id, ($2::uuid[])[place]), category, $5, lat, lon,
            lat - high, lat + high, lon - wide, lon + wide, $21, $22, $23, $24
        )
    ) as codes offset 0
) as found
where given.looks and request_id = any (array(select request_id from fresh)) and found.codes <> '{}'
union all
select null, null, null, null, (select now from moment), null, null, max(id) from said
order by place nulls first

-- name: read_answers
-- What was answered to these keys before. The box is there for operators: their answer has the phrase, made again from the seed; for
-- an hour, while an answer that was lost is asked for again. Later nobody hears it but on a call back to the registered number.
select known.key_hash, known.body_hash, known.answer, request.details_box,
    case when request.filed_at > transport.app_clock() - interval '1 hour' then request.key_id end as key_id
from idempotency_keys known
left join requests request on request.id = known.request_id
where known.key_hash = any ($1)
