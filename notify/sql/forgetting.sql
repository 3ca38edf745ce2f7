-- What is forgotten when its time is over. Ids begin with their time, so that the oldest are found by the key of their table, a
-- stretch at a time; $1 is where the last one ended, $2 where the young begin.

-- name: forget_texts
-- What was said and to whom, of texts that are over. That it was said, when, and what it cost stays.
with stretch as materialized (select id from messages where id > $1 and id < $2 order by id limit $3),
cleared as (
    update messages set body = null, address = null
    where id in (select id from stretch) and ended_at is not null and (body is not null or address is not null)
    returning 1)
select (select id from stretch order by id desc limit 1) as last, (select count(*) from cleared) as gone

-- name: forget_calls
with stretch as materialized (select id from call_tasks where id > $1 and id < $2 order by id limit $3),
cleared as (
    update call_tasks set body = null, address = null, peer = null
    where id in (select id from stretch) and ended_at is not null and (body is not null or address is not null or peer is not null)
    returning 1)
select (select id from stretch order by id desc limit 1) as last, (select count(*) from cleared) as gone

-- name: forget_refs
-- By then no provider speaks of them any more.
delete from attempt_refs where attempt_id in (select attempt_id from attempt_refs where attempt_id < $1 order by attempt_id limit $2)

-- name: forget_receipts
delete from receipts where attempt_id in (select attempt_id from receipts where attempt_id < $1 order by attempt_id limit $2)

-- name: forget_inbound_texts
-- What people wrote, once something was made of it; by the order in which it came.
with stretch as materialized (
    select id from inbound_texts
    where id > $1 and received_at < (select transport.app_clock()) - make_interval(days => $2)
    order by id
    limit $3),
cleared as (
    update inbound_texts set body = null
    where id in (select id from stretch) and handled_at is not null and body is not null
    returning 1)
select (select id from stretch order by id desc limit 1) as last, (select count(*) from cleared) as gone

-- name: forget_probes
-- Those of a provider that is no longer there.
delete from probes where id in (
    select id from probes where sent_at < clock_timestamp() - interval '7 days' order by sent_at limit $1 for update skip locked)

-- name: forget_phones
-- Numbers with which nothing has passed either way for so long; whatever concerns them next brings the number along.
update contact_points set address = null
where id in (
    select id from contact_points point, (select transport.app_clock() - make_interval(days => $1) as edge) as clock
    where address is not null and updated_at < edge
        and not exists (select from message_attempts where contact_point_id = point.id and started_at >= edge)
        and not exists (select from inbound_texts where contact_point_id = point.id and received_at >= edge)
        and not exists (select from accounts where contact_point_id = point.id and gone_at is null)
    order by id limit $2
    for update of point skip locked)
