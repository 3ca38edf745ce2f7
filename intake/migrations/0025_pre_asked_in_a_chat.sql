-- A person's right may be asked for by a conversation, which whoever erases has to name. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.privacy_requests add column conversation_id uuid;

-- migrate:down
alter table intake.privacy_requests drop column conversation_id;
