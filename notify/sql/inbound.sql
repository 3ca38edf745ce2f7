-- name: store_text
-- The carrier's own retries carry the same id and change nothing.
insert into inbound_texts (carrier, carrier_message_id, contact_point_id, key_id, body, received_at, channel)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (carrier, carrier_message_id) do nothing
returning id

-- name: store_text_of_number
-- The same, of somebody whom we may never have written to ($7: the number); now.
with met as (
    insert into contact_points as known (id, key_id, address) values ($3, $4, $7)
    on conflict (id) do update set key_id = excluded.key_id, address = excluded.address
    where known.address is null and excluded.address is not null
)
insert into inbound_texts (carrier, carrier_message_id, contact_point_id, key_id, body, received_at, channel)
values ($1, $2, $3, $4, $5, transport.app_clock(), $6)
on conflict (carrier, carrier_message_id) do nothing
returning id

-- name: free_text_id
-- A telephone system counts anew: the call that had this id longer ago than $3 steps aside.
update inbound_texts set carrier_message_id = carrier_message_id || '@' || id
where carrier = $1 and carrier_message_id = $2 and received_at < transport.app_clock() - $3::interval

-- name: rings_answered
-- Missed calls since $1 that accepted nothing and had an answer.
select contact_point_id, count(*)::int as answered from inbound_texts
where carrier = 'missed_calls' and outcome = 'asked_back' and received_at > $1
group by contact_point_id

-- name: note_code_text
-- A code that bound an account: read already, and kept so that its repetition is known.
insert into inbound_texts (carrier, carrier_message_id, contact_point_id, key_id, received_at, channel, handled_at, outcome)
values ($1, $2, $3, $4, $5, $6, $5, 'account')
on conflict (carrier, carrier_message_id) do nothing

-- name: meet_contact_point
-- Somebody we never wrote to writes to us.
insert into contact_points (id, key_id, address) values ($1, $2, $3) on conflict (id) do nothing

-- name: texts_wait
select exists (select from inbound_texts where handled_at is null)

-- name: unread_texts
select id, contact_point_id, key_id, body, received_at, carrier, channel from inbound_texts
where contact_point_id = any ($1::uuid[]) and handled_at is null
order by id
for update

-- name: mark_texts
update inbound_texts text set handled_at = $3, outcome = given.outcome
from unnest($1::bigint[], $2::text[]) as given (id, outcome)
where text.id = given.id

-- name: note_texts_said
-- "STOP" and "START", each with its time: the row of the phone knows the last one only.
insert into audit (at, actor, action, subject, detail)
select at, 'phone', action, subject, jsonb_build_object('channel', channel, 'stopped_at', stopped_at)
from unnest($1::timestamptz[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[])
    as given (at, action, subject, channel, stopped_at)

-- name: put_stopped
-- Since when these phones get no texts ($2); null: they do again. Under their lock.
update contact_points point set stopped_at = given.at
from unnest($1::uuid[], $2::timestamptz[]) as given (id, at)
where point.id = given.id
