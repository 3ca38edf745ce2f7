-- What anybody may list. Ids are made in the order of time: their range bounds what is looked at, and the day on either side is for
-- clocks that differ. Suspected fraud is in no list: it would tell the fraud that somebody has called. Nor is whoever was erased.

-- name: list_open311
select id, status, category, commune_code, lat, lon, filed_at, updated_at, expected_at
from requests
where id between $1 and $2 and filed_at between $3 and $4 and phone_box <> '' and category <> $5
    and ($6::text[] is null or category = any ($6)) and ($7::text[] is null or status = any ($7))
order by id desc
limit $8 offset $9

-- name: read_open311
-- By ids, which only who has filed or seen the list knows.
select id, status, category, commune_code, lat, lon, filed_at, updated_at, expected_at
from requests
where id = any ($1) and phone_box <> ''
order by id
