-- People's own data: what they ask for, and what is cleared when its time is over. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.requests add column cleared_at timestamptz;
create index requests_to_clear on intake.requests (updated_at)
    where cleared_at is null and phone_box <> '' and status in ('closed', 'cancelled', 'handed_off', 'unreached');
create table intake.privacy_requests (
    id uuid primary key,
    kind text not null,
    contact_point_id uuid not null,
    identified text not null,
    asked_at timestamptz not null,
    due_at timestamptz not null,
    opened_by text not null,
    owner text not null,
    raised_at timestamptz,
    status text not null default 'open',
    ended_at timestamptz,
    ended_by text,
    reason text,
    constraint privacy_requests_kind check (kind in ('export', 'correct', 'erase')),
    constraint privacy_requests_status check (status in ('open', 'done', 'refused')),
    constraint privacy_requests_ended check ((status = 'open') = (ended_at is null)),
    constraint privacy_requests_owner check (owner <> '')
) with (fillfactor = 80);
create unique index privacy_requests_once on intake.privacy_requests (contact_point_id, kind) where status = 'open';
create index privacy_requests_due on intake.privacy_requests (due_at) where status = 'open';
grant select, insert, update, delete on intake.privacy_requests to techrescue_intake;
grant select on intake.privacy_requests to auditor;

-- migrate:down
drop table intake.privacy_requests;
drop index intake.requests_to_clear;
alter table intake.requests drop column cleared_at;
