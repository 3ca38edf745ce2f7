-- Calls, callbacks and drafts of the hotline. `intake/schema.sql` has the reasons.

-- migrate:up
create table intake.calls (
    id uuid primary key,
    call_hash bytea not null,
    source text not null,
    contact_point_id uuid,
    key_id uuid,
    phone_box text,
    rang_at timestamptz,
    answered_at timestamptz,
    operator text,
    ended_at timestamptz,
    lost_at timestamptz,
    lost text,
    silent_at timestamptz,
    outcome text,
    began_at timestamptz,
    unanswered_at timestamptz,
    heard_at timestamptz not null,
    constraint calls_once unique (call_hash),
    constraint calls_outcome check (outcome in ('answered', 'missed', 'abandoned')),
    constraint calls_number check ((contact_point_id is null) = (key_id is null) and (key_id is null) = (phone_box is null))
) with (fillfactor = 80);
create index calls_of_contact_point on intake.calls (contact_point_id, heard_at);
create index calls_now on intake.calls (heard_at) where ended_at is null and unanswered_at is null;
create index calls_unanswered on intake.calls (heard_at) where unanswered_at is not null and contact_point_id is not null;
create index calls_began on intake.calls (began_at);

create table intake.callbacks (
    id uuid primary key,
    contact_point_id uuid not null,
    key_id uuid not null,
    phone_box text not null,
    reason text not null,
    request_id uuid,
    misses integer not null,
    asked_at timestamptz,
    first_at timestamptz not null,
    last_at timestamptz not null,
    status text not null,
    owner text not null,
    due_at timestamptz not null,
    lease_until timestamptz,
    held_by text,
    said_by text,
    outcome text,
    tries integer not null,
    raised integer not null,
    escalated_at timestamptz,
    covers_until timestamptz,
    opened_at timestamptz not null,
    ended_at timestamptz,
    version bigint not null,
    constraint callbacks_status check (status in ('open', 'taken', 'ended')),
    constraint callbacks_owned check (owner <> ''),
    constraint callbacks_lease check ((status = 'taken') = (lease_until is not null)),
    constraint callbacks_ended check ((status = 'ended') = (ended_at is not null))
) with (fillfactor = 80);
create unique index callbacks_once on intake.callbacks (contact_point_id) where ended_at is null;
create index callbacks_of_contact_point on intake.callbacks (contact_point_id, covers_until);
create index callbacks_open on intake.callbacks (due_at) where ended_at is null;
create index callbacks_ended on intake.callbacks (ended_at) where ended_at is not null;

create table intake.drafts (
    id uuid primary key,
    key_hash bytea not null,
    operator text not null,
    call_id uuid,
    contact_point_id uuid,
    key_id uuid not null,
    box text not null,
    version integer not null,
    status text not null,
    code text,
    created_at timestamptz not null,
    touched_at timestamptz not null,
    constraint drafts_once unique (key_hash),
    constraint drafts_status check (status in ('open', 'filing', 'filed')),
    constraint drafts_code check ((status = 'filed') = (code is not null))
) with (fillfactor = 80);
create index drafts_of_operator on intake.drafts (operator) where status <> 'filed';
create index drafts_of_contact_point on intake.drafts (contact_point_id);
create index drafts_touched on intake.drafts (touched_at);

-- migrate:down
drop table intake.drafts;
drop table intake.callbacks;
drop table intake.calls;
