-- Requests that nobody could locate, and what a geocoder believes about them.

-- name: without_place
-- The oldest first; `hint` is the commune in which a deployment's own geocoder found the address.
select id, code, channel, category, priority, filed_at, key_id, details_box, hints.commune_code as hint
from requests left join place_hints hints on hints.request_id = requests.id
where status = 'needs_location' and details_box <> ''
order by filed_at
limit $1

-- name: not_geocoded
-- The geocoder has not answered about these; after a day nobody asks it any more. $2: one that it chokes on comes after the others.
select id, code, key_id, details_box
from requests
where status = 'needs_location' and details_box <> ''
    and filed_at > transport.app_clock() - interval '1 day'
    and not exists (select from place_hints hints where hints.request_id = requests.id)
order by id = any ($2::uuid[]), filed_at
limit $1

-- name: keep_hint
-- Also that it knew nothing ($2 null): it is asked once.
insert into place_hints (request_id, commune_code, at) values ($1, $2, $3)
on conflict (request_id) do nothing

-- name: sweep_hints
-- Of requests whose place is known by now, or that are over.
delete from place_hints
where request_id in (
    select request_id from place_hints hint join requests on requests.id = hint.request_id
    where requests.status <> 'needs_location' limit $1 for update of hint skip locked
)
