-- What is published is told by one row a context, and no mark in each event. `shared/postgres/schema.sql` has the reasons.
-- The column stays for processes of the version before, which publish once more what those of this one have published.

-- migrate:up
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
revoke execute on function transport.install_publishing(name) from public;

create or replace function transport.install_plumbing(context name) returns void
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

do $$
declare
    contexts name[] := array(
        select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where relname = 'outbox' and nspname in ('intake', 'dispatch', 'notify')
    );
    context name;
begin
    foreach context in array contexts loop
        perform transport.install_publishing(context);
        execute format($ddl$
            update %1$I.publishing set (up_to, but_for) = (
                select coalesce(max(id), 0), int8multirange(int8range(1, coalesce(max(id), 0) + 1))
                    - coalesce(range_agg(int8range(id, id, '[]')) filter (where published_at is not null), '{}')
                from %1$I.outbox)
            $ddl$, context);
    end loop;
    foreach context in array contexts loop  -- at last: it locks the outbox
        execute format('drop index %1$I.outbox_unpublished, %1$I.outbox_published', context);
    end loop;
end
$$;

-- migrate:down
create or replace function transport.install_plumbing(context name) returns void
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
            published_at timestamptz
        ) $ddl$, context);
    execute format('create index outbox_unpublished on %I.outbox (id) where published_at is null', context);
    execute format('create index outbox_published on %I.outbox using brin (published_at)', context);

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

do $$
declare
    context name;
begin
    for context in select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace where relname = 'publishing' loop
        execute format($ddl$
            update %1$I.outbox set published_at = coalesce(published_at, clock_timestamp())
            where id not in (select id from %1$I.unpublished)
            $ddl$, context);
        execute format('update %1$I.outbox set published_at = null where id in (select id from %1$I.unpublished)', context);
        execute format('drop view %1$I.unpublished', context);
        execute format('drop table %1$I.publishing', context);
        execute format('create index outbox_unpublished on %I.outbox (id) where published_at is null', context);
        execute format('create index outbox_published on %I.outbox using brin (published_at)', context);
    end loop;
end
$$;

drop function transport.install_publishing(name);
