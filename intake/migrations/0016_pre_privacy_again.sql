-- What somebody has agreed to where they drew their number, and drafts by the code they became. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.tickets add column data_consent text;
create index drafts_of_request on intake.drafts (code) where code is not null;

-- migrate:down
drop index intake.drafts_of_request;
alter table intake.tickets drop column data_consent;
