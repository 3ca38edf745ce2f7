-- What the shared room's migrations lead to: roles, the clock, the embedded log, the plumbing of every context, the vault.
-- A test applies this file to an empty database and compares the catalogs.

-- Each room acts as its own role; what the operators' desk shows is read as techrescue_desk, which policies let see some rows only.
-- Roles belong to the whole server, so they may be there already: from another database, or from a migration that runs now.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['techrescue_intake', 'techrescue_dispatch', 'techrescue_notify', 'techrescue_carrier', 'techrescue_desk',
        'auditor'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
                execute format('grant %I to current_user', wanted);  -- pools log in as this user and take the role from there
            elsif not pg_has_role(current_user, wanted, 'member') then
                execute format('grant %I to current_user', wanted);
            end if;
        exception when duplicate_object or unique_violation or internal_error then
            null;  -- made in the same moment from another database
        end;
    end loop;
end
$$;

-- Autovacuum looks at a tenth of its usual sample: our plans have only indexes to choose from (decision 0010), and in a storm of
-- requests every table is due at once. A server where this is not ours to say works all the same.
do $$
begin
    execute format('alter database %I set default_statistics_target = 10', current_database());
exception when insufficient_privilege then
    raise notice 'default_statistics_target stays as it is: % does not own this database', current_user;
end
$$;

create schema if not exists transport;
create schema vault;
grant usage on schema transport to techrescue_intake, techrescue_dispatch, techrescue_notify, techrescue_carrier, techrescue_desk, auditor;
grant usage on schema vault to techrescue_intake, techrescue_dispatch, techrescue_notify, auditor;


-- The clock all processes share (law 9) ------------------------------------------------------------------------------

-- One row. Zero in production; tests and the embedded profile move it.
create table transport.clock_offset (
    only_row boolean primary key default true constraint clock_offset_one_row check (only_row),
    seconds double precision not null default 0
);
insert into transport.clock_offset default values;
grant select on transport.clock_offset
to techrescue_intake, techrescue_dispatch, techrescue_notify, techrescue_carrier, techrescue_desk, auditor;

create function transport.app_clock() returns timestamptz
language plpgsql volatile parallel safe
as $$
declare
    ahead double precision;
begin  -- not in SQL: that would be planned anew for every statement that asks, ten times the price of the answer
    select seconds into ahead from transport.clock_offset;
    return clock_timestamp() + make_interval(secs => ahead);
end
$$;

-- Granted to nobody: the superuser login of tests and of the embedded profile calls it.
create function transport.set_clock_offset(seconds double precision) returns void
language sql
as $$ update transport.clock_offset set seconds = $1 $$;
revoke execute on function transport.set_clock_offset(double precision) from public;


-- The embedded log: what Kafka is elsewhere --------------------------------------------------------------------------

-- The next number of each topic. The row is locked while appending, so that the log has no gaps and readers need no waiting.
create table transport.log_heads (
    topic text primary key,
    next_seq bigint not null default 0
);

create table transport.log (
    topic text not null,
    seq bigint not null,
    event_id uuid not null,
    key text not null,
    headers jsonb not null,
    body bytea not null,
    appended_at timestamptz not null default clock_timestamp(),
    primary key (topic, seq)
);
grant select, insert on transport.log to techrescue_intake, techrescue_dispatch, techrescue_notify;
grant select, insert, update on transport.log_heads to techrescue_intake, techrescue_dispatch, techrescue_notify;
grant select on transport.log, transport.log_heads to auditor;

-- Retention (law 14): a context may shorten the log at its old end, and do nothing else to it.
create function transport.trim_log(older_than timestamptz, at_most integer) returns integer
language plpgsql security definer set search_path = transport, pg_temp
as $$
declare
    gone integer;
begin
    delete from transport.log where (topic, seq) in (
        select topic, seq from transport.log where appended_at < older_than order by topic, seq limit at_most
    );
    get diagnostics gone = row_count;
    return gone;
end
$$;
revoke execute on function transport.trim_log(timestamptz, integer) from public;
grant execute on function transport.trim_log(timestamptz, integer) to techrescue_intake, techrescue_dispatch, techrescue_notify;



-- What people have been told by the auditor, as ids and words of ours, and when it last found it: whoever takes over says it no second
-- time. The one table that the auditor writes.
create table transport.audit_told (
    rule text not null,
    subject text not null,
    finding text not null,
    found_at timestamptz not null,
    primary key (rule, subject, finding)
);
grant select, insert, update, delete on transport.audit_told to auditor;


-- Every context's plumbing -------------------------------------------------------------------------------------------

-- A schema that one role uses and the auditor reads. Tables that are made in it later are granted by themselves.
create function transport.open_schema(context name) returns void
language plpgsql
as $$
declare
    owner_role name := 'techrescue_' || context;
begin
    execute format('create schema if not exists %I', context);
    execute format('grant usage on schema %I to %I, auditor', context, owner_role);
    execute format('grant select on all tables in schema %I to %I, auditor', context, owner_role);
    execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to %I', context, owner_role);
    execute format('alter default privileges in schema %I grant usage on sequences to %I', context, owner_role);
    execute format('alter default privileges in schema %I grant select on tables to auditor', context);
end
$$;

create function transport.install_publishing(context name) returns void
language plpgsql
as $$
begin
    -- How far the relay has published the outbox: all ids up to `up_to`, but for those that had not been there when it came past: of
    -- transactions that still run, or that were taken back. Marking each row instead wrote all of it once more, a twentieth of a
    -- filing. What is `doubted` was missing at `doubted_at` already: it never comes once all that ran then (below the transaction
    -- `doubted_before`) is over. The one row is nobody's to delete.
    execute format($ddl$
        create table %1$I.publishing (
            only_row boolean primary key default true constraint publishing_one_row check (only_row),
            up_to bigint not null default 0,
            but_for int8multirange not null default '{}',
            doubted int8multirange not null default '{}',
            doubted_at timestamptz not null default clock_timestamp(),
            doubted_before xid8 not null default '0'
        ) $ddl$, context);
    execute format('revoke insert, delete on %I.publishing from %I', context, 'techrescue_' || context);
    execute format('insert into %I.publishing default values', context);

    -- What still has to be published, for those who look after the relay. The relay has a query of its own, which reads no more than
    -- it takes. Sorted, so that each part is read by the index, whatever is believed of how many gaps there are.
    execute format($ddl$
        create view %1$I.unpublished as
        select missed.id, missed.event_id, missed.type, missed.created_at
        from %1$I.publishing cross join unnest(but_for) as gap
        cross join lateral (
            select * from %1$I.outbox where id >= lower(gap) and id < upper(gap) order by id
        ) as missed
        union all
        select new.id, new.event_id, new.type, new.created_at
        from %1$I.publishing cross join lateral (select * from %1$I.outbox where id > up_to order by id) as new
        $ddl$, context);
end
$$;

create function transport.install_plumbing(context name) returns void
language plpgsql
as $$
begin
    perform transport.open_schema(context);

    -- What this context has to say, in the order it was said. The id is drawn after the aggregate's row lock (law 2).
    execute format($ddl$
        create table %1$I.outbox (
            id bigint generated always as identity primary key,
            event_id uuid not null,
            topic text not null,
            key text not null,
            type text not null,
            subject uuid not null,
            version bigint not null,
            source text not null,
            occurred_at timestamptz not null,
            traceparent text,
            body bytea not null constraint outbox_body_small check (octet_length(body) <= 262144),
            created_at timestamptz not null default clock_timestamp(),
            published_at timestamptz               -- nobody writes it any more, see `publishing`; the version before read it
        ) $ddl$, context);

    perform transport.install_publishing(context);

    -- What this context has already done (law 6).
    execute format($ddl$
        create table %1$I.inbox (
            event_id uuid primary key,
            seen_at timestamptz not null default clock_timestamp()
        ) $ddl$, context);
    execute format('create index inbox_seen on %I.inbox using brin (seen_at)', context);

    -- Who did what. No personal data in `detail`.
    execute format($ddl$
        create table %1$I.audit (
            id bigint generated always as identity primary key,
            at timestamptz not null default clock_timestamp(),
            actor text not null,
            action text not null,
            subject uuid,
            detail jsonb
        ) $ddl$, context);
    execute format('create index audit_subject on %I.audit (subject)', context);

    -- What has to happen later. `guard` is the version the timer believes in; 0 believes nothing.
    execute format($ddl$
        create table %1$I.timers (
            id uuid primary key,
            kind text not null,
            subject uuid not null,
            due_at timestamptz not null,
            guard bigint not null default 0,
            created_at timestamptz not null default clock_timestamp(),
            attempts integer not null default 0,
            constraint timers_once unique (kind, subject, guard)
        ) $ddl$, context);
    execute format('create index timers_due on %I.timers (due_at)', context);

    -- Events that could not be handled, and in `parked` the later ones of the same subject, in order (law 7).
    execute format($ddl$
        create table %1$I.dead_letters (
            id bigint generated always as identity primary key,
            event_id uuid not null,
            topic text not null,
            partition integer not null,
            record_offset bigint not null,
            key text not null,
            subject text,
            headers jsonb not null,
            body bytea not null,
            reason text not null,
            parked_behind bigint references %1$I.dead_letters (id),
            status text not null default 'dead'
                constraint dead_letters_status check (status in ('dead', 'parked', 'replayed', 'discarded')),
            at timestamptz not null default clock_timestamp(),
            replay_requested_at timestamptz,
            resolved_at timestamptz
        ) $ddl$, context);
    execute format('create unique index dead_letters_once on %I.dead_letters (topic, partition, record_offset, event_id)', context);
    execute format('create index dead_letters_asked on %I.dead_letters (topic, partition) where replay_requested_at is not null', context);
    execute format('create index dead_letters_open on %I.dead_letters (subject, id) where status in (''dead'', ''parked'')', context);

    -- How far this context has read the embedded log; unused with Kafka.
    execute format($ddl$
        create table %1$I.checkpoints (
            topic text not null,
            group_name text not null,
            next_offset bigint not null,
            primary key (topic, group_name)
        ) $ddl$, context);
end
$$;
-- For `migrate:down`: everything in the schema goes, but for the table in which dbmate keeps count.
create function transport.empty_schema(context name) returns void
language plpgsql
as $$
declare
    doomed text;
begin
    for doomed in
        select format('drop view if exists %I.%I cascade', schemaname, viewname) from pg_views where schemaname = context
        union all
        select format('drop table if exists %I.%I cascade', schemaname, tablename) from pg_tables
        where schemaname = context and tablename <> 'schema_migrations'
        union all
        select format('drop routine if exists %s cascade', oid::regprocedure) from pg_proc
        where pronamespace = context::text::regnamespace
        union all
        select format('drop type if exists %s cascade', oid::regclass) from pg_class
        where relnamespace = context::text::regnamespace and relkind = 'c'
    loop
        execute doomed;
    end loop;
end
$$;

revoke execute on function
    transport.open_schema(name), transport.install_publishing(name), transport.install_plumbing(name), transport.empty_schema(name)
from public;


-- The vault: the only place where keys and phone numbers' fingerprints live ------------------------------------------

-- A phone or chat account. The number itself is nowhere: the blind index is a keyed hash of it, empty once the person is erased.
create table vault.contact_points (
    id uuid primary key,
    blind_index bytea unique,
    key_id uuid not null,
    created_at timestamptz not null default clock_timestamp(),
    erased_at timestamptz
);

-- Data keys, wrapped by the master key, which the database never sees. Deleting a row makes all it sealed unreadable.
create table vault.keys (
    id uuid primary key,
    wrapped bytea not null,
    contact_point_id uuid,  -- no foreign key: only the functions here write, and checking each row cost a fifth of a filing
    created_at timestamptz not null default clock_timestamp()
);
create index keys_contact_point on vault.keys (contact_point_id);

-- Bearer tokens by their SHA-256. A revoked one stays, for the record; its name may be given again.
create table vault.tokens (
    hash bytea primary key,
    name text not null,
    role text not null constraint tokens_role check (role in ('operator', 'adapter', 'ward_lead', 'ops')),
    city text,
    commune_code text,                         -- of a ward lead or an operator: sees and decides about this ward only; null: all
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    constraint tokens_commune check (commune_code is null or role in ('ward_lead', 'operator'))
);
create unique index tokens_name on vault.tokens (name) where revoked_at is null;

-- Get or create, for a whole batch in the caller's transaction; the answer has one row per input, doubles share one, and an
-- input without a blind index asks for nobody. Sorted, so that two batches never deadlock. Whom a parallel transaction makes in the
-- same moment is looked for again, once it has ended: asking for the conflict of each row instead cost a twentieth of a filing. The
-- last statement has a snapshot of its own and sees them. Its lock makes an erasing wait for what is written under the keys, and
-- whoever comes during the erasing wait for that: who is gone then is missing in the answer. Two batches share this lock in any
-- order, so it needs no sorting. Where all are strangers nobody else can see their rows yet, and they are as they were given.
create function vault.contact_points(blind_indexes bytea[], ids uuid[], key_ids uuid[], wrapped_keys bytea[])
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

create function vault.contact_point(blind_index bytea) returns uuid
language sql stable security definer set search_path = vault, pg_temp
as $$ select point.id from vault.contact_points point where point.blind_index = $1 $$;

-- More keys: for a person who is not (or not alone) behind a contact point. An erased contact point gets none, nor does one
-- that is being erased: the lock waits for what becomes of it.
create function vault.new_keys(key_ids uuid[], wrapped_keys bytea[], contact_point_ids uuid[]) returns void
language sql security definer set search_path = vault, pg_temp
as $$
    insert into vault.keys (id, wrapped, contact_point_id)
    select g.id, g.wrapped, g.contact_point_id
    from unnest(key_ids, wrapped_keys, contact_point_ids) as g (id, wrapped, contact_point_id)
    where g.contact_point_id is null
        or exists (select from vault.contact_points point where point.id = g.contact_point_id and point.erased_at is null for key share)
$$;

-- In PL/pgSQL, which keeps its plan: in SQL a function that is not inlined is planned anew for each statement that calls it.
create function vault.wrapped_keys(key_ids uuid[]) returns table (key_id uuid, wrapped_key bytea)
language plpgsql stable security definer set search_path = vault, pg_temp
as $$
begin
    return query select key.id, key.wrapped from vault.keys key where key.id = any (key_ids);
end
$$;

-- Forgets a person: all keys and the fingerprint. The same number filed again later is a new contact point.
-- Says how many keys are gone.
create function vault.erase(contact_point_id uuid) returns integer
language plpgsql security definer set search_path = vault, pg_temp
as $$
declare
    gone integer;
begin
    update vault.contact_points point set blind_index = null, erased_at = clock_timestamp()
    where point.id = $1 and point.erased_at is null;
    delete from vault.keys key where key.contact_point_id = $1;
    get diagnostics gone = row_count;
    return gone;
end
$$;

-- For a person without a contact point (on_behalf_of).
create function vault.erase_keys(key_ids uuid[]) returns integer
language plpgsql security definer set search_path = vault, pg_temp
as $$
declare
    gone integer;
begin
    delete from vault.keys key where key.id = any ($1)
        and not exists (select from vault.contact_points point where point.key_id = key.id and point.erased_at is null);
    get diagnostics gone = row_count;
    return gone;
end
$$;

-- Forgets whoever came by without a number and of whom nothing is left. They are named by fingerprints, which nobody can make who
-- has no master key: so intake may forget its visitors, and no role can reach for a person by their id.
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

create function vault.token(hash bytea) returns table (name text, role text, city text, expires_at timestamptz, commune_code text)
language sql stable security definer set search_path = vault, pg_temp
as $$
    select known.name, known.role, known.city, known.expires_at, known.commune_code from vault.tokens known
    where known.hash = $1 and known.revoked_at is null and known.expires_at > clock_timestamp()
$$;

-- Granted to nobody: only the login that migrates and runs the commands makes, lists and revokes tokens.
create function vault.add_token(hash bytea, name text, role text, city text, expires_at timestamptz, commune_code text default null)
returns void
language sql security definer set search_path = vault, pg_temp
as $$ insert into vault.tokens (hash, name, role, city, expires_at, commune_code) values ($1, $2, $3, $4, $5, $6) $$;

create function vault.revoke_token(name text) returns boolean
language sql security definer set search_path = vault, pg_temp
as $$
    with gone as (update vault.tokens known set revoked_at = clock_timestamp() where known.name = $1 and revoked_at is null returning 1)
    select exists (select from gone)
$$;

create function vault.list_tokens()
returns table (name text, role text, city text, commune_code text, created_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = vault, pg_temp
as $$
    select known.name, known.role, known.city, known.commune_code, known.created_at, known.expires_at, known.revoked_at
    from vault.tokens known order by known.name
$$;

revoke execute on all functions in schema vault from public;
grant execute on function
    vault.contact_points(bytea[], uuid[], uuid[], bytea[]),
    vault.contact_point(bytea),
    vault.new_keys(uuid[], bytea[], uuid[]),
    vault.wrapped_keys(uuid[]),
    vault.token(bytea)
to techrescue_intake, techrescue_dispatch, techrescue_notify;
grant execute on function vault.forget_passers(bytea[]) to techrescue_intake;
grant execute on function vault.token(bytea) to auditor;  -- its process has routes, too

