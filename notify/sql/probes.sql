-- Probes: messages to numbers of ours, one provider at a time. They are no messages of anybody: no limit, cost or figure counts them.

-- name: try_prober_lock
-- One prober a database; the lock lives as long as the session.
select pg_try_advisory_lock(hashtextextended('the prober', 0))

-- name: begin_probe
-- Real time: it is measured. What is older than a week is forgotten with the next one.
with old as (delete from probes where carrier = $2 and sent_at < clock_timestamp() - interval '7 days')
insert into probes (id, carrier, sent_at) values ($1, $2, clock_timestamp())

-- name: end_probe
update probes set outcome = $2, ended_at = clock_timestamp() where id = $1 and outcome is null

-- name: end_probes
-- By receipts that speak of no message: those of probes of that provider, by our id or by its own.
update probes set outcome = given.outcome, ended_at = clock_timestamp()
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as given (id, carrier, carrier_ref, outcome)
where probes.carrier = given.carrier and probes.outcome is null and (probes.id = given.id or probes.carrier_ref = given.carrier_ref)

-- name: name_probe
update probes set carrier_ref = $2 where id = $1

-- name: probe_outcome
select outcome, extract(epoch from ended_at - sent_at)::float8 as seconds from probes where id = $1

-- name: last_probes
-- When each provider last brought one.
select carrier, extract(epoch from max(ended_at))::float8 as at from probes where outcome = 'delivered' group by carrier
