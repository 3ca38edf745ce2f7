-- Answers to what somebody has just done themselves are counted apart. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.message_attempts add column as_answer boolean not null default false;

-- migrate:down
alter table notify.message_attempts drop column as_answer;
