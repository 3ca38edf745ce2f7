-- What people have been told by the auditor. `shared/postgres/schema.sql` has the reasons.

-- migrate:up
create table transport.audit_told (
    rule text not null,
    subject text not null,
    finding text not null,
    found_at timestamptz not null,
    primary key (rule, subject, finding)
);
grant select, insert, update, delete on transport.audit_told to auditor;

-- migrate:down
drop table transport.audit_told;
