-- Reading and writing cases: jobs, then responders, then offers, always in that order, rows of a kind by id (law 2).

-- name: lock_jobs
-- $1 job ids, $2 request ids: of a request its newest job; and whoever is helped together with one of them, their groups locked
-- first (law 2). One statement, so that one order holds for the whole batch. Arrays, because a join planned while the table was
-- small would read all of it.
with asked as materialized (
    select id, group_id from jobs
    where id = any ($1::uuid[] || array(
        select (select newest.id from jobs newest where newest.request_id = wanted.request_id order by newest.round desc limit 1)
        from unnest($2::uuid[]) as wanted (request_id)
    ))
), held as materialized (
    select id from groups where id = any (array(select group_id from asked where group_id is not null)) order by id for update
)
select * from jobs
where id = any (array(select id from asked) || array(
    select one.id from jobs one where one.group_id = any (array(select id from held)) and one.closed_at is null
))
order by id
for update

-- name: jobs_of_offers
-- An offer never changes its job, so this may be read before the lock. Of one for a group also the jobs that it helps: the one it
-- was made by may have left.
select id, job_id from offers where id = any ($1::uuid[])
union
select offers.id, jobs.id from offers join jobs on jobs.group_id = offers.group_id and jobs.closed_at is null
where offers.id = any ($1::uuid[]) and offers.group_id is not null

-- name: offers_of_jobs
-- All that may still matter, and those that were asked for. The job's lock keeps their status still.
select * from offers
where job_id = any ($1::uuid[]) and (status in ('pending', 'accepted') or id = any ($2::uuid[]))
order by id

-- name: lower_offers
-- Who may be asked for a job in danger of our promise instead of for something less urgent: the nearest who can do it and stay $3
-- seconds more, at most $2, when the matcher has found nobody for its next wave. Nobody otherwise. Reads without locks.
with mine as materialized (
    select * from jobs
    where id = $1 and coalesce(status, '') = 'pending' and not widened and not_before is null and promises_told = 0
        and exists (select from decisions tried where tried.job_id = jobs.id and tried.visit = jobs.visit and tried.wave = jobs.wave + 1)
)
select offers.id
from mine join offers on offers.city = mine.city and offers.kind = 'visit' and offers.status = 'pending'
join jobs other on other.id = offers.job_id and other.priority > mine.priority
join responders one on one.id = offers.responder_id
where one.active and one.skills @> mine.skills and one.id <> all (mine.excluded || mine.barred)
    and exists (
        select from shifts where responder_id = one.id and starts_at <= transport.app_clock()
            and ends_at > transport.app_clock() + make_interval(secs => $3)
    )
order by power(one.home_lat - mine.lat, 2) + power((one.home_lon - mine.lon) * cos(radians(mine.lat)), 2), offers.id
limit $2

-- name: fellows_of_groups
-- Read under the groups' locks: who belongs to them now.
select id from jobs where group_id = any ($1::uuid[]) and group_id is not null and closed_at is null

-- name: visits_of_groups
-- The offer that somebody accepted for a whole group, whichever of its jobs it was made by.
select * from offers where coalesce(group_id, job_id) = any ($1::uuid[]) and kind = 'visit' and status = 'accepted'

-- name: lock_responders
select id, kind, name, contact_point_id, declared_capacity, present_members, capacity, load, active, languages
from responders where id = any ($1::uuid[])
order by id
for update

-- name: contacts
select id, address, language, channels, confirmed_at, undelivered > 0 or unreachable_at is not null as doubted
from contact_points where id = any ($1::uuid[])

-- name: teammates
-- After the lock of their teams, so that nobody leaves while they are named.
select id, responder_id, external_id, name, is_vetted(vetted_on, vetted_until, left_at, now) as vetted,
    is_present(present, absent_until, now) as present
from (select transport.app_clock() as now) moment, members
where responder_id = any ($1::uuid[]) and left_at is null
order by responder_id, external_id

-- name: seats
-- Who answers for these communes, and for their city. Nobody unconfirmed is asked.
select leads.id, leads.city, leads.commune_code, leads.role, leads.name, leads.contact_point_id,
    point.address, point.language, point.channels, point.confirmed_at
from leads join contact_points point on point.id = leads.contact_point_id
where leads.active and point.confirmed_at is not null and point.address is not null
    and leads.city = any ($1::text[]) and (leads.commune_code is null or leads.commune_code = any ($2::text[]))
