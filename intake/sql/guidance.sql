-- The knowledge base: a deployment's procedures by version, and what became of what was offered.

-- name: lock_guidance
-- Two imports at once: one after the other, so that each knows what is newest.
select pg_advisory_xact_lock(hashtext('intake.guidance'))

-- name: newest_guidance
select version, digest, at from guidance_versions order by version desc limit 1

-- name: add_guidance_version
insert into guidance_versions (version, id, digest, at, imported_by, procedures) values ($1, $2, $3, $4, $5, $6)

-- name: add_procedures
insert into procedures (version, code, name, office_group, owner, category, steps)
select $1, code, name, "group", owner, category, steps
from jsonb_to_recordset($2) as given (code text, name text, "group" text, owner text, category text, steps text[])

-- name: read_procedures
select code, name, office_group, owner, category, steps from procedures where version = $1 order by code

-- name: count_guidance
insert into guidance_outcomes (entry_id, day, offered, helped, not_helped, person) values ($1, $2, $3, $4, $5, $6)
on conflict (entry_id, day) do update set
    offered = guidance_outcomes.offered + excluded.offered,
    helped = guidance_outcomes.helped + excluded.helped,
    not_helped = guidance_outcomes.not_helped + excluded.not_helped,
    person = guidance_outcomes.person + excluded.person

-- name: guidance_outcomes
select entry_id, sum(offered)::int as offered, sum(helped)::int as helped, sum(not_helped)::int as not_helped,
    sum(person)::int as person
from guidance_outcomes
where day > (transport.app_clock() at time zone 'Asia/Ho_Chi_Minh')::date - $1::int
group by entry_id
order by offered desc, entry_id
