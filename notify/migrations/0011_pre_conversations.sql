-- When intake's conversation has asked a phone something last. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.contact_points add column talk_asked_at timestamptz;

-- migrate:down
alter table notify.contact_points drop column talk_asked_at;
