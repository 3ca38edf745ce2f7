-- What notify reports of our offers: when they left, and whom it may not write to for a while.

-- name: take_submitted
-- Messages that left: of each event new to us, the lease of its offer runs from now on, never past the cap that `expires_at` held
-- (a second report changes nothing), its timer moves, and the text counts for whoever got it ($5), if it is somebody of our roster;
-- residents are notify's to count. First the inbox, then offers by id, then timers (law 2).
with fresh as (
    insert into inbox (event_id) select distinct id from unnest($1::uuid[]) as given (id) order by id
    on conflict do nothing
    returning event_id
), news as materialized (
    select distinct event_id, offer_id, contact_point_id, at, counts
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::boolean[])
        as given (event_id, offer_id, contact_point_id, at, counts)
    where event_id in (select event_id from fresh)
), locked as (
    select id from offers where id in (select offer_id from news) order by id for update
), submitted as (
    update offers set
        submitted_at = given.at,
        expires_at = least(given.at + make_interval(secs => lease_seconds), expires_at),
        updated_at = clock_timestamp()
    from locked join (select offer_id, min(at) as at from news group by offer_id) as given on given.offer_id = locked.id
    where offers.id = locked.id and status = 'pending' and submitted_at is null
    returning offers.id, expires_at
), ticking as (
    insert into timers (id, kind, subject, due_at, guard)
    select gen_random_uuid(), 'offer_expiry', id, expires_at, 0 from submitted order by id
    on conflict (kind, subject, guard) do update set due_at = excluded.due_at, attempts = 0
)
insert into allowances (contact_point_id, sent_at)
select contact_point_id, array_agg(at order by at desc)
from news
where counts and exists (select from contact_points point where point.id = contact_point_id)
group by contact_point_id
order by contact_point_id
on conflict (contact_point_id) do update set
    sent_at = (excluded.sent_at || allowances.sent_at)[1:21], updated_at = clock_timestamp()

-- name: block_contact_points
-- notify refused: limit, quiet hours or an outage. Not before $2.
insert into allowances (contact_point_id, blocked_until)
select given.id, max(given.until)
from unnest($1::uuid[], $2::timestamptz[]) as given (id, until)
where exists (select from contact_points point where point.id = given.id)
group by given.id
order by given.id
on conflict (contact_point_id) do update set
    blocked_until = greatest(allowances.blocked_until, excluded.blocked_until), updated_at = clock_timestamp()
