-- Forgetting a person needs the login that migrates: no room's role may touch keys.

-- name: become_login
set local role none

-- name: look_into
select set_config('search_path', $1, true)

-- name: accounts_of_person
-- In chats, of no number: what was said there to file for this person is theirs, and what they wrote before they linked the account.
select contact_point_id from intake.conversations where filer_ids @> array[$1::uuid] and contact_point_id <> $1 and phone_box is null
union
select stranger.id
from notify.accounts account join vault.contact_points stranger on stranger.blind_index = account.blind_index
where account.contact_point_id = $1 and stranger.id <> $1

-- name: keys_of_people
select id from vault.keys where contact_point_id = any ($1::uuid[])

-- name: put_details_of_jobs
-- From these requests, out of which something was taken; those that are over hear of no event.
update dispatch.jobs job set details = jsonb_build_object('key_id', request.key_id, 'box', request.details_box)
from intake.requests request
where request.id = any ($1::uuid[]) and job.request_id = request.id and job.details ->> 'box' <> ''

-- name: blind_index_of
select blind_index from vault.contact_points where id = $1

-- name: forget_carrier_messages
-- Texts to this number and to their accounts ($3), and texts to others about what this person has filed, or was visited for ($4):
-- those name them.
delete from carrier.messages
where to_number = $1
    or request_id in (select id from intake.requests where contact_point_id = $2)
    or request_id = any ($4::uuid[])
    or attempt_id in (select id from notify.message_attempts where contact_point_id = any ($3::uuid[]))
