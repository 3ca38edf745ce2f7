-- What is known already: a projection of confirmed groups, and of open incidents.

-- name: known_faults
select group_id, fault, lat, lon, radius_m, requests from known_faults where ended_at is null

-- name: known_incidents
select incident_id, category, symptom, opened_at from known_incidents where ended_at is null and city = $1

-- name: learn_incident
insert into known_incidents (incident_id, version, city, category, symptom, opened_at, ended_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (incident_id) do update set
    version = excluded.version, symptom = excluded.symptom, opened_at = excluded.opened_at, ended_at = excluded.ended_at
where known_incidents.version < excluded.version

-- name: sweep_faults
-- Long after the last word about them can still come.
delete from known_faults
where group_id in (select group_id from known_faults where ended_at < $1 limit $2 for update skip locked)

-- name: sweep_incidents
delete from known_incidents
where incident_id in (select incident_id from known_incidents where ended_at < $1 limit $2 for update skip locked)

-- name: learn_fault
insert into known_faults (group_id, version, fault, lat, lon, radius_m, requests, ended_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (group_id) do update set
    version = excluded.version, requests = excluded.requests, ended_at = excluded.ended_at
where known_faults.version < excluded.version
