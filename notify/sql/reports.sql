-- name: read_facts
-- The rounds that began in [$2, $3), as the log of $4 tells them: the words of the newest line (a job's before intake's), the
-- earliest of each time. An event is one line, however often and in whatever order it came.
with lines as materialized (
    select * from notify.sla_log where round is not null and started_at >= $2 and started_at < $3 and at <= $4 and city = $1
), newest as (
    select distinct on (request_id, round) request_id, round, commune_code, category, priority, type, at, reason, since, until
    from lines
    order by request_id, round, job_id is not null desc, version desc, type = 'clock.paused' desc, event_id
), told as (
    select request_id, round,
        min(started_at) as started_at,
        min(at) filter (where type = 'offer.made' and offer_kind = 'visit') as first_offer_at,
        min(at) filter (where type = 'assignment.accepted') as accepted_at,
        min(at) filter (where type = 'assignment.on_scene') as on_scene_at,
        min(at) filter (where type = 'assignment.done') as done_at,
        min(at) filter (
            where type in ('assignment.done', 'assignment.handed_off', 'job.cancelled', 'request.cancelled')
        ) as closed_at,
        min(at) filter (where type = 'job.frozen') as frozen_at,
        (array_agg(
            case type when 'assignment.done' then outcome when 'assignment.handed_off' then 'handed_off' else 'cancelled' end
            order by job_id is not null desc, version desc, event_id
        ) filter (
            where type in ('assignment.handed_off', 'job.cancelled', 'request.cancelled')
                or (type = 'assignment.done' and outcome is not null)
        ))[1] as outcome,
        (array_agg(reason order by at, event_id) filter (where type = 'assignment.done'))[1] as done_reason,
        (array_agg(responder_kind order by version desc, event_id)
            filter (where type = 'assignment.accepted' and responder_kind is not null))[1] as responder_kind,
        array_agg(distinct at) filter (where resident_told) as told_at,
        bool_and(resident_told is not null) as tells,
        jsonb_agg(jsonb_build_array(reason, since, at)) filter (where type = 'clock.resumed' and since is not null) as pauses
    from lines group by request_id, round
), about as (
    select request_id,
        (array_agg(channel order by version, event_id) filter (where channel is not null))[1] as channel,
        (array_agg(vulnerable order by version desc, event_id) filter (where vulnerable is not null))[1] as vulnerable,
        array_agg(at) filter (where type = 'request.confirmed') as confirmed_at,
        array_agg(at) filter (where type = 'request.reopened') as reopened_at
    from notify.sla_log
    where job_id is null and at <= $4 and request_id in (select request_id from told)
    group by request_id
)
select told.*, newest.commune_code, newest.category, newest.priority,
    case when newest.type = 'clock.paused' then newest.reason end as paused_for,
    case when newest.type = 'clock.paused' then newest.until end as paused_until,
    case when newest.type = 'clock.paused' then coalesce(newest.since, newest.at) end as paused_at,
    about.channel, about.vulnerable, about.confirmed_at, about.reopened_at
from told
join newest using (request_id, round)
left join about using (request_id)
order by told.request_id, told.round

-- name: read_kpi_rows
-- The last word about each day and place, as it was known at $4.
select distinct on (measure, day, commune_code) measure, day, commune_code, n, good from notify.kpi_rows
where city = $1 and day between $2 and $3 and imported_at <= $4
order by measure, day, commune_code, imported_at desc

-- name: read_survey
-- Of each request the last mark given to its help in these days, as it was known at $4; four and five are satisfied.
select 'satisfaction' as measure, (at at time zone $5)::date as day, coalesce(commune_code, '') as commune_code,
    1 as n, (score >= 4)::integer as good
from (
    select distinct on (request_id) at, commune_code, score from notify.sla_log
    where city = $1 and type = 'request.rated' and score is not null and at <= $4
        and at >= ($2::date - 1)::timestamp at time zone $5 and at < ($3::date + 2)::timestamp at time zone $5
    order by request_id, at desc, event_id desc
) last
where (at at time zone $5)::date between $2 and $3

-- name: lock_kpi_rows
-- One import at a time; and nobody says "as it stands now" while one is in hand, whose rows are older than its commit.
select pg_advisory_xact_lock(hashtext('notify.kpi_rows'))

-- name: put_kpi_rows
-- What is there already in the same words is left alone. The subselect of `added` sees what was there before this statement.
insert into notify.kpi_rows as told (city, measure, day, commune_code, n, good, imported_at, imported_by)
select $1, given.measure, given.day, given.commune_code, given.n, given.good, (select transport.app_clock()), $2
from jsonb_to_recordset($3::jsonb) as given (measure text, day date, commune_code text, n integer, good integer)
left join lateral (
    select known.n, known.good from notify.kpi_rows as known
    where (known.city, known.measure, known.day, known.commune_code) = ($1, given.measure, given.day, given.commune_code)
    order by known.imported_at desc limit 1
) as last on true
where (last.n, last.good) is distinct from (given.n, given.good)
returning not exists (
    select from notify.kpi_rows as known
    where (known.city, known.measure, known.day, known.commune_code) = (told.city, told.measure, told.day, told.commune_code)
) as added

-- name: lock_editions
-- One edition at a time: each has to know which one it supersedes.
select pg_advisory_xact_lock(hashtext('notify.sla_editions'))

-- name: read_newest_edition
-- About the very same question.
select id from notify.sla_editions
where city = $1 and since = $2 and until = $3 and phase is not distinct from $4::text and broken_down_by = $5::text[]
order by submitted_at desc, id desc limit 1

-- name: add_edition
insert into notify.sla_editions (
    id, city, since, until, phase, broken_down_by, as_of, submitted_at, submitted_by, code_version, supersedes, sha256, body
)
values ($1, $2, $3, $4, $5, $6, $7, transport.app_clock(), $8, $9, $10, $11, $12)

-- name: read_edition
select id, city, since, until, phase, broken_down_by, as_of, submitted_at, submitted_by, code_version, supersedes, sha256, body
from notify.sla_editions where city = $1 and id = $2

-- name: list_editions
select id, city, since, until, phase, broken_down_by, as_of, submitted_at, submitted_by, code_version, supersedes, sha256, body
from notify.sla_editions where city = $1 order by submitted_at, id
