-- Whoever calls reads the conversation in which they were asked to. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.callbacks add column conversation_id uuid;

-- migrate:down
alter table intake.callbacks drop column conversation_id;
