-- How many texts to many have left within the last second. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.broadcast_lane
    add column left_at timestamptz[] not null default '{}',
    add column left_many integer[] not null default '{}';

-- migrate:down
alter table notify.broadcast_lane drop column left_at, drop column left_many;
