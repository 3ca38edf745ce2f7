-- Whose operators may take a call beside those of the city.

-- migrate:up
alter table notify.call_tasks add column commune_code text;

-- migrate:down
alter table notify.call_tasks drop column commune_code;
