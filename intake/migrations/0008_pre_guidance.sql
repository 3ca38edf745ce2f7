-- The knowledge base of a deployment, and what became of what was offered. `intake/schema.sql` has the reasons.

-- migrate:up
create table intake.guidance_versions (
    version integer primary key,
    id uuid not null,
    digest bytea not null,
    at timestamptz not null,
    imported_by text not null,
    procedures integer not null,
    constraint guidance_versions_id unique (id)
);

create table intake.procedures (
    version integer not null,
    code text not null,
    name text not null,
    office_group text not null,
    owner text not null,
    category text,
    steps text[] not null,
    primary key (version, code)
);

create table intake.guidance_outcomes (
    entry_id text not null,
    day date not null,
    offered integer not null default 0,
    helped integer not null default 0,
    not_helped integer not null default 0,
    person integer not null default 0,
    primary key (entry_id, day)
);

grant select, insert, update, delete on intake.guidance_versions, intake.procedures, intake.guidance_outcomes to techrescue_intake;
grant select on intake.guidance_versions, intake.procedures, intake.guidance_outcomes to auditor;

-- migrate:down
drop table intake.guidance_outcomes;
drop table intake.procedures;
drop table intake.guidance_versions;
