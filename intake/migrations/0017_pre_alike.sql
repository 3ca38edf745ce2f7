-- What looks like the same is found by both coordinates. `intake/schema.sql` has the reasons.

-- migrate:up
drop index intake.requests_alike;
create index requests_alike on intake.requests (category, lat, lon) where danger_at is not null;

-- migrate:down
drop index intake.requests_alike;
create index requests_alike on intake.requests (category, lat) where danger_at is not null;
