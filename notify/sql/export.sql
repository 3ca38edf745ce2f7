-- What is kept of a person, for that person.

-- name: export_messages
select purpose, role, status, created_at, key_id, body from messages where contact_point_id = $1 order by created_at

-- name: export_texts
select channel, received_at, outcome, key_id, body from inbound_texts where contact_point_id = $1 order by received_at

-- name: export_calls
select purpose, role, status, outcome, created_at, ended_at, key_id, body from call_tasks where contact_point_id = $1 order by created_at

-- name: export_accounts
select channel, bound_at, gone_at from accounts where contact_point_id = $1 order by bound_at

-- name: export_phone
select language, stopped_at from contact_points where id = $1
