-- What notify reports of our offers: when they left, and whom it may not write to for a while.

-- name: offers_submitted
-- The lease runs from now on, never past the cap that `expires_at` held; a second report changes nothing.
with locked as (select id from offers where id = any ($1::uuid[]) order by id for update)
update offers set
    submitted_at = given.at,
    expires_at = least(given.at + make_interval(secs => lease_seconds), expires_at),
    updated_at = clock_timestamp()
from locked join (select id, min(at) as at from unnest($1::uuid[], $2::timestamptz[]) as raw (id, at) group by id) as given
    on given.id = locked.id
where offers.id = given.id and status = 'pending' and submitted_at is null
returning offers.id, expires_at

-- name: count_messages
-- Only people of our own roster; residents are notify's to count.
insert into allowances (contact_point_id, sent_at)
select given.id, array_agg(given.at order by given.at desc)
from unnest($1::uuid[], $2::timestamptz[]) as given (id, at)
where exists (select from contact_points point where point.id = given.id)
group by given.id
order by given.id
on conflict (contact_point_id) do update set
    sent_at = (excluded.sent_at || allowances.sent_at)[1:21], updated_at = clock_timestamp()

-- name: block_contact_points
-- notify refused: limit or quiet hours. Not before $2.
insert into allowances (contact_point_id, blocked_until)
select given.id, max(given.until)
from unnest($1::uuid[], $2::timestamptz[]) as given (id, until)
where exists (select from contact_points point where point.id = given.id)
group by given.id
order by given.id
on conflict (contact_point_id) do update set
    blocked_until = greatest(allowances.blocked_until, excluded.blocked_until), updated_at = clock_timestamp()
