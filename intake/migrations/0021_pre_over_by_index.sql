-- What is swept away is found by when it was: a backlog asks five times a second. `intake/schema.sql` has the reasons.

-- migrate:up
create index calls_heard on intake.calls (heard_at);
create index tickets_of_day on intake.tickets (day);

-- migrate:down
drop index intake.tickets_of_day;
drop index intake.calls_heard;
