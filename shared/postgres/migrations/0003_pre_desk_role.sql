-- The role behind the operators' desk, and operators who work for one commune. `shared/postgres/schema.sql` has the reasons.

-- migrate:up
do $$
begin
    if not exists (select from pg_roles where rolname = 'techrescue_desk') then
        execute 'create role techrescue_desk nologin';
        execute 'grant techrescue_desk to current_user';
    elsif not pg_has_role(current_user, 'techrescue_desk', 'member') then
        execute 'grant techrescue_desk to current_user';
    end if;
exception when duplicate_object or unique_violation or internal_error then
    null;  -- made in the same moment from another database
end
$$;
grant usage on schema transport to techrescue_desk;
grant select on transport.clock_offset to techrescue_desk;

alter table vault.tokens drop constraint tokens_commune;
alter table vault.tokens add constraint tokens_commune check (commune_code is null or role in ('ward_lead', 'operator'));

-- migrate:down
alter table vault.tokens drop constraint tokens_commune;
alter table vault.tokens add constraint tokens_commune check (commune_code is null or role = 'ward_lead');
revoke select on transport.clock_offset from techrescue_desk;
revoke usage on schema transport from techrescue_desk;