order by leads.commune_code nulls last, leads.role, leads.id

-- name: tombstones
select request_id, request_version from tombstones where request_id = any ($1::uuid[])

-- name: put_tombstones
insert into tombstones (request_id, request_version)
select distinct on (request_id) request_id, request_version
from unnest($1::uuid[], $2::bigint[]) as given (request_id, request_version)
order by request_id, request_version desc
on conflict (request_id) do update set request_version = greatest(tombstones.request_version, excluded.request_version)

-- name: insert_jobs
insert into jobs (id, request_id, round, request_version, city, code, version, status, priority, category, skills, commune_code,
    lat, lon, vulnerable, visit, details, resident, visit_consent, by_call, not_before, filed_at, opened_at, waiting_since,
    outcome, closed_at, barred, aftercare, pause, paused_at, company)
select id, request_id, round, request_version, city, code, version, status, priority, category, skills::text[], commune_code,
    lat, lon, vulnerable, visit, details, resident, visit_consent, by_call, not_before, filed_at, opened_at, waiting_since,
    outcome, closed_at, barred::uuid[] || array(
        select responder_id from acquaintances
        where resident_id = (given.resident ->> 'contact_point_id')::uuid and complaints > 0
            and responder_id <> all (given.barred::uuid[])
    ), aftercare, pause, paused_at, company
from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::double precision[], $14::double precision[], $15::integer[], $16::integer[],
    $17::jsonb[], $18::jsonb[], $19::boolean[], $20::boolean[], $21::timestamptz[], $22::timestamptz[], $23::timestamptz[],
    $24::timestamptz[], $25::text[], $26::timestamptz[], $27::text[], $28::jsonb[], $29::text[], $30::timestamptz[], $31::text[])
    as given (id, request_id, round, request_version, city, code, version, status, priority, category, skills, commune_code,
    lat, lon, vulnerable, visit, details, resident, visit_consent, by_call, not_before, filed_at, opened_at, waiting_since,
    outcome, closed_at, barred, aftercare, pause, paused_at, company)

-- name: meet_filings
-- Events of requests that are seen for the first time: whether one of them, or of their requests, is known after all, and what the
-- time is; and beside this first row those of the people who would be asked, as far as they are still free. Locks nothing.
select transport.app_clock() as now,
    exists (select from inbox where event_id = any ($1::uuid[]))
        or exists (select from jobs where request_id = any ($2::uuid[]))
        or exists (select from tombstones where request_id = any ($2::uuid[])) as known,
    null::uuid as id, null::uuid as contact_point_id, null as name, null as address, null as language, null::text[] as channels
union all
select null, null, one.id, one.contact_point_id, one.name::text, point.address::text, point.language, point.channels
from (select transport.app_clock() as now) moment, responders one join contact_points point on point.id = one.contact_point_id
where one.id = any ($3::uuid[]) and one.active and one.load < one.capacity
    and point.confirmed_at is not null and point.address is not null and point.unreachable_at is null
    and coalesce(one.off_duty_until <= moment.now, true)
    and may_be_asked(one.declined_at, one.counted_on, one.offers_today, one.accepted_today, one.capacity, moment.now, $4, $5, $6)

