-- What somebody has agreed to where they drew their number, and questions whose time is over. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.tickets add column data_consent text;
create index drafts_of_request on intake.drafts (code) where code is not null;
create index inquiries_unanswered on intake.inquiries (open_until) where answered_at is null;

-- migrate:down
drop index intake.inquiries_unanswered;
drop index intake.drafts_of_request;
alter table intake.tickets drop column data_consent;
