-- Files of requests: how far each is, and what was wrong with which row. Of the rows themselves nothing.

-- name: begin_import
-- The same file again is the same import, and goes on. One that was done stays so, with what was bad then: keys of rows are forgotten
-- before it is.
insert into imports (id, file_hash, by, begun_at, progressed_at, status, rows, good)
values ($1, $2, $3, $4, $4, 'running', $5, $6)
on conflict (file_hash) do update set
    by = excluded.by, progressed_at = excluded.progressed_at, rows = excluded.rows, good = excluded.good, filed = 0, before = 0,
    status = case when imports.status = 'done' then 'done' else 'running' end
returning id, (select bad from imports where file_hash = $2 and status = 'done') as bad_then

-- name: progress_import
update imports set progressed_at = $2, filed = $3, before = $4 where id = $1

-- name: end_import
update imports set progressed_at = $2, filed = $3, before = $4, bad = $5, status = 'done' where id = $1

-- name: lock_import
select status, progressed_at, filed, before from imports where id = $1 for update

-- name: stop_import
update imports set status = 'stopped' where id = $1

-- name: read_import
select id, by, begun_at, progressed_at, status, rows, good, filed, before, bad from imports where id = $1

-- name: newest_imports
select id, by, begun_at, progressed_at, status, rows, good, filed, before from imports order by begun_at desc, id limit 100

-- name: known_keys
select key_hash from idempotency_keys where key_hash = any ($1)

-- name: sweep_imports
delete from imports
where id in (select id from imports where progressed_at < $1 and status <> 'running' limit $2 for update skip locked)
