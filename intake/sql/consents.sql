-- Whether somebody may come: who was asked. Each under the lock of its request.

-- name: put_consent
-- A new question in place of an earlier one.
insert into consents (request_id, ask_id, contact_point_id, key_id, phone_box, language, behalf, call_at, open_until)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (request_id) do update set
    ask_id = excluded.ask_id, contact_point_id = excluded.contact_point_id, key_id = excluded.key_id, phone_box = excluded.phone_box,
    language = excluded.language, behalf = excluded.behalf, call_at = excluded.call_at, open_until = excluded.open_until,
    said_at = null

-- name: read_visited
select visited_box from requests where id = $1

-- name: forget_visited
-- The number that somebody else has told is under their own key from now on.
update requests set visited_box = null where id = $1 and visited_box is not null

-- name: put_visited
update requests set visited_box = $2 where id = $1

-- name: take_back_consents
-- Of these requests: what this number was asked.
delete from consents where request_id = any ($1::uuid[]) and contact_point_id = $2
returning request_id, ask_id, contact_point_id, open_until, behalf

-- name: read_consent
select request_id, ask_id, contact_point_id, key_id, phone_box, language, behalf, call_at, open_until, said_at
from consents where request_id = $1

-- name: note_said
update consents set said_at = $2 where request_id = $1

-- name: hasten_calls
-- The telephone rings sooner: somebody has accepted and waits, or the text did not arrive. Only where somebody was asked by text
-- and has not answered.
update consents set call_at = given.call_at
from unnest($1::uuid[], $2::timestamptz[]) as given (request_id, call_at)
where consents.request_id = given.request_id and consents.said_at is null and consents.call_at > given.call_at
returning consents.request_id, consents.call_at

-- name: count_calls
-- Calls of this round that brought no word, with $3 more.
insert into consent_calls (request_id, round, calls) values ($1, $2, $3)
on conflict (request_id) do update set
    calls = case when consent_calls.round = excluded.round then consent_calls.calls + excluded.calls else excluded.calls end,
    round = excluded.round
returning calls

-- name: forget_consents
update consents set phone_box = null where contact_point_id = $1
