-- Conversations: what the machine remembers between two messages, and what was said. `intake/schema.sql` has the reasons.

-- migrate:up
create table intake.conversations (
    id uuid primary key,
    key bytea not null,
    city text not null,
    channel text not null,
    contact_point_id uuid not null,
    key_id uuid not null,
    phone_box text,
    stage text not null,
    language text not null,
    version bigint not null,
    box text not null,
    code text,
    filer_id uuid,
    wake_at timestamptz,
    began_at timestamptz not null,
    heard_at timestamptz not null,
    ended_at timestamptz,
    constraint conversations_channel check (channel in ('zalo', 'telegram', 'sms', 'web')),
    constraint conversations_stage check
        (stage in ('listening', 'confirming', 'filing', 'idle', 'cancelling', 'with_person', 'asleep', 'over')),
    constraint conversations_wait check (stage in ('filing', 'cancelling', 'over') or wake_at is not null),
    constraint conversations_ended check ((ended_at is not null) = (stage = 'over'))
) with (fillfactor = 70);
create unique index conversations_live on intake.conversations (key) where stage <> 'over';
create index conversations_at_the_clerk on intake.conversations (id) where stage in ('filing', 'cancelling');
create index conversations_of_contact_point on intake.conversations (contact_point_id);
create index conversations_of_filer on intake.conversations (filer_id) where filer_id is not null;
create index conversations_over on intake.conversations (ended_at) where ended_at is not null;
create table intake.conversation_turns (
    id bigint generated always as identity primary key,
    conversation_id uuid not null,
    contact_point_id uuid not null,
    speaker text not null,
    message_id text,
    answers text,
    text_box text not null,
    at timestamptz not null,
    constraint conversation_turns_speaker check (speaker in ('they', 'we', 'person')),
    constraint conversation_turns_of_them check ((message_id is not null) = (speaker = 'they'))
);
create unique index conversation_turns_once on intake.conversation_turns (contact_point_id, message_id) where message_id is not null;
create index conversation_turns_of_conversation on intake.conversation_turns (conversation_id, id);
create index conversation_turns_by_age on intake.conversation_turns (at);
alter table intake.incoming_messages add column conversation_id uuid;
create unique index incoming_messages_handed_over on intake.incoming_messages (conversation_id)
    where conversation_id is not null and read_at is null;
grant select, insert, update, delete on intake.conversations, intake.conversation_turns to techrescue_intake;
grant usage on all sequences in schema intake to techrescue_intake;
grant select on intake.conversations, intake.conversation_turns to auditor;

-- migrate:down
drop index intake.incoming_messages_handed_over;
alter table intake.incoming_messages drop column conversation_id;
drop table intake.conversation_turns;
drop table intake.conversations;
