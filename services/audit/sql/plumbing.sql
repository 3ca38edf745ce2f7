-- What every context has. The search_path of the connection says whose it is.

-- name: clocks
select transport.app_clock() as app_now, clock_timestamp() as wall_now

-- name: timers
select kind, subject, due_at, created_at from timers

-- name: unpublished
select event_id, type, created_at from unpublished

-- name: open_letters
select id, topic, subject, at, reason from dead_letters where status in ('dead', 'parked') order by id

-- name: look_into
-- For this connection, until the next one.
select set_config('search_path', $1, false)

-- name: newest_migration
select max(version) from schema_migrations
