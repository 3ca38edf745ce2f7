-- Who talks on our own page. `intake/schema.sql` has the reasons.

-- migrate:up
create table intake.chat_sessions (
    id uuid primary key,
    token_hash bytea not null,
    contact_point_id uuid not null,
    opened_at timestamptz not null,
    expires_at timestamptz not null
) with (fillfactor = 80);
create index chat_sessions_of_contact_point on intake.chat_sessions (contact_point_id);
create index chat_sessions_over on intake.chat_sessions (expires_at);
create index conversation_turns_of_contact_point on intake.conversation_turns (contact_point_id, id);

grant select, insert, update, delete on intake.chat_sessions to techrescue_intake;
grant select on intake.chat_sessions to auditor;

-- migrate:down
drop index intake.conversation_turns_of_contact_point;
drop table intake.chat_sessions;
