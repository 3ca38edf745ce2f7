-- New numbers are confirmed, and consent to the use of personal data is kept. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.requests add column held boolean not null default false;
create table intake.numbers (
    contact_point_id uuid primary key,
    request_id uuid not null,
    code_hash bytea,
    code_until timestamptz,
    tries integer not null default 0,
    met_at timestamptz not null,
    confirmed_at timestamptz,
    confirmed_by text
) with (fillfactor = 80);

create table intake.data_consents (
    request_id uuid primary key,
    contact_point_id uuid not null,
    version text not null,
    language text not null,
    door text not null,
    said_by text not null,
    at timestamptz not null
);
create index data_consents_of_contact_point on intake.data_consents (contact_point_id);
grant select, insert, update, delete on intake.numbers, intake.data_consents to techrescue_intake;
grant select on intake.numbers, intake.data_consents to auditor;

-- migrate:down
drop table intake.data_consents;
drop table intake.numbers;
alter table intake.requests drop column held;