-- name: open_jobs
-- New jobs with their clocks, and the first wave of those for whom somebody is free; everything that goes with it in one statement,
-- which is a transaction by itself. It refuses itself, and nothing of it happens, when an event was seen before ('known') or the
-- guards stop an offer ('lost'): versions and events are told already. Returns where the events stand in the outbox. Events by id, then responders by id, before their offers
-- (law 2); nobody else can know the new jobs.
with fresh as (
    insert into inbox (event_id) select distinct id from unnest($51::uuid[]) as given (id) order by id
    on conflict do nothing
    returning event_id
), new as materialized (
    select * from unnest($5::uuid[], $6::uuid[], $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[],
        $14::text[], $15::text[], $16::float8[], $17::float8[], $18::integer[], $19::integer[], $20::jsonb[],
        $21::jsonb[], $22::boolean[], $23::boolean[], $24::timestamptz[], $25::timestamptz[], $26::timestamptz[], $27::timestamptz[],
        $50::text[])
        as given (id, request_id, request_version, city, code, version, status, priority, category, skills, commune_code,
        lat, lon, vulnerable, wave, details, resident, visit_consent, by_call, not_before, filed_at, escalate_at, sla_at,
        company)
    where (select count(*) from fresh) = cardinality($51)
), unwanted as materialized (
    select new.id as job_id, responder_id
    from new join acquaintances on resident_id = (new.resident ->> 'contact_point_id')::uuid and complaints > 0
), free as materialized (
    select id from responders
    where id = any ($32::uuid[]) and active and load < capacity
        and coalesce(off_duty_until <= $1, true)
        and may_be_asked(declined_at, counted_on, offers_today, accepted_today, capacity, $1, $46, $47, $48)
    order by id
    for update
), offered as (
    insert into offers (id, job_id, request_id, city, kind, visit, wave, responder_id, contact_point_id, lease_seconds,
        distance_m, made_at, expires_at, not_after, by_phone)
    select id, job_id, request_id, city, 'visit', 0, 1, responder_id, contact_point_id, lease_seconds, distance_m,
        $1::timestamptz, $1 + make_interval(secs => lease_seconds + $2), $1 + make_interval(secs => lease_seconds + $2), by_phone
    from unnest($28::uuid[], $29::uuid[], $30::uuid[], $31::text[], $32::uuid[], $33::uuid[], $34::float8[], $35::integer[],
        $49::boolean[]) with ordinality
        as given (id, job_id, request_id, city, responder_id, contact_point_id, lease_seconds, distance_m, by_phone, place)
    where responder_id in (select id from free) and (job_id, responder_id) not in (select job_id, responder_id from unwanted)
    order by place
    on conflict do nothing
    returning id, responder_id, expires_at
), asked as (
    update responders set offers_made = offers_made + 1, last_offered_at = $1,
        offers_today = case when counted_on = local_day($1) then offers_today else 0 end + 1,
        accepted_today = case when counted_on = local_day($1) then accepted_today else 0 end, counted_on = local_day($1)
    from offered where responders.id = offered.responder_id
), opened as (
    insert into jobs (id, request_id, request_version, city, code, version, status, priority, category, skills, commune_code,
        lat, lon, vulnerable, wave, details, resident, visit_consent, by_call, not_before, filed_at, opened_at, waiting_since,
        first_offer_at, barred, company)
    select id, request_id, request_version, city, code, version, status, priority, category, skills::text[], commune_code,
        lat, lon, vulnerable, wave, details, resident, visit_consent, by_call, not_before, filed_at, $1, $1,
        case when wave > 0 then $1 end, array(select responder_id from unwanted where unwanted.job_id = new.id), company
    from new
), ticking as (
    insert into timers (id, kind, subject, due_at, guard)
    select gen_random_uuid(), kind, subject, due_at, guard
    from (
        select 'escalate' as kind, id as subject, escalate_at as due_at, 1 as guard from new
        union all select 'sla', id, sla_at, 1 from new
        union all select 'open', id, not_before, 2 from new where not_before is not null
        union all select 'offer_expiry', id, expires_at, 0 from offered
    ) as due
), told as (
    insert into outbox (event_id, topic, key, type, subject, version, source, occurred_at, body)
    select event_id, $3, key, type, subject, version, $4, $1, body
    from unnest($36::uuid[], $37::text[], $38::text[], $39::uuid[], $40::bigint[], $41::bytea[]) with ordinality
        as given (event_id, key, type, subject, version, body, place)
    order by place
    returning id
), noted as (
    insert into audit (at, actor, action, subject, detail)
    select $1, 'event', 'job.opened', id, jsonb_build_object('status', 'pending') from new
    union all
    select $1, 'event', 'clock.paused', id, jsonb_build_object('status', 'pending', 'reason', 'off_hours')
    from new where not_before is not null
), decided as (
    insert into decisions (job_id, visit, wave, at, candidates, exclusions, ranking)
    select job_id, 0, 1, $1, candidates, exclusions, ranking
    from unnest($42::uuid[], $43::jsonb[], $44::jsonb[], $45::jsonb[]) as given (job_id, candidates, exclusions, ranking)
)
select case
    when (select count(*) from fresh) < cardinality($51) then refuse('known')
    when count(*) < cardinality($28) then refuse('lost')
end as refused, array(select id from told order by id) as outbox_ids
from offered

