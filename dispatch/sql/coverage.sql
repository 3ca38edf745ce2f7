-- Who will be there: what coverage.py looks for gaps in. Nothing here decides about an offer.

-- name: presence_in_commune
-- Each kind of person and window once, cut to [$3, $4) and to the end of a break: of those who could be asked, as far as it is known
-- before a job is.
select distinct one.skills, one.kind = 'engineer' as engineer,
    ceil(extract(epoch from greatest(starts_at, $3, off_duty_until)))::bigint as starts, floor(extract(epoch from least(ends_at, $4)))::bigint as ends
from responders one
join contact_points point on point.id = one.contact_point_id
join shifts on shifts.responder_id = one.id
where one.city = $1 and one.commune_code = $2 and one.active and one.capacity > 0
    and point.confirmed_at is not null and point.address is not null and point.unreachable_at is null
    and shifts.status in ('planned', 'confirmed') and shifts.ends_at > greatest($3, one.off_duty_until) and shifts.starts_at < $4
    and coalesce(one.off_duty_until < $4, true)
