-- What was asked back about a visit, each kind once: one flag had stood for three questions. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.jobs_on_phone add column asked_back text[] not null default '{}';

-- migrate:down
alter table notify.jobs_on_phone drop column asked_back;
