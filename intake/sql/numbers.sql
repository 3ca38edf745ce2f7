-- Numbers that filed over the web and were never here before: shown to be theirs by a code, by an answer, or to an operator.

-- name: meet_number
-- False: met before.
insert into numbers (contact_point_id, request_id, code_hash, code_until, met_at) values ($1, $2, $3, $4, $5)
on conflict (contact_point_id) do nothing
returning true

-- name: lock_new_number
select contact_point_id, code_hash, code_until, tries, confirmed_at from numbers where contact_point_id = $1 for update

-- name: note_wrong_number_code
update numbers set tries = tries + 1 where contact_point_id = $1

-- name: confirm_numbers
-- Whatever was written from there shows that somebody has it.
update numbers set confirmed_at = $2, confirmed_by = $3, code_hash = null
where contact_point_id = any ($1::uuid[]) and confirmed_at is null
returning contact_point_id

-- name: note_word
-- Of the request whose code came with it, and of no other: another may have been typed by somebody else.
update requests set on_word_of = $2 where id = $1

-- name: is_unconfirmed
select exists (select from numbers where contact_point_id = $1 and confirmed_at is null)

-- name: lock_held_of_person
select * from requests where contact_point_id = any ($1::uuid[]) and held order by id for update

-- name: release_held
update requests set held = false where id = any ($1::uuid[])

-- name: forget_number
delete from numbers where contact_point_id = $1
