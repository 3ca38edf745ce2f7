-- name: offers_told
-- Of which offers these texts ($2) tell, found by their questions; and the time.
select
    transport.app_clock() as now,
    array(select offer from question_offers offer where question_id = any ($1::uuid[]) and message_id = any ($2::uuid[])
        order by message_id, offer_id) as offers

-- name: new_receipts
-- Each word of a carrier once, of attempts that are ours; a forged one finds no attempt. Sorted against deadlocks.
insert into receipts (attempt_id, status, carrier, carrier_ref, at)
select distinct on (attempt.id, given.status) attempt.id, given.status, given.carrier, given.carrier_ref, $5
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as given (attempt_id, status, carrier, carrier_ref)
join message_attempts attempt on attempt.id = given.attempt_id and attempt.carrier = given.carrier
order by attempt.id, given.status
on conflict do nothing
returning attempt_id, status, carrier_ref

-- name: insert_refs
-- What a provider calls these attempts, where its receipts name nothing else.
insert into attempt_refs (carrier, carrier_ref, attempt_id)
select carrier, carrier_ref, attempt_id from unnest($1::text[], $2::text[], $3::uuid[]) as given (carrier, carrier_ref, attempt_id)
order by carrier, carrier_ref
on conflict do nothing

-- name: attempts_of_refs
select given.carrier, given.carrier_ref, known.attempt_id
from unnest($1::text[], $2::text[]) as given (carrier, carrier_ref)
join attempt_refs known on known.carrier = given.carrier and known.carrier_ref = given.carrier_ref

-- name: keep_early_receipts
-- Of references that nobody has recorded yet. Bounded: whoever forges them fills no disk.
insert into early_receipts (carrier, carrier_ref, status, at)
select distinct carrier, carrier_ref, status, $4::timestamptz
from unnest($1::text[], $2::text[], $3::text[]) as given (carrier, carrier_ref, status)
where (select count(*) from early_receipts) < 10000
order by carrier, carrier_ref, status
on conflict do nothing

-- name: early_receipts
-- By now somebody has recorded what they speak of.
select early.carrier, early.carrier_ref, early.status, known.attempt_id
from early_receipts early
join attempt_refs known on known.carrier = early.carrier and known.carrier_ref = early.carrier_ref
order by early.at
limit $1

-- name: forget_early_receipts
-- Those that have been believed, and those that nobody ever recorded.
delete from early_receipts early
where early.at < $3
    or (early.carrier, early.carrier_ref) in (select * from unnest($1::text[], $2::text[]))

-- name: messages_of_attempts
select id as attempt_id, message_id from message_attempts where id = any ($1::uuid[])
