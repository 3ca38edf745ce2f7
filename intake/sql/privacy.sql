-- People's own data: what they ask for, what is corrected, what is exported, and what is cleared when its time is over.

-- name: ask_right
-- Once while it is open: who asks again is told of the first.
with asked as (
    insert into privacy_requests (id, kind, contact_point_id, identified, asked_at, due_at, opened_by, owner, conversation_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (contact_point_id, kind) where status = 'open' do nothing
    returning *
)
select * from asked
union all
select * from privacy_requests where contact_point_id = $3 and kind = $2 and status = 'open' and not exists (select from asked)
limit 1

-- name: open_rights
select * from privacy_requests where status = 'open' order by due_at limit $1

-- name: count_rights
-- For the gauges.
select count(*) as waiting, count(*) filter (where due_at < now) as overdue
from privacy_requests, (select transport.app_clock() as now) as clock
where status = 'open'

-- name: lock_right
select * from privacy_requests where id = $1 for update

-- name: raise_right
update privacy_requests set owner = $2, raised_at = coalesce(raised_at, $3) where id = $1

-- name: end_right
update privacy_requests set status = $2, ended_at = $3, ended_by = $4, reason = $5 where id = $1 returning *

-- name: end_rights_of_person
-- By a command: exported, or erased.
update privacy_requests set status = 'done', ended_at = $3, ended_by = $4
where contact_point_id = $1 and kind = any ($2::text[]) and status = 'open'
returning id, due_at

-- name: person_of_code
select contact_point_id from requests where code = $1 and phone_box <> ''

-- name: lock_whose_talk
-- An account that has filed under a number is meant with whoever has that; who writes from a number of their own is that one.
select talk.contact_point_id as writer, coalesce(request.contact_point_id, talk.contact_point_id) as person,
    talk.phone_box is not null or request.id is not null as has_number, talk.stage = 'filing' as is_being_filed
from conversations talk
left join requests request on request.code = talk.code and request.phone_box <> '' and talk.phone_box is null
where talk.id = $1
for update of talk

-- name: numbers_to_ask
-- Told by others, and not asked yet: by day.
select id, key_id, visited_box from requests where visited_box is not null

-- name: take_out_visited
-- Of these requests, beside the details: the number of whoever is visited, what was typed of them, and where else they wanted it.
with unnumbered as (
    update requests set visited_box = null where id = any ($1::uuid[]) and visited_box is not null
), typed as (
    delete from drafts where id = any (array(
        select drafts.id from requests join drafts on drafts.code = requests.code where requests.id = any ($1::uuid[])))
)
update inquiries set move_box = null where request_id = any ($1::uuid[]) and move_box is not null

-- name: move_requests
update requests set contact_point_id = given.contact_point_id, key_id = given.key_id, phone_box = given.phone_box
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as given (id, contact_point_id, key_id, phone_box)
where requests.id = given.id

-- name: move_data_consents
update data_consents set contact_point_id = $2 where contact_point_id = $1

-- name: unname_requests
delete from request_names known using requests request
where request.id = any ($1::uuid[]) and known.request_id = request.id and known.hash = any (request.name_hashes)

-- name: rename_requests
-- Found by the new name from now on.
with named as (
    insert into request_names (hash, request_id)
    select hash, request_id
    from unnest($1::uuid[]) as request_id, unnest(string_to_array(split_part($2, '|', 1), ',')::bigint[]) as hash
)
update requests set name_hashes = string_to_array(replace($2, '|', ','), ',')::bigint[] where id = any ($1::uuid[])

-- name: export_requests
select id, code, status, channel, category, priority, commune_code, place_note, key_id, phone_box, details_box, visited_box, language,
    vulnerable, visit_consent, someone_present, by_call, reopened, filed_at, expected_at
from requests where contact_point_id = $1 order by filed_at

-- name: export_steps
select code, steps.status, steps.at from steps join requests on requests.id = steps.request_id
where requests.contact_point_id = $1 order by steps.request_id, steps.version

-- name: export_consents
select code, data_consents.version, data_consents.language, door, said_by, data_consents.at from data_consents join requests on requests.id = data_consents.request_id
where data_consents.contact_point_id = $1 order by data_consents.at

-- name: export_visit_consents
select code, said_at, behalf from consents join requests on requests.id = consents.request_id where consents.contact_point_id = $1

-- name: export_surveys
select code, score, why_box, surveys.key_id, door, said_at from surveys join requests on requests.id = surveys.request_id
where surveys.contact_point_id = $1

-- name: export_messages
select channel, key_id, text_box, received_at, read_at from incoming_messages where contact_point_id = $1 order by received_at

-- name: export_rights
select kind, identified, asked_at, due_at, status, ended_at, reason from privacy_requests where contact_point_id = $1 order by asked_at

-- name: export_audit
-- What was done about their requests and by whom; what was said stands in none of it.
select audit.at, audit.actor, audit.action, code from audit join requests on requests.id = audit.subject
where requests.contact_point_id = $1 order by audit.at

-- name: clear_old_requests
-- What is over, and was touched last before $1: its boxes go, its figures stay. Oldest first, at most $2.
with due as materialized (
    select id, name_hashes from requests
    where status in ('closed', 'cancelled', 'handed_off', 'unreached') and cleared_at is null and phone_box <> '' and updated_at < $1
    order by updated_at limit $2 for update skip locked
), unnamed as (
    delete from request_names known using due where known.request_id = due.id and known.hash = any (due.name_hashes)
)
update requests set phone_box = '', details_box = '', visited_box = null, place_note = null, name_hashes = null, cleared_at = transport.app_clock()
from due where requests.id = due.id
returning requests.id

-- name: clear_with_requests
-- What stands beside the requests that were cleared just now.
with helpers as (
    update visits set name = null, member = null, partner = null where request_id = any ($1::uuid[])
), asked as (
    update consents set phone_box = null where request_id = any ($1::uuid[])
), shown as (
    update reveals set words_box = null where request_id = any ($1::uuid[])
)
delete from idempotency_keys where request_id = any ($1::uuid[])

-- name: clear_old_whys
update surveys set why_box = null
where request_id in (
    select request_id from surveys where why_box is not null and said_at < $1 order by said_at limit $2 for update skip locked
)

-- name: clear_old_messages
-- Read long ago. What nobody has read is never dropped.
delete from incoming_messages
where event_id in (
    select event_id from incoming_messages where read_at < $1 order by read_at limit $2 for update skip locked
)
