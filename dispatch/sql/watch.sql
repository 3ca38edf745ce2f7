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
with on_shift as (
    select distinct responder_id from shifts where ends_at > $2 and starts_at <= $2 and status in ('planned', 'confirmed')
), today as (
    select kind, case when counted_on = local_day($2) then accepted_today else 0 end as accepted,
        on_shift.responder_id is not null and coalesce(off_duty_until <= $2, true)
            and confirmed_at is not null and address is not null and unreachable_at is null as there
    from responders
        join contact_points point on point.id = responders.contact_point_id
        left join on_shift on on_shift.responder_id = responders.id
    where responders.city = $1 and active
)
select kind, count(*) filter (where there) as on_shift, coalesce(sum(accepted), 0)::bigint as visits,
    count(*) filter (where accepted > 0) as working, coalesce(max(accepted), 0) as most
from today
group by kind
