-- The simulated carrier's own statements. Schema `carrier` belongs to it alone, as a provider's database would.

-- name: lay_down_messages
-- What the phones have now, for a batch of sends that share one commit. A message whose time is over is not delivered: the
-- carrier keeps the validity it was given, whatever the sender thinks by now.
insert into carrier.messages (attempt_id, to_number, channel, body, request_id, kind, outcome, at)
select attempt_id, to_number, channel, body, request_id, kind,
    case when outcome = 'delivered' and not_after <= transport.app_clock() then 'undelivered' else outcome end,
    transport.app_clock()
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[])
    with ordinality as sent (attempt_id, to_number, channel, body, request_id, kind, outcome, not_after, place)
order by place
returning attempt_id, outcome

-- name: owe_receipts
-- Kept in rows, so that a kill loses no receipt. Real time, not the moved clock: a story that jumps a day ahead still waits for
-- its receipts like a phone would.
insert into carrier.receipts (attempt_id, status, due_at)
select attempt_id, status, clock_timestamp() + make_interval(secs => delay)
from unnest($1::uuid[], $2::text[], $3::double precision[]) with ordinality as owed (attempt_id, status, delay, place)
order by place

-- name: read_due_receipts
-- One process plays the network; a second one would only double receipts, which are harmless.
select id, attempt_id, status from carrier.receipts where due_at <= (select clock_timestamp()) order by due_at, id limit 500

-- name: forget_receipts
delete from carrier.receipts where id = any ($1::bigint[])

-- name: read_outcome
select outcome from carrier.messages where attempt_id = $1 order by (outcome = 'delivered') desc, id desc limit 1

-- name: read_messages_after
-- What the phones show, in the order it came.
select id, to_number, channel, body, request_id, kind, at from carrier.messages
where id > $1 and outcome = 'delivered' order by id limit $2

-- name: read_messages_since
select id, to_number, channel, body, request_id, kind, at from carrier.messages
where at >= $1 and outcome = 'delivered' order by id limit $2
