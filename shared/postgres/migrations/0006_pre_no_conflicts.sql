-- People who are new are made without asking for each whether somebody makes them, too. `shared/postgres/schema.sql` has the reasons.

-- migrate:up
create or replace function vault.contact_points(blind_indexes bytea[], ids uuid[], key_ids uuid[], wrapped_keys bytea[])
returns table (ordinal integer, contact_point_id uuid, key_id uuid, wrapped_key bytea)
language plpgsql security definer set search_path = vault, pg_temp
as $$
#variable_conflict use_column
declare
    strangers integer;
    broken text;
begin
    for tries in 1 .. 100 loop
        begin
            with given as materialized (
                select distinct on (blind_index) g.blind_index, g.id, g.key_id, g.wrapped
                from unnest(blind_indexes, ids, key_ids, wrapped_keys) with ordinality as g (blind_index, id, key_id, wrapped, place)
                where g.blind_index is not null
                    and not exists (select from vault.contact_points known where known.blind_index = g.blind_index)
                order by blind_index, place
            ), made as (
                insert into vault.contact_points (id, blind_index, key_id)
                select given.id, given.blind_index, given.key_id from given
            )
            insert into vault.keys (id, wrapped, contact_point_id)
            select given.key_id, given.wrapped, given.id from given;
            get diagnostics strangers = row_count;
            exit;
        exception when unique_violation then
            get stacked diagnostics broken = constraint_name;
            if tries = 100 or broken <> 'contact_points_blind_index_key' then
                raise;
            end if;
        end;
    end loop;
    if strangers = cardinality(array_remove(blind_indexes, null)) then
        return query select g.place::integer, g.id, g.key_id, g.wrapped
        from unnest(blind_indexes, ids, key_ids, wrapped_keys) with ordinality as g (blind_index, id, key_id, wrapped, place)
        where g.blind_index is not null;
        return;
    end if;

    return query
    select g.place::integer, point.id, point.key_id, key.wrapped
    from unnest(blind_indexes) with ordinality as g (blind_index, place)
    join vault.contact_points point on point.blind_index = g.blind_index
    join vault.keys key on key.id = point.key_id
    order by g.place
    for key share of point;
end
$$;

-- migrate:down
create or replace function vault.contact_points(blind_indexes bytea[], ids uuid[], key_ids uuid[], wrapped_keys bytea[])
returns table (ordinal integer, contact_point_id uuid, key_id uuid, wrapped_key bytea)
language plpgsql security definer set search_path = vault, pg_temp
as $$
#variable_conflict use_column
declare
    strangers integer;
begin
    with given as (
        select distinct on (blind_index) g.blind_index, g.id, g.key_id, g.wrapped
        from unnest(blind_indexes, ids, key_ids, wrapped_keys) with ordinality as g (blind_index, id, key_id, wrapped, place)
        where g.blind_index is not null
            and not exists (select from vault.contact_points known where known.blind_index = g.blind_index)
        order by blind_index, place
    ), made as (
        insert into vault.contact_points (id, blind_index, key_id)
        select given.id, given.blind_index, given.key_id from given order by given.blind_index
        on conflict (blind_index) do nothing
        returning blind_index
    )
    insert into vault.keys (id, wrapped, contact_point_id)
    select given.key_id, given.wrapped, given.id from given where given.blind_index = any (array(select made.blind_index from made));
    get diagnostics strangers = row_count;
    if strangers = cardinality(array_remove(blind_indexes, null)) then
        return query select g.place::integer, g.id, g.key_id, g.wrapped
        from unnest(blind_indexes, ids, key_ids, wrapped_keys) with ordinality as g (blind_index, id, key_id, wrapped, place)
        where g.blind_index is not null;
        return;
    end if;

    return query
    select g.place::integer, point.id, point.key_id, key.wrapped
    from unnest(blind_indexes) with ordinality as g (blind_index, place)
    join vault.contact_points point on point.blind_index = g.blind_index
    join vault.keys key on key.id = point.key_id
    order by g.place
    for key share of point;
end
$$;
