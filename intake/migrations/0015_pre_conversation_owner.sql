-- Who has to act once a person has a conversation. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.conversations add column owner text;
update intake.conversations set owner = 'hotline' where stage = 'with_person';
create index conversations_at_the_desk on intake.conversations (id) where stage = 'with_person' and owner = 'city_desk';

-- migrate:down
drop index intake.conversations_at_the_desk;
alter table intake.conversations drop column owner;
