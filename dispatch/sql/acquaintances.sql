-- Who has met whom, and what came of it.

-- name: note_met
-- $3: 1 for a visit that solved it, -1 for one that did not after all. Nobody is known who is not on the roster.
insert into acquaintances (resident_id, responder_id, good)
select resident_id, responder_id, greatest(sum(better), 0)
from unnest($1::uuid[], $2::uuid[], $3::integer[]) as given (resident_id, responder_id, better)
where exists (select from responders where responders.id = given.responder_id)
group by resident_id, responder_id
order by resident_id, responder_id
on conflict (resident_id, responder_id) do update set
    good = greatest(acquaintances.good + (
        select sum(better) from unnest($1::uuid[], $2::uuid[], $3::integer[]) as given (resident_id, responder_id, better)
        where given.resident_id = excluded.resident_id and given.responder_id = excluded.responder_id
    ), 0), updated_at = clock_timestamp()

-- name: acquaintances_page
-- A page of all, after $1, $2: good visits of the last year, and whatever was complained of. Helpers of other cities do no harm.
select resident_id, responder_id, good, complaints
from acquaintances
where (resident_id, responder_id) > ($1, $2)
    and (complaints > 0 or updated_at > statement_timestamp() - interval '1 year')
order by resident_id, responder_id
limit $3

-- name: acquaintances_changed
-- Without an order: it would tempt the planner to walk through the whole key.
select resident_id, responder_id, good, complaints
from acquaintances
where updated_at > statement_timestamp() - make_interval(secs => $1)

-- name: accused
-- Who was the last to accept a visit of these requests, whatever became of it.
select distinct on (given.request_id) given.request_id, offers.responder_id, offers.job_id, jobs.commune_code, jobs.city
from unnest($1::uuid[]) as given (request_id)
join jobs on jobs.request_id = given.request_id
join offers on offers.job_id = jobs.id and offers.kind = 'visit' and offers.status in ('accepted', 'released', 'completed')
order by given.request_id, jobs.round desc, offers.ended_at desc

-- name: put_complaint
-- Once a visit and helper. Against the helper it counts, and for this resident it holds for good. The helper is locked by the caller.
with new as (
    insert into complaints (id, city, commune_code, request_id, job_id, responder_id, reason, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict do nothing
    returning responder_id, at
), known as (
    insert into acquaintances (resident_id, responder_id, complaints)
    select $9::uuid, responder_id, 1 from new
    on conflict (resident_id, responder_id) do update set complaints = acquaintances.complaints + 1, updated_at = clock_timestamp()
)
update responders set complaints = complaints + 1, complained_at = new.at, updated_at = clock_timestamp()
from new where responders.id = new.responder_id
returning responders.id

-- name: complaints_of
-- What a ward lead looks into, the newest first. $2 null: the whole city.
select complaints.id, complaints.commune_code, jobs.code, complaints.job_id, responders.external_id as responder, complaints.reason,
    complaints.at
from complaints join responders on responders.id = complaints.responder_id join jobs on jobs.id = complaints.job_id
where complaints.city = $1 and ($2::text is null or complaints.commune_code = $2)
order by complaints.at desc, complaints.id
limit $3
