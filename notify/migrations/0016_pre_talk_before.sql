-- A bare word answers what the conversation had asked before it was written. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.contact_points add column talk_asked_before timestamptz;

-- migrate:down
alter table notify.contact_points drop column talk_asked_before;
