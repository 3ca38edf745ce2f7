-- What a filing need not pay for: two indexes whose sweeps know a cheaper way, and a look for what strangers have filed before.
-- `intake/schema.sql` has the reasons.

-- migrate:up
drop index intake.idempotency_keys_at;
drop index intake.board_changes_at;

create or replace function intake.alike(
    asked uuid, person uuid, kind text, asked_at timestamptz, asked_lat float8, asked_lon float8,
    south float8, north float8, west float8, east float8, radius_m float8, apart interval, most integer, looked_at integer
) returns table (code text)
language sql stable as $$
    select both_kinds.code from (
        (
            select other.id, other.code, true as same_phone, 0::float8 as metres
            from intake.requests other
            where other.contact_point_id = person and other.danger_at is not null and other.id <> asked
            order by other.filed_at desc limit most
        )
        union all
        (
            select near.id, near.code, false, near.metres from (
                select other.id, other.code, other.filed_at, away.metres
                from intake.requests other
                cross join lateral (
                    select 111195 * sqrt(
                        power(other.lat - asked_lat, 2) + power((other.lon - asked_lon) * cos(radians(asked_lat)), 2)
                    ) as metres
                ) away
                where other.category = kind and other.danger_at is not null
                    and other.lat between south and north and other.lon between west and east
                    and other.filed_at between asked_at - apart and asked_at + apart
                    and other.contact_point_id is distinct from person and away.metres <= radius_m
                limit looked_at
            ) near
            order by near.metres, near.filed_at limit most
        )
    ) both_kinds
    order by same_phone desc, metres, id limit most
$$;

-- migrate:down
create or replace function intake.alike(
    asked uuid, person uuid, kind text, asked_at timestamptz, asked_lat float8, asked_lon float8,
    south float8, north float8, west float8, east float8, radius_m float8, apart interval, most integer, looked_at integer
) returns table (code text)
language sql stable as $$
    select both_kinds.code from (
        (
            select other.id, other.code, true as same_phone, 0::float8 as metres
            from intake.requests other
            where other.contact_point_id = person and other.danger_at is not null and other.id <> asked
            order by other.filed_at desc limit most
        )
        union all
        (
            select near.id, near.code, false, near.metres from (
                select other.id, other.code, other.filed_at, away.metres
                from intake.requests other
                cross join lateral (
                    select 111195 * sqrt(
                        power(other.lat - asked_lat, 2) + power((other.lon - asked_lon) * cos(radians(asked_lat)), 2)
                    ) as metres
                ) away
                where other.category = kind and other.danger_at is not null
                    and other.lat between south and north and other.lon between west and east
                    and other.filed_at between asked_at - apart and asked_at + apart
                    and other.contact_point_id <> person and away.metres <= radius_m
                limit looked_at
            ) near
            order by near.metres, near.filed_at limit most
        )
    ) both_kinds
    order by same_phone desc, metres, id limit most
$$;

create index board_changes_at on intake.board_changes using brin (at);
create index idempotency_keys_at on intake.idempotency_keys using brin (at);
