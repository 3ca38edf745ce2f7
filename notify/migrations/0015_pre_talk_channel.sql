-- Where the conversation asked last: a bare word that is written elsewhere answers something else.

-- migrate:up
alter table notify.contact_points add column talk_asked_over text;

-- migrate:down
alter table notify.contact_points drop column talk_asked_over;
