-- name: read_zalo_pair
select pair, version, extract(epoch from access_until - transport.app_clock())::float8 as left_seconds, failure, changed_at,
    coalesce(renewing_until > transport.app_clock(), false) as busy
from zalo_tokens where app_id = $1

-- name: claim_zalo_renewal
-- The row's lock lets one of many in; the version says that it is the pair they were refused for, and not already the next.
update zalo_tokens set failure = null, renewing_until = transport.app_clock() + make_interval(secs => $3)
where app_id = $1 and version = $2 and (renewing_until is null or renewing_until <= transport.app_clock())
returning pair, version, extract(epoch from access_until - transport.app_clock())::float8 as left_seconds, failure,
    true as busy

-- name: store_zalo_pair
-- Nothing when somebody has put another pair in the meantime: theirs is newer.
update zalo_tokens
set pair = $3, access_until = transport.app_clock() + make_interval(secs => $4), version = version + 1, renewing_until = null,
    failure = null, changed_at = transport.app_clock()
where app_id = $1 and version = $2

-- name: note_failed_renewal
-- The old pair stays; nobody tries again before `renewing_until`.
update zalo_tokens set failure = $4, renewing_until = transport.app_clock() + make_interval(secs => $3)
where app_id = $1 and version = $2

-- name: put_zalo_pair
insert into zalo_tokens (app_id, pair, access_until, changed_at)
values ($1, $2, transport.app_clock() + make_interval(secs => $3), transport.app_clock())
on conflict (app_id) do update
set pair = excluded.pair, access_until = excluded.access_until, version = zalo_tokens.version + 1, renewing_until = null,
    failure = null, changed_at = excluded.changed_at
