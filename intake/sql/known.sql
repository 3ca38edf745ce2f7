-- Faults that are known: a projection of confirmed groups.

-- name: known_faults
select group_id, fault, lat, lon, radius_m, requests from known_faults where ended_at is null

-- name: learn_fault
insert into known_faults (group_id, version, fault, lat, lon, radius_m, requests, ended_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (group_id) do update set
    version = excluded.version, requests = excluded.requests, ended_at = excluded.ended_at
where known_faults.version < excluded.version
