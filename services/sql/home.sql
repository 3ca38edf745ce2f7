-- What the embedded profile asks of its own database, as its superuser or as the role of dispatch.

-- name: has_city_desk
select exists (select from dispatch.leads where city = $1 and role = 'city_desk' and active)

-- name: tokens_last
-- How many of these are good for another day at least.
select count(*) from vault.tokens
where name = any ($1::text[]) and revoked_at is null and expires_at > clock_timestamp() + interval '1 day'

-- name: forget_token
-- The name of a demonstration's token is free for the next one. Elsewhere revoked names stay taken.
delete from vault.tokens where name = $1

-- name: move_clock
select transport.set_clock_offset($1)

-- name: app_clock
select transport.app_clock()

-- name: applied_migrations
select 'transport.schema_migrations' as room, version from transport.schema_migrations
union all select 'intake.schema_migrations', version from intake.schema_migrations
union all select 'dispatch.schema_migrations', version from dispatch.schema_migrations
union all select 'notify.schema_migrations', version from notify.schema_migrations

-- name: has_points
select exists (select from intake.service_points)
