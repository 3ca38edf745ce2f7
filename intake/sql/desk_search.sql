-- Whose request is it, and what happened to it? Read as techrescue_desk: the policies say which rows there are.

-- name: search_code
select id from requests where code = $1

-- name: search_phone
-- Of whoever filed, and of whoever is visited on a number of their own.
select id from requests
where id = any (array(
    select id from requests where contact_point_id = $1 union select request_id from consents where contact_point_id = $1
))
order by id desc limit $2::integer

-- name: search_name
-- Requests that one of the hashes $1 leads to and that have all of $2, the newest first; at most $4 are looked at for each, and $3 told.
select distinct request.id
from unnest($1::bigint[]) as lead (hash)
cross join lateral (
    select request_id from request_names known where known.hash = lead.hash order by request_id desc limit $4::integer
) known
join requests request on request.id = known.request_id
where request.name_hashes @> $2::bigint[]
order by request.id desc limit $3::integer

-- name: life_of_request
-- Steps, audit, what dispatch and notify told, what the person wrote. Ids and words only. $2 of them after the first $3.
select at, source, what, detail from (
    select at, 'status' as source, status as what, jsonb_build_object('version', version) as detail from steps where request_id = $1
    union all
    select at, 'audit', action, jsonb_build_object('actor', actor) || coalesce(detail, '{}') from audit where subject = $1
    union all
    select at, case when what like 'message.%' then 'message' when what like 'call.%' then 'call' else 'dispatch' end, what, detail
    from chronicle where request_id = $1
    union all
    select written.received_at, 'resident', 'wrote', jsonb_strip_nulls(jsonb_build_object('channel', written.channel, 'read_by', written.read_by))
    from requests join incoming_messages written on written.contact_point_id = requests.contact_point_id
    where requests.id = $1 and written.received_at >= requests.filed_at
) entries
order by at, source, what, detail::text
limit $2 offset $3
