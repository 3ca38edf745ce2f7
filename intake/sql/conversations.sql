-- Conversations: their state, what was said, and who has to look at one. Locks: the key first, then rows by id.

-- name: lock_talk_keys
-- Two that begin at once, with no row to lock yet. Sorted, so that two batches never deadlock.
select pg_advisory_xact_lock(key) from (select distinct key from unnest($1::bigint[]) as given (key) order by key) as sorted

-- name: lock_talks
select * from conversations where key = any ($1::bytea[]) and stage <> 'over' order by id for update

-- name: lock_talk
select * from conversations where id = $1 for update

-- name: read_talk
select * from conversations where id = $1

-- name: known_turns
-- Which of these messages were heard before.
select contact_point_id, message_id from conversation_turns
where (contact_point_id, message_id) in (select * from unnest($1::uuid[], $2::text[]))

-- name: replies_to
-- What was answered to a message before, in order.
select reply.text_box, reply.at, talk.key_id from conversation_turns reply join conversations talk on talk.id = reply.conversation_id
where reply.contact_point_id = $1 and reply.answers = $2 order by reply.id

-- name: save_talks
insert into conversations as known
select * from json_populate_recordset(null::conversations, $1)
order by id
on conflict (id) do update set
    stage = excluded.stage, language = excluded.language, version = excluded.version, box = excluded.box, code = excluded.code,
    phone_box = excluded.phone_box, filer_ids = excluded.filer_ids, wake_at = excluded.wake_at,
    owner = excluded.owner, heard_at = excluded.heard_at, ended_at = excluded.ended_at

-- name: add_turns
insert into conversation_turns (conversation_id, contact_point_id, speaker, message_id, answers, text_box, at)
select conversation_id, contact_point_id, speaker, message_id, answers, text_box, at
from json_populate_recordset(null::conversation_turns, $1) with ordinality order by ordinality
on conflict do nothing

-- name: turns_of_talk
-- The last $2 of them, in order.
select speaker, text_box, at from (
    select * from conversation_turns where conversation_id = $1 order by id desc limit $2
) last
order by id

-- name: hand_over_talk
-- Once while nobody has read it; what was said since is in it, too.
insert into incoming_messages (event_id, contact_point_id, channel, key_id, text_box, received_at, phone_box, conversation_id)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (conversation_id) where conversation_id is not null and read_at is null
do update set text_box = excluded.text_box

-- name: read_handover
-- Ended by an operator: it leaves the list.
update incoming_messages set read_at = $3, read_by = $2 where conversation_id = $1 and read_at is null

-- name: owners_of_talks
select id, owner from conversations where id = any ($1::uuid[])

-- name: count_talks_at_the_desk
-- For the gauge: nobody has answered in time.
select count(*) from conversations where stage = 'with_person' and owner = 'city_desk'

-- name: talks_at_the_clerk
-- Whoever comes second finds it done.
select id from conversations where stage in ('filing', 'cancelling') order by id limit $1

-- name: talk_at_the_clerk
select id from conversations where key = $1 and stage in ('filing', 'cancelling')

-- name: asked_of_clerk
-- The message that a clerk's words answer: the last that has had no answer; what was written meanwhile has had one.
select they.message_id from conversation_turns they where they.conversation_id = $1 and they.speaker = 'they'
order by
    exists (
        select from conversation_turns reply where reply.conversation_id = they.conversation_id and reply.answers = they.message_id
    ),
    they.id desc
limit 1

-- name: standings_of
-- What is not over of what this person, or this conversation, has filed; the newest first.
select request.id, request.code, request.status from requests request
where (request.contact_point_id = $1 or request.code = $2) and request.status not in ('closed', 'cancelled', 'handed_off')
order by request.filed_at desc limit 5

-- name: standing_by_code
select code, status from requests where code = $1

-- name: filer_of
select contact_point_id, by_call from requests where id = $1

-- name: sweep_turns
delete from conversation_turns
where id in (select id from conversation_turns where at < $1 order by at limit $2 for update skip locked)

-- name: sweep_talks
delete from conversations
where id in (select id from conversations where ended_at < $1 order by ended_at limit $2 for update skip locked)

-- name: forget_talks
-- Of an erased person: also what an account without a number told with theirs. Who writes from a number of their own is somebody else:
-- while they wait for a person they go on waiting, and only what was said is gone.
with cleared as (
    update conversations set box = '', filer_ids = nullif(array_remove(filer_ids, $1), '{}'), filer_id = nullif(filer_id, $1),
        code = (select code where not exists (select from requests where code = conversations.code and contact_point_id = $1))
    where filer_ids @> array[$1::uuid] and contact_point_id <> $1 and phone_box is not null and stage = 'with_person'
    returning id
), gone as (
    delete from conversations
    where contact_point_id = $1
        or filer_ids @> array[$1::uuid] and not (contact_point_id <> $1 and phone_box is not null and stage = 'with_person')
    returning id
)
delete from conversation_turns
where contact_point_id = $1 or conversation_id in (select id from gone union all select id from cleared)
