-- Requests that may be one, and those of which a person has said so.

-- name: duplicates_of
-- For each of $1 that is open: the codes of what may be the same, by $2 to $5 as `intake.alike` takes them.
with asked as materialized (
    select
        id, contact_point_id, category, filed_at, lat, lon,
        lat - high as south, lat + high as north, lon - wide as west, lon + wide as east
    from requests
    cross join lateral (select $2::float8 / 111195 as high, $2::float8 / (111195 * cos(radians(lat))) as wide) as box
    where id = any ($1::uuid[]) and danger_at is not null
)
select id, array(
    select code from intake.alike(id, contact_point_id, category, filed_at, lat, lon, south, north, west, east, $2, $3, $4, $5)
) as codes
from asked

-- name: ids_of_codes
select id from requests where code = any ($1::text[]) order by id

-- name: read_merge
select into_id from merges where request_id = $1

-- name: keep_merge
insert into merges (request_id, into_id, merged_at, merged_by, consent) values ($1, $2, $3, $4, $5)

-- name: drop_merge
delete from merges where request_id = $1 returning into_id, consent

-- name: merges_to_set_free
-- Theirs has ended without help, and it was somebody else's: whoever was merged into it still waits.
select merged.id from merges
join requests merged on merged.id = merges.request_id
join requests other on other.id = merges.into_id
where merged.status = 'cancelled' and other.status in ('cancelled', 'unreached') and merged.details_box <> ''
    and merged.contact_point_id <> other.contact_point_id
order by merged.id limit $1

-- name: is_to_set_free
-- Under its lock: somebody may have taken the merging back meanwhile.
select exists (
    select from merges join requests merged on merged.id = merges.request_id join requests other on other.id = merges.into_id
    where merges.request_id = $1 and merged.status = 'cancelled' and other.status in ('cancelled', 'unreached')
        and merged.details_box <> ''
)

-- name: pass_on_merges
-- What was merged into $1 follows it into $2.
update merges set into_id = $2 where into_id = $1
