-- name: set_timers
-- Sorted, so that two batches never deadlock. The same kind, subject and guard is the same timer: it moves.
insert into timers (id, kind, subject, due_at, guard)
select id, kind, subject, due_at, guard
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::bigint[]) as given (id, kind, subject, due_at, guard)
order by kind, subject, guard
on conflict (kind, subject, guard) do update set due_at = excluded.due_at, attempts = 0

-- name: clear_timers
delete from timers where id in (
    select id from timers where subject = any ($2::uuid[]) and kind = any ($1::text[]) order by id for update
)

-- name: due_timers
-- No row lock yet: the effect locks its aggregate first, the timer comes last (law 2).
select id, kind, subject, due_at, guard, attempts from timers
where due_at <= (select transport.app_clock())
order by due_at
limit $1

-- name: try_timer_lock
-- Keeps two processes from working on one timer; never waits. Only claim_timer decides.
select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' timer ' || $1::uuid::text, 0))

-- name: claim_timer
-- SKIP LOCKED: a timer that somebody moves just now is theirs. No row: it was fired, cleared or moved meanwhile.
delete from timers where id in (select id from timers where id = $1 and due_at = $2 for update skip locked)
returning extract(epoch from transport.app_clock() - due_at)::float8

-- name: postpone_timer
update timers set attempts = attempts + 1, due_at = transport.app_clock() + make_interval(secs => $2)
where id in (select id from timers where id = $1 for update skip locked)
