-- Requests as one row each: read, locked, changed, followed.

-- name: lock_request
select * from requests where code = $1 for update

-- name: id_of_code
select id from requests where code = $1

-- name: lock_requests
-- Sorted, so that two batches never deadlock (law 2).
-- `now` is read after each lock: the last row's after all.
select found.*, transport.app_clock() as now
from (select * from requests where id = any ($1) order by id for update) found

-- name: lock_requests_of_person
select * from requests where contact_point_id = $1 order by id for update

-- name: lock_requests_with_number
-- Also those for which this number was asked whether somebody may come.
select * from requests
where contact_point_id = $1 or id in (select request_id from consents where contact_point_id = $1)
order by id for update

-- name: save_requests
-- What may change in a request after its filing, with the steps and notes that tell of it ($26 and $30 on): each a statement of its
-- own, the three were a third of what a batch of the board asked. `updated_at` is the real clock: it only says that the row was touched.
with told as (
    insert into steps (request_id, version, status, at)
    select * from unnest($26::uuid[], $27::bigint[], $28::text[], $29::timestamptz[])
), noted as (
    insert into audit (at, actor, action, subject, detail)
    select * from unnest($30::timestamptz[], $31::text[], $32::text[], $33::uuid[], $34::jsonb[])
), shown as (
    insert into board_changes (request_id, danger_was, commune_was)
    select id, danger_at, commune_code from requests where id = any ($1::uuid[])  -- as they were before this statement
)
update requests set
    version = given.version,
    status = given.status,
    category = given.category,
    priority = given.priority,
    skills = string_to_array(given.skills, ','),
    commune_code = given.commune_code,
    lat = given.lat,
    lon = given.lon,
    place_note = given.place_note,
    details_box = given.details_box,
    vulnerable = string_to_array(given.vulnerable, ','),
    visit_consent = given.visit_consent,
    by_call = given.by_call,
    someone_present = given.someone_present,
    reopened = given.reopened,
    owner = given.owner,
    expected_at = given.expected_at,
    job_id = given.job_id,
    job_version = given.job_version,
    job_opened_at = given.job_opened_at,
    clock_at = given.clock_at,
    danger_at = least(given.clock_at, requests.call_due_at),
    past_job_ids = coalesce((select array_agg(part::uuid) from string_to_table(given.past_job_ids, ',') as part), '{}'),
    priority_reasons = string_to_array(given.priority_reasons, ','),
    category_candidates = string_to_array(given.category_candidates, ','),
    updated_at = clock_timestamp()
from unnest(
    $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::text[],
    $11::text[], $12::text[], $13::bool[], $14::bool[], $15::int[], $16::text[], $17::timestamptz[],
    $18::uuid[], $19::bigint[], $20::timestamptz[], $21::text[], $22::bool[], $23::text[], $24::text[], $25::timestamptz[]
) as given (
    id, version, status, category, priority, skills, commune_code, lat, lon, place_note,
    details_box, vulnerable, visit_consent, by_call, reopened, owner, expected_at,
    job_id, job_version, job_opened_at, past_job_ids, someone_present, priority_reasons, category_candidates,
    clock_at
)
where requests.id = given.id

-- name: note_audit
insert into audit (at, actor, action, subject, detail)
select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::uuid[], $5::jsonb[])

-- name: read_public
-- What anybody may know who has the code; `job_id` and what follows it are shown to those we know. Of a request that was merged into another one it is
-- what becomes of that.
with asked as (
    select requests.code as own_code, coalesce(merges.into_id, requests.id) as id, merges.into_id is not null as merged
    from requests left join merges on merges.request_id = requests.id
    where requests.code = $1
)
select asked.own_code, asked.merged, requests.id, code, status, category, priority, commune_code, filed_at, expected_at, reopened,
    version, job_id, requester_kind, priority_reasons, category_candidates,
    exists (select from numbers where numbers.contact_point_id = requests.contact_point_id and confirmed_at is null) as unconfirmed,
    pauses.reason as pause, pauses.until as paused_until,
    requests.status in ('assigned', 'in_progress') and exists (
        select from visits where visits.request_id = requests.id and visits.by_phone
    ) as by_phone
from asked join requests on requests.id = asked.id
left join pauses on pauses.request_id = requests.id and requests.status = 'waiting' and pauses.until > transport.app_clock()

-- name: read_steps
select status, at from steps where request_id = $1 order by version

-- name: count_without_place
-- For the gauge: requests nobody could locate yet, and since when the oldest waits.
select count(*) as waiting, extract(epoch from transport.app_clock() - min(filed_at))::float8 as oldest_seconds
from requests where status = 'needs_location'

