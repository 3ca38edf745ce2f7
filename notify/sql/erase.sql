-- name: waiting_texts_of_person
select id from messages where contact_point_id = $1 and status in ('held', 'queued', 'unknown') order by id

-- name: open_calls_of_person
select id from call_tasks where contact_point_id = $1 and status in ('open', 'taken') order by id

-- name: clear_messages
-- Texts to this person, and texts to others about requests this person was written to as the resident (name, phone, address).
with cleared as (
    update messages set body = null, address = case when contact_point_id = $1 then null else address end
    where body is not null and (
        contact_point_id = $1
        or request_id <> '00000000-0000-0000-0000-000000000000' -- of no request: what is said in every chat
        and request_id in (
            select request_id from messages where contact_point_id = $1 and role = 'resident'
            union
            select request_id from call_tasks where contact_point_id = $1 and role = 'resident'))
    returning 1)
select count(*) from cleared

-- name: clear_calls
-- Calls to this person, and what was said of them in a call that was to connect them with somebody else.
with cleared as (
    update call_tasks set body = null, address = null, peer = null
    where (body is not null or address is not null) and (
        contact_point_id = $1
        or peer::jsonb ->> 'key_id' = (select key_id::text from contact_points where id = $1))
    returning 1)
select count(*) from cleared

-- name: clear_inbound_texts
with cleared as (update inbound_texts set body = null where contact_point_id = $1 and body is not null returning 1)
select count(*) from cleared

-- name: clear_contact_point
with cleared as (update contact_points set address = null where id = $1 and address is not null returning 1)
select count(*) from cleared
