-- A conversation may file for several people, and each of them may be erased. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.conversations add column filer_ids uuid[];
update intake.conversations set filer_ids = array[filer_id] where filer_id is not null;
drop index intake.conversations_of_filer;
create index conversations_of_filers on intake.conversations using gin (filer_ids) where filer_ids is not null;

-- migrate:down
drop index intake.conversations_of_filers;
create index conversations_of_filer on intake.conversations (filer_id) where filer_id is not null;
alter table intake.conversations drop column filer_ids;
