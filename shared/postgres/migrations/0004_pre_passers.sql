-- Visitors of the web chat are forgotten in the vault, too. `shared/postgres/schema.sql` has the reasons.

-- migrate:up
create function vault.forget_passers(blind_indexes bytea[]) returns integer
language plpgsql security definer set search_path = vault, pg_temp
as $$
declare
    gone integer;
begin
    with passed as (
        select point.id from vault.contact_points point where point.blind_index = any ($1) order by point.blind_index for update
    ), keyless as (
        delete from vault.keys key using passed where key.contact_point_id = passed.id
    )
    delete from vault.contact_points point using passed where point.id = passed.id;
    get diagnostics gone = row_count;
    return gone;
end
$$;
revoke execute on function vault.forget_passers(bytea[]) from public;
grant execute on function vault.forget_passers(bytea[]) to techrescue_intake;

-- migrate:down
drop function vault.forget_passers(bytea[]);
