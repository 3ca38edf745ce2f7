-- Jobs that were over long ago are found by the moment. `dispatch/schema.sql` has the reasons.

-- migrate:up
create index jobs_to_forget on dispatch.jobs (closed_at) where closed_at is not null and details ->> 'box' <> '';

-- migrate:down
drop index dispatch.jobs_to_forget;
