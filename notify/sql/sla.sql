-- name: sla_news_wait
select exists (select from notify.sla_news)

-- name: log_sla_news
-- Into the five-year log: how many were taken, and the lines that say something new (one row without a line when none does). What is
-- there already says nothing new: a replay changes no figure. SKIP LOCKED: two processes never move the same one.
with taken as (
    delete from notify.sla_news where id in (select id from notify.sla_news order by id limit $1 for update skip locked)
    returning entry
), logged as (
    insert into notify.sla_log
    select noted.* from taken cross join jsonb_populate_record(null::notify.sla_log, taken.entry -> 'log') as noted
    on conflict (event_id) do nothing
    returning *
)
select counted.taken, logged.* from (select count(*) as taken from taken) counted left join logged on true

-- name: merge_sla_rounds
-- Times only get earlier, words come from the newest version of the job. Sorted, so that two batches never wait for each other.
insert into notify.sla_rounds as known (
    request_id, round, job_version, city, commune_code, category, priority, started_at,
    first_offer_at, accepted_at, on_scene_at, done_at, closed_at, outcome, releases, pauses, paused_until, check_at
)
select request_id, round, job_version, city, commune_code, category, priority, started_at,
    first_offer_at, accepted_at, on_scene_at, done_at, closed_at, outcome, releases, string_to_array(pauses, ' '), paused_until,
    transport.app_clock()
from unnest(
    $1::uuid[], $2::smallint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
    $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::text[],
    $15::smallint[], $16::text[], $17::timestamptz[]
) as told (
    request_id, round, job_version, city, commune_code, category, priority, started_at,
    first_offer_at, accepted_at, on_scene_at, done_at, closed_at, outcome, releases, pauses, paused_until
)
order by request_id, round
on conflict (request_id, round) do update set
    job_version = greatest(known.job_version, excluded.job_version),
    commune_code = case when excluded.job_version >= known.job_version then excluded.commune_code else known.commune_code end,
    category = case when excluded.job_version >= known.job_version then excluded.category else known.category end,
    priority = case when excluded.job_version >= known.job_version then excluded.priority else known.priority end,
    started_at = least(known.started_at, excluded.started_at),
    first_offer_at = least(known.first_offer_at, excluded.first_offer_at),
    accepted_at = least(known.accepted_at, excluded.accepted_at),
    on_scene_at = least(known.on_scene_at, excluded.on_scene_at),
    done_at = least(known.done_at, excluded.done_at),
    closed_at = least(known.closed_at, excluded.closed_at),
    outcome = case
        when excluded.job_version >= known.job_version then coalesce(excluded.outcome, known.outcome)
        else coalesce(known.outcome, excluded.outcome)
    end,
    releases = known.releases + excluded.releases,
    pauses = array(select distinct unnest(known.pauses || excluded.pauses) order by 1),
    paused_until = case when excluded.job_version >= known.job_version then excluded.paused_until else known.paused_until end,
    check_at = excluded.check_at

-- name: sla_rounds_wait
select exists (select from notify.sla_rounds where check_at <= (select transport.app_clock()))

-- name: claim_sla_rounds
-- Rounds with news, or with a deadline that has passed (the clock in a subquery: read once, so that the index serves). SKIP LOCKED: two processes never count the same round.
select request_id, round, job_version, city, commune_code, category, priority, started_at,
    first_offer_at, accepted_at, on_scene_at, done_at, closed_at, outcome, releases, pauses, paused_until, counted
from notify.sla_rounds where check_at <= (select transport.app_clock())
order by check_at limit $1 for update skip locked

-- name: mark_sla_rounds
update notify.sla_rounds as known set counted = looked_at.counted, check_at = looked_at.check_at
from (
    select request_id, round, string_to_array(marks, ' ') as counted, check_at
    from unnest($1::uuid[], $2::smallint[], $3::text[], $4::timestamptz[]) as given (request_id, round, marks, check_at)
) looked_at
where known.request_id = looked_at.request_id and known.round = looked_at.round

-- name: add_sla_counts
-- In the transaction that marks the rounds. Sorted by key: the few rows here are the ones that two processes share.
insert into notify.sla_counts as known (series, priority, label, value)
select series, priority, label, value
from jsonb_to_recordset($1::jsonb) as added (series text, priority text, label text, value double precision)
order by series, priority, label
on conflict (series, priority, label) do update set value = known.value + excluded.value

-- name: read_sla_counts
select series, priority, label, value from notify.sla_counts

-- name: find_sla_differences
-- The rounds whose times are not what the log says: none, ever. For `check`, and for whoever doubts a figure.
with told as (
    select request_id, round,
        min(started_at) as started_at,
        min(at) filter (where type = 'offer.made' and offer_kind = 'visit') as first_offer_at,
        min(at) filter (where type = 'assignment.accepted') as accepted_at,
        min(at) filter (where type = 'assignment.on_scene') as on_scene_at,
        min(at) filter (where type = 'assignment.done') as done_at,
        min(at) filter (
            where type in ('assignment.done', 'assignment.handed_off', 'job.cancelled', 'request.cancelled')
        ) as closed_at,
        count(*) filter (where type = 'assignment.released')::smallint as releases
    from notify.sla_log where round is not null group by request_id, round
)
select coalesce(told.request_id, known.request_id) as request_id, coalesce(told.round, known.round) as round
from told full join notify.sla_rounds known on known.request_id = told.request_id and known.round = told.round
where (
    told.started_at, told.first_offer_at, told.accepted_at, told.on_scene_at, told.done_at, told.closed_at, told.releases
) is distinct from (
    known.started_at, known.first_offer_at, known.accepted_at, known.on_scene_at, known.done_at, known.closed_at, known.releases
)
limit 100

-- name: old_sla_log_waits
select exists (select from notify.sla_log where at < (select transport.app_clock()) - interval '5 years')

-- name: forget_old_sla_log
delete from notify.sla_log where at < (select transport.app_clock()) - interval '5 years'

-- name: forget_old_sla_rounds
delete from notify.sla_rounds where check_at is null and closed_at < (select transport.app_clock()) - interval '5 years'
