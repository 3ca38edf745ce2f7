-- What one batch of events touches before anything is decided about it.

-- name: take_in
-- In one statement: which events are new here (the inbox), the newest version known of each subject before and from now on, the
-- news for the service levels, and the lock of every phone that the batch may touch. A phone locked is a phone sorted: first those
-- that are there, then what the events newly say of phones (nothing old is learned from an event that is seen or stale).
with given as materialized (
    select * from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as given (event_id, subject, version)
), seen as (
    insert into inbox (event_id) select distinct event_id from given order by event_id
    on conflict do nothing
    returning event_id
), before as materialized (
    select id, version from subjects where id = any ($2)
), remembered as (
    insert into subjects as known (id, version)
    select given.subject, max(given.version) from given join seen using (event_id) group by given.subject order by given.subject
    on conflict (id) do update set version = excluded.version where known.version < excluded.version
), noted as (
    insert into sla_news (entry)
    select entry.value from jsonb_array_elements($4::jsonb) entry
    where (entry.value -> 'log' ->> 'event_id')::uuid in (select event_id from seen)
), locked as materialized (
    select id from contact_points
    where id in (
        select unnest($5::uuid[])
        union
        select contact_point_id from jobs_on_phone where job_id = any ($6::uuid[]) and ended_at is null)
    order by id
    for update
), touched as (
    insert into contact_points as known (id, key_id, address, language)
    select distinct on (told.id) told.id, told.key_id, told.address, told.language
    from unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::text[], $11::text[]) with ordinality
        as told (event_id, id, key_id, address, language, place)
    join seen using (event_id)
    join given using (event_id)
    left join before on before.id = given.subject
    where given.version >= coalesce(before.version, given.version) and (select count(*) from locked) >= 0
    order by told.id, told.place desc
    on conflict (id) do update
    set key_id = excluded.key_id, address = excluded.address, language = excluded.language, updated_at = clock_timestamp()
    where (known.key_id, known.address, known.language) is distinct from (excluded.key_id, excluded.address, excluded.language)
)
select
    array(select event_id from seen) as fresh,
    array(select id from before order by id) as subjects,
    array(select version from before order by id) as versions,
    array(select id from locked) as phones
