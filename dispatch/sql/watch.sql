-- What a dashboard shows of dispatch. Nothing here decides about an offer.

-- name: count_open_jobs
-- By status and tier, and since when the longest waits for somebody: what stands still by somebody's wish does not wait.
select status, priority, count(*) as jobs,
    coalesce(extract(epoch from $2 - min(waiting_since) filter (
        where status in ('pending', 'offered') and (not_before is null or not_before <= $2)
    )), 0)::float8 as waits_seconds
from jobs where city = $1 and closed_at is null
group by status, priority

-- name: count_ended_offers
-- Visit offers that ended since $2, by how. Whoever said yes said yes, whatever came of the visit.
select case when status in ('accepted', 'released', 'completed') then 'accepted' else status end as result, count(*) as offers
from offers
where city = $1 and kind = 'visit' and status <> 'pending' and updated_at >= $2 and ended_at >= $2
group by result

-- name: count_people_at_work
-- By kind: who is on shift and can be asked, how many visits they have accepted today, by how many people, and the most of one.
with today as (
    select id, kind, case when counted_on = local_day($2) then accepted_today else 0 end as accepted
    from responders where city = $1 and active
), there as (
    select distinct shifts.responder_id as id
    from shifts join responders one on one.id = shifts.responder_id
        join contact_points point on point.id = one.contact_point_id
    where shifts.ends_at > $2 and shifts.starts_at <= $2 and shifts.status in ('planned', 'confirmed')
        and one.city = $1 and one.active and coalesce(one.off_duty_until <= $2, true)
        and point.confirmed_at is not null and point.address is not null and point.unreachable_at is null
)
select kind, count(there.id) as on_shift, coalesce(sum(accepted), 0)::bigint as visits,
    count(*) filter (where accepted > 0) as working, coalesce(max(accepted), 0) as most
from today left join there using (id)
group by kind