-- name: keep_message
-- At most $8 that nobody has read a number, or it would fill the list of all: the last of them is always the newest, with its own id
-- (who says that they have read another text has not read this one), and counts what stood between. Read meanwhile: it is kept anew.
with given as (
    select *, row_number() over (partition by contact_point_id order by received_at, event_id) as place,
        count(*) over (partition by contact_point_id) as written
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[])
        as given (event_id, contact_point_id, channel, key_id, text_box, received_at, phone_box)
), open as (
    select contact_point_id, $8 - count(*) as room, (array_agg(event_id order by received_at desc, event_id desc))[1] as last
    from incoming_messages where read_at is null and contact_point_id = any ($2::uuid[]) and conversation_id is null
    group by contact_point_id
), full_up as (
    update incoming_messages message set event_id = given.event_id, channel = given.channel, key_id = given.key_id,
        text_box = given.text_box, received_at = given.received_at, phone_box = given.phone_box, more = message.more + given.written
    from open join given using (contact_point_id)
    where given.place = given.written and open.room <= 0 and message.event_id = open.last and message.read_at is null
        and not exists (select from incoming_messages known where known.event_id = given.event_id)
    returning message.contact_point_id
)
insert into incoming_messages (event_id, contact_point_id, channel, key_id, text_box, received_at, phone_box, more)
select given.event_id, contact_point_id, given.channel, given.key_id, given.text_box, given.received_at, given.phone_box,
    case when given.place = given.written then greatest(given.written - greatest(coalesce(open.room, $8), 1), 0) else 0 end
from given left join open using (contact_point_id)
where given.place < coalesce(open.room, $8)
    or (given.place = given.written and contact_point_id not in (select full_up.contact_point_id from full_up))
on conflict do nothing

-- name: waiting_messages
-- What nobody has read, with the writer's requests that are not over: whoever waits for a person in front, longest first; then the
-- newest.
select event_id as id, contact_point_id, channel, key_id, text_box, received_at, phone_box, more, conversation_id,
    array(select code from requests
        where requests.contact_point_id = message.contact_point_id and status not in ('closed', 'cancelled', 'handed_off')
        order by filed_at desc limit 5) as requests
from (
    (select * from incoming_messages where read_at is null and conversation_id is not null order by received_at limit $1)
    union all
    (select * from incoming_messages where read_at is null and conversation_id is null order by received_at desc limit $1)
) message
order by conversation_id is null, case when conversation_id is not null then received_at end, received_at desc
limit $1

-- name: read_message
-- The first who reads it is noted.
with news as (
    update incoming_messages set read_at = $3, read_by = $2 where event_id = $1 and read_at is null
    returning event_id as id, contact_point_id, key_id, text_box, read_at, read_by, true as is_new
)
select * from news
union all
select event_id, contact_point_id, key_id, text_box, read_at, read_by, false from incoming_messages
where event_id = $1 and read_at is not null and not exists (select from news)

-- name: lock_handed_over
select id, owner from conversations
where stage = 'with_person' and id = (select conversation_id from incoming_messages where event_id = $1)
for update

-- name: end_talk
-- A person has read what was handed over: the next word of theirs begins a new conversation.
update conversations set stage = 'over', version = version + 1, wake_at = null, ended_at = $2 where id = $1

-- name: count_waiting_messages
-- For the gauge.
select count(*) as waiting, extract(epoch from transport.app_clock() - min(received_at))::float8 as oldest_seconds
from incoming_messages where read_at is null

-- name: forget_answers
-- Of an erased person: the stored answers, whose hashes could be asked whether a body was once sent.
delete from idempotency_keys known using requests request
where request.id = known.request_id and request.contact_point_id = $1

-- name: forget_boxes
-- The keys are gone; what they sealed is noise now, and need not be kept.
update requests set phone_box = '', details_box = '', visited_box = null, filed_by = case channel when 'web' then 'public' else filed_by end,
    name_hashes = null
where contact_point_id = $1

-- name: forget_names
-- Before the boxes: nobody finds an erased person by their name.
delete from request_names known using requests request
where request.contact_point_id = $1 and known.request_id = request.id and known.hash = any (request.name_hashes)

-- name: forget_reveals
update reveals set words_box = null from requests where requests.contact_point_id = $1 and reveals.request_id = requests.id

-- name: forget_messages
-- Before the conversations: also what was handed over of one that had told theirs. Where `forget_talks` leaves its writer waiting for a
-- person, that stays in the list, and its words go.
with told as (
    select id, contact_point_id <> $1 and phone_box is not null and stage = 'with_person' as waits
    from conversations where filer_ids @> array[$1::uuid]
), cleared as (
    update incoming_messages set text_box = ''
    where contact_point_id <> $1 and read_at is null and conversation_id in (select id from told where waits)
)
delete from incoming_messages
where contact_point_id = $1
    or conversation_id in (select id from told) and not (read_at is null and conversation_id in (select id from told where waits))
