-- Queues of service points, and requests that come from there, over Open311 and from files. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.requests drop constraint requests_channel;
alter table intake.requests add constraint requests_channel
    check (channel in ('hotline', 'web', 'chat', 'counter', 'open311', 'import')) not valid;
alter table intake.requests validate constraint requests_channel;

create table intake.service_points (
    id text primary key,
    name text not null,
    commune_code text not null,
    days text not null,
    opens integer not null,
    closes integer not null,
    on_holidays boolean not null,
    active boolean not null,
    updated_at timestamptz not null default clock_timestamp(),
    constraint service_points_hours check (0 <= opens and opens < closes and closes <= 1440)
);

create table intake.point_days (
    point_id text not null,
    day date not null,
    last_number integer not null default 0,
    calls integer not null default 0,
    in_a_row integer not null default 0,
    primary key (point_id, day)
) with (fillfactor = 80);

create table intake.tickets (
    id uuid primary key,
    point_id text not null,
    day date not null,
    number integer not null,
    status text not null,
    version bigint not null default 1,
    reason text,
    category text,
    language text not null,
    owner text,
    taken_at timestamptz not null,
    closes_at timestamptz not null,
    called_at timestamptz,
    ended_at timestamptz,
    desk text,
    no_shows integer not null default 0,
    comes_after integer,
    contact_point_id uuid,
    key_id uuid,
    phone_box text,
    need_box text,
    request_code text,
    key_hash bytea not null,
    body_hash bytea not null,
    constraint tickets_number unique (point_id, day, number),
    constraint tickets_key unique (key_hash),
    constraint tickets_status check (status in ('waiting', 'called', 'done', 'missed', 'cancelled', 'unserved', 'unreported')),
    constraint tickets_owner check (owner is not null or status not in ('waiting', 'called')),
    constraint tickets_over check ((ended_at is null) = (status in ('waiting', 'called')))
) with (fillfactor = 80);
create index tickets_live on intake.tickets (id) where status in ('waiting', 'called');
create index tickets_served on intake.tickets (point_id, ended_at) where status = 'done';
create index tickets_of_contact_point on intake.tickets (contact_point_id) where contact_point_id is not null;

create table intake.imports (
    id uuid primary key,
    file_hash text not null,
    by text not null,
    begun_at timestamptz not null,
    progressed_at timestamptz not null,
    status text not null,
    rows integer not null,
    good integer not null,
    filed integer not null default 0,
    before integer not null default 0,
    bad jsonb not null default '[]',
    constraint imports_file unique (file_hash),
    constraint imports_status check (status in ('running', 'stopped', 'done'))
) with (fillfactor = 80);

grant select, insert, update, delete on intake.service_points, intake.point_days, intake.tickets, intake.imports to techrescue_intake;
grant select on intake.service_points, intake.point_days, intake.tickets, intake.imports to auditor;

-- migrate:down
drop table intake.imports;
drop table intake.tickets;
drop table intake.point_days;
drop table intake.service_points;
alter table intake.requests drop constraint requests_channel;
alter table intake.requests add constraint requests_channel check (channel in ('hotline', 'web', 'chat'));
