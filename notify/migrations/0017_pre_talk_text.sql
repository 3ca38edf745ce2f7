-- When a conversation's question left, and over what, its own text says. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.contact_points add column talk_text_id uuid, add column talk_text_before uuid;

-- migrate:down
alter table notify.contact_points drop column talk_text_id, drop column talk_text_before;
