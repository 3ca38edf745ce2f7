-- The simulated carrier's own schema, and the rows behind every SLA figure. `notify/schema.sql` has the reasons.

-- migrate:up
select transport.open_schema('carrier');

create table carrier.messages (
    id bigint generated always as identity primary key,
    attempt_id uuid not null,
    to_number text not null,
    channel text not null,
    body text not null,
    request_id uuid not null,
    kind text not null,
    outcome text not null,
    at timestamptz not null,
    constraint messages_outcome check (outcome in ('delivered', 'undelivered', 'rejected'))
);
create index messages_of_attempt on carrier.messages (attempt_id);
create index messages_since on carrier.messages (at);

create table carrier.receipts (
    id bigint generated always as identity primary key,
    attempt_id uuid not null,
    status text not null,
    due_at timestamptz not null
);
create index receipts_due on carrier.receipts (due_at, id);

create table notify.sla_log (
    event_id uuid primary key,
    type text not null,
    at timestamptz not null,
    request_id uuid not null,
    round smallint,
    job_id uuid,
    version bigint not null,
    city text not null,
    commune_code text,
    category text not null,
    priority text not null,
    started_at timestamptz not null,
    offer_kind text,
    visit smallint,
    wave smallint,
    reason text,
    outcome text,
    escalated_to text,
    since timestamptz,
    until timestamptz,
    channel text,
    vulnerable boolean,
    responder_kind text,
    resident_told boolean
);
create index sla_log_of_request on notify.sla_log (request_id);
create index sla_log_at on notify.sla_log using brin (at);
create index sla_log_started on notify.sla_log using brin (started_at);

create table notify.sla_news (
    id bigint generated always as identity primary key,
    entry jsonb not null
);

create table notify.sla_rounds (
    request_id uuid not null,
    round smallint not null,
    job_version bigint not null,
    city text not null,
    commune_code text,
    category text not null,
    priority text not null,
    started_at timestamptz not null,
    first_offer_at timestamptz,
    accepted_at timestamptz,
    on_scene_at timestamptz,
    done_at timestamptz,
    closed_at timestamptz,
    outcome text,
    releases smallint not null default 0,
    pauses text[] not null default '{}',
    paused_until timestamptz,
    counted text[] not null default '{}',
    check_at timestamptz,
    primary key (request_id, round)
) with (fillfactor = 70);
create index sla_rounds_to_check on notify.sla_rounds (check_at) where check_at is not null;

create table notify.sla_counts (
    series text not null,
    priority text not null,
    label text not null,
    value double precision not null,
    primary key (series, priority, label)
) with (fillfactor = 50);

create table notify.kpi_rows (
    city text not null,
    measure text not null,
    day date not null,
    commune_code text not null,
    n integer not null,
    good integer not null,
    imported_at timestamptz not null,
    imported_by text not null,
    primary key (city, measure, day, commune_code),
    constraint kpi_rows_share check (good between 0 and n)
);

create table notify.sla_editions (
    id uuid primary key,
    city text not null,
    since date not null,
    until date not null,
    phase text,
    broken_down_by text[] not null,
    as_of timestamptz not null,
    submitted_at timestamptz not null,
    submitted_by text not null,
    code_version text not null,
    supersedes uuid unique references notify.sla_editions,
    sha256 text not null,
    body text not null,
    constraint sla_editions_hash check (sha256 ~ '^[0-9a-f]{64}$')
);
revoke update, delete, truncate on notify.sla_editions from techrescue_notify;

grant select, insert, update, delete on notify.sla_log, notify.sla_rounds, notify.sla_counts to techrescue_notify;
grant select on notify.sla_log, notify.sla_rounds, notify.sla_counts to auditor;

-- migrate:down
drop table notify.sla_editions, notify.kpi_rows, notify.sla_counts, notify.sla_rounds, notify.sla_news, notify.sla_log;
drop schema carrier cascade;