-- name: update_jobs
-- $2 is the version the decision was made on: whoever finds another one has decided on something that is no longer true.
update jobs set
    request_version = given.request_version, version = given.version, status = given.status, priority = given.priority,
    category = given.category, skills = given.skills::text[], commune_code = given.commune_code, lat = given.lat, lon = given.lon,
    vulnerable = given.vulnerable, visit = given.visit, wave = given.wave, waves_empty = given.waves_empty,
    excluded = given.excluded::uuid[], barred = given.barred::uuid[], details = given.details, resident = given.resident,
    visit_consent = given.visit_consent, by_call = given.by_call, escalated_to = given.escalated_to,
    escalated_at = given.escalated_at, responder_id = given.responder_id, outcome = given.outcome, not_before = given.not_before,
    waiting_since = given.waiting_since, accepted_at = given.accepted_at, en_route_at = given.en_route_at,
    on_scene_at = given.on_scene_at, done_at = given.done_at, closed_at = given.closed_at, widened = given.widened,
    pause = given.pause, paused_at = given.paused_at, held_seconds = given.held_seconds, promises_told = given.promises_told,
    news_at = given.news_at, aftercare = given.aftercare, group_id = given.group_id, rides = given.rides,
    shared_by = given.shared_by, company = given.company, updated_at = clock_timestamp()
from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::double precision[], $11::double precision[], $12::integer[], $13::integer[], $14::integer[], $15::integer[],
    $16::text[], $17::jsonb[], $18::jsonb[], $19::boolean[], $20::boolean[], $21::text[], $22::timestamptz[], $23::uuid[],
    $24::text[], $25::timestamptz[], $26::timestamptz[], $27::timestamptz[], $28::timestamptz[], $29::timestamptz[],
    $30::timestamptz[], $31::timestamptz[], $32::text[], $33::boolean[], $34::text[], $35::timestamptz[], $36::float8[],
    $37::integer[], $38::timestamptz[], $39::jsonb[], $40::uuid[], $41::boolean[], $42::integer[], $43::text[])
    as given (id, decided_on, request_version, version, status, priority, category, skills, commune_code, lat, lon, vulnerable,
    visit, wave, waves_empty, excluded, details, resident, visit_consent, by_call, escalated_to, escalated_at, responder_id,
    outcome, not_before, waiting_since, accepted_at, en_route_at, on_scene_at, done_at, closed_at, barred, widened,
    pause, paused_at, held_seconds, promises_told, news_at, aftercare, group_id, rides, shared_by,
    company)
where jobs.id = given.id and jobs.version = given.decided_on
returning jobs.id

-- name: update_responders
-- $4 how often they answered, $5 how often they said yes, $6 whether they said no, at $7; `updated_at` tells the matcher to read
-- them again. Locked before.
update responders set
    load = given.load, capacity = given.capacity, offers_answered = offers_answered + given.answered,
    last_accepted_at = case when given.accepted > 0 then $7 else last_accepted_at end,
    declined_at = case when given.declined then $7 else declined_at end,
    offers_today = case when counted_on = local_day($7) then offers_today else 0 end,
    accepted_today = case when counted_on = local_day($7) then accepted_today else 0 end + given.accepted,
    counted_on = local_day($7), updated_at = clock_timestamp()
from unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::boolean[])
    as given (id, load, capacity, answered, accepted, declined)
where responders.id = given.id

-- name: update_offers
-- Locked by id first: notify's reports touch the same rows without the job's lock.
with locked as (select id from offers where id = any ($1::uuid[]) order by id for update)
update offers set
    status = given.status, reason = given.reason, member = given.member, member_id = given.member_id, ended_at = given.ended_at,
    group_id = given.group_id, partner = given.partner, partner_id = given.partner_id, updated_at = clock_timestamp()
from locked join unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::uuid[], $6::timestamptz[], $7::uuid[], $8::jsonb[],
    $9::uuid[]) as given (id, status, reason, member, member_id, ended_at, group_id, partner, partner_id) on given.id = locked.id
where offers.id = given.id

-- name: insert_escalations
insert into offers (id, job_id, request_id, city, kind, visit, wave, level, contact_point_id, lease_seconds, expires_at,
    not_after, made_at)
select id, job_id, request_id, city, 'escalation', visit, wave, level, contact_point_id, lease_seconds, expires_at, not_after, made_at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::integer[], $6::integer[], $7::text[], $8::uuid[],
    $9::double precision[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
    as given (id, job_id, request_id, city, visit, wave, level, contact_point_id, lease_seconds, expires_at, not_after, made_at)

-- name: write_audit
insert into audit (at, actor, action, subject, detail)
select $1, $2, action, subject, detail
from unnest($3::text[], $4::uuid[], $5::jsonb[]) with ordinality as given (action, subject, detail, place)
order by place
