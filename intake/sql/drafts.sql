-- What operators type: drafts, sealed as a whole, until they become requests.

-- name: lock_draft
select *, transport.app_clock() as now from drafts where key_hash = $1 for update

-- name: lock_draft_by_id
select * from drafts where id = $1 for update

-- name: read_draft
select * from drafts where key_hash = $1

-- name: begin_draft
-- Two windows that begin the same draft at once: one of them, and the other finds it.
insert into drafts (id, key_hash, operator, call_id, contact_point_id, key_id, box, version, status, created_at, touched_at)
values ($1, $2, $3, $4, $5, $6, $7, 1, 'open', $8, $8)
on conflict (key_hash) do nothing
returning id

-- name: save_draft
update drafts set call_id = $2, contact_point_id = $3, key_id = $4, box = $5, version = $6, touched_at = $7 where id = $1

-- name: count_drafts
select count(*) from drafts where operator = $1 and status <> 'filed'

-- name: move_draft
update drafts set status = $2, code = $3, touched_at = transport.app_clock() where id = $1

-- name: delete_draft
delete from drafts where id = $1

-- name: drafts_of_operator
select * from drafts where operator = $1 and status <> 'filed' order by touched_at desc, id limit $2

-- name: drafts_of_callers
-- What was typed while talking with them, or about them, and is no request yet.
select * from drafts where contact_point_id = any ($1::uuid[]) and status <> 'filed' order by touched_at desc, id limit $2

-- name: sweep_drafts
-- Untouched since $1, or since $2 where it was typed during somebody's call: then it stays with the caller.
delete from drafts
where id in (
    select id from drafts
    where touched_at < $1 and (touched_at < $2 or call_id is null or contact_point_id is null or status = 'filed')
    order by touched_at limit $3 for update skip locked
)

-- name: forget_drafts
-- Of an erased person: also what was typed before anybody knew whose number it is, and became a request of theirs.
delete from drafts
where id = any (array(
    select id from drafts where contact_point_id = $1
    union all
    select drafts.id from requests join drafts on drafts.code = requests.code where requests.contact_point_id = $1
))
