-- Fixed windows of the public doors; rows, so that all processes share them.

-- name: take_allowances
-- One more use of each bucket. Sorted, so that two callers never deadlock. A refused try counts, but moves no window.
insert into allowances (bucket, window_ends_at, used)
select bucket, $3::timestamptz + make_interval(secs => seconds), 1
from unnest($1::bytea[], $2::float8[]) as given (bucket, seconds)
order by bucket
on conflict (bucket) do update set
    used = case when allowances.window_ends_at <= $3 then 1 else allowances.used + 1 end,
    window_ends_at = case when allowances.window_ends_at <= $3 then excluded.window_ends_at else allowances.window_ends_at end
returning bucket, used, window_ends_at

-- name: sweep_allowances
-- One that begins anew meanwhile is left alone.
delete from allowances
where bucket in (select bucket from allowances where window_ends_at <= $1 order by window_ends_at limit $2 for update skip locked)

-- name: sweep_idempotency_keys
-- The oldest first, by the ids of their requests, which rise with time: $1 is the least of the moment $2.
delete from idempotency_keys
where key_hash in (
    select key_hash from idempotency_keys where request_id < $1 and at < $2 order by request_id limit $3 for update skip locked
)
