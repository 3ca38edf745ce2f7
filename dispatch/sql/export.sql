-- What is kept of a person, for that person.

-- name: export_jobs
select code, round, status, priority, category, commune_code, outcome, filed_at, opened_at, accepted_at, on_scene_at, done_at, closed_at
from jobs where resident ->> 'contact_point_id' = $1 order by opened_at

-- name: export_responders
select external_id, kind, name, commune_code, home_lat, home_lon, position_lat, position_lon, position_at, declared_skills, languages,
    offers_made, offers_answered, complaints, active
from responders where contact_point_id = $1

-- name: export_offers
select kind, status, made_at, ended_at, distance_m, reason from offers where contact_point_id = $1 order by made_at
