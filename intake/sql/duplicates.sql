-- Requests that may be one, and those of which a person has said so.

-- name: duplicates_of
-- For each of $1: open requests of the same phone, and of the same kind within $2 metres and $3 of time; at most $4, the nearest
-- of the first $5 that there are. A degree of latitude is 111,195 m; places have three decimals, on a plane that is exact enough.
-- The box around each is reckoned beforehand: whoever may not see all rows has the index only for conditions that cannot fail.
with asked as materialized (
    select
        id, contact_point_id, category, filed_at, lat, lon,
        lat - high as south, lat + high as north, lon - wide as west, lon + wide as east
    from requests
    cross join lateral (select $2::float8 / 111195 as high, $2::float8 / (111195 * cos(radians(lat))) as wide) as box
    where id = any ($1::uuid[]) and danger_at is not null
)
select asked.id, array(
    select code from (
        (
            select other.id, other.code, true as same_phone, 0::float8 as metres
            from requests other
            where other.contact_point_id = asked.contact_point_id and other.danger_at is not null and other.id <> asked.id
            order by other.filed_at desc limit $4::integer
        )
        union all
        (
            select near.id, near.code, false, near.metres from (
                select other.id, other.code, other.filed_at, apart.metres
                from requests other
                cross join lateral (
                    select 111195 * sqrt(
                        power(other.lat - asked.lat, 2) + power((other.lon - asked.lon) * cos(radians(asked.lat)), 2)
                    ) as metres
                ) apart
                where other.category = asked.category and other.danger_at is not null
                    and other.lat between asked.south and asked.north and other.lon between asked.west and asked.east
                    and other.filed_at between asked.filed_at - $3::interval and asked.filed_at + $3::interval
                    and other.contact_point_id <> asked.contact_point_id and apart.metres <= $2::float8
                limit $5::integer
            ) near
            order by near.metres, near.filed_at limit $4::integer
        )
    ) both_kinds
    order by same_phone desc, metres, id limit $4::integer
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
