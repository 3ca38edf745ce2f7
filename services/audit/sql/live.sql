-- What the auditor looks at every half minute: what is alive, by its indexes and a page at a time, and of what is over nothing.
-- Codes stay where they are: what is found goes to logs and to people's telephones, as ids.

-- name: bound_statements
-- For this connection: no look may hold the database up, however its tables have grown.
select set_config('statement_timeout', $1, false)

-- name: try_auditor_lock
-- One auditor a database; the lock lives as long as the session.
select pg_try_advisory_lock(hashtextextended('the auditor', 0))

-- name: told_findings
-- What people were told by whoever was the auditor before, if it was found in the last $1 seconds, and how long ago.
select rule, subject, finding, extract(epoch from (select clock_timestamp()) - found_at)::float8 as seconds
from transport.audit_told
where found_at > (select clock_timestamp()) - make_interval(secs => $1)

-- name: forget_told
delete from transport.audit_told where found_at <= (select clock_timestamp()) - make_interval(secs => $1)

-- name: keep_told
insert into transport.audit_told (rule, subject, finding, found_at)
select rule, subject, finding, (select clock_timestamp()) from unnest($1::text[], $2::text[], $3::text[]) as given (rule, subject, finding)
order by rule, subject, finding
on conflict (rule, subject, finding) do update set found_at = excluded.found_at

-- name: live_requests
-- Requests that somebody must be working on, after the id $1.
select id, id::text as code, status, commune_code, owner, updated_at, contact_point_id, phone_box = '' and cleared_at is null as forgotten,
    danger_at is not null as on_board
from intake.requests
where status in ('needs_location', 'filed', 'waiting', 'assigned', 'on_the_way', 'in_progress', 'frozen') and id > $1
    and not (held and status = 'filed')
order by id
limit $2

-- name: live_tickets
select id, status, owner, taken_at from intake.tickets where status in ('waiting', 'called') and id > $1 order by id limit $2

-- name: requests_known
select id, id::text as code, status, commune_code, owner, updated_at, contact_point_id, phone_box = '' and cleared_at is null as forgotten,
    danger_at is not null as on_board
from intake.requests
where id = any ($1::uuid[])

-- name: requests_forgotten
-- Of these people, what was erased and is over.
select id, id::text as code, status, commune_code, owner, updated_at, contact_point_id, true as forgotten, danger_at is not null as on_board
from intake.requests
where contact_point_id = any ($1::uuid[]) and phone_box = '' and cleared_at is null
    and status not in ('needs_location', 'filed', 'waiting', 'assigned', 'on_the_way', 'in_progress', 'frozen')

-- name: live_jobs
-- Jobs that are not over, of requests after the id $1.
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides
from dispatch.jobs
where closed_at is null and request_id > $1
order by request_id
limit $2

-- name: jobs_over
-- Of requests that have no live job: one that ended a moment ago explains it.
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides
from dispatch.jobs
where request_id = any ($1::uuid[]) and closed_at is not null

-- name: jobs_of_groups
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides
from dispatch.jobs
where group_id = any ($1::uuid[]) and closed_at is null

-- name: jobs_meant
-- What offers are for: a job, or those of a group.
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides
from dispatch.jobs
where id = any ($1::uuid[])
union all
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides
from dispatch.jobs
where group_id = any ($1::uuid[]) and closed_at is null and not id = any ($1::uuid[])

-- name: offers_pending
select id, job_id, kind, status, responder_id, updated_at, group_id
from dispatch.offers
where job_id = any ($1::uuid[]) and status = 'pending'

-- name: offers_accepted
select id, job_id, kind, status, responder_id, updated_at, group_id
from dispatch.offers
where coalesce(group_id, job_id) = any ($1::uuid[]) and kind = 'visit' and status = 'accepted'

-- name: visits_in_hand
-- Accepted offers of visits, whose job or group comes after the id $1.
select id, job_id, kind, status, responder_id, updated_at, group_id
from dispatch.offers
where kind = 'visit' and status = 'accepted' and coalesce(group_id, job_id) > $1
order by coalesce(group_id, job_id)
limit $2

-- name: busy_responders
-- Who has work, or is said to, after the id $1.
select id, load, capacity, updated_at
from dispatch.responders
where id > $1
    and (load > 0 or id in (select responder_id from dispatch.jobs where responder_id is not null and closed_at is null))
order by id
limit $2

-- name: jobs_of_responders
select id, request_id, status, responder_id, escalated_to, closed_at, updated_at, group_id, rides
from dispatch.jobs
where responder_id = any ($1::uuid[]) and closed_at is null

-- name: offers_told
-- Of these offers ($2: of these requests) those that notify knows, as a question or as a call.
select offer_id from notify.question_offers where offer_id = any ($1::uuid[])
union
select offer_id from notify.call_tasks where request_id = any ($2::uuid[]) and offer_id = any ($1::uuid[])

-- name: timers_watching
-- By kind, because that is how their index begins.
select kind, subject, due_at, created_at from timers where kind = any ($1::text[]) and subject = any ($2::uuid[])

-- name: timers_overdue
select kind, subject, due_at, created_at from timers
where due_at < (select transport.app_clock()) - $1::interval and created_at <= (select clock_timestamp()) - $1::interval
order by due_at
limit $2

-- name: events_unpublished
select event_id, type, created_at from unpublished
where created_at <= (select clock_timestamp()) - $1::interval
order by id
limit $2

-- name: letters_open
-- By their subjects, as the index has them; those of one subject in the order in which they came.
select id, topic, subject, at, reason from dead_letters
where status in ('dead', 'parked') and at <= (select clock_timestamp()) - $1::interval
order by subject, id
limit $2

-- name: messages_overdue
(select id, request_id, status, resends, not_before, not_after, lease_until, climb_at from notify.messages
where status in ('sending', 'unknown') and lease_until < (select transport.app_clock()) - $1::interval
order by lease_until
limit $2)
union all
(select id, request_id, status, resends, not_before, not_after, lease_until, climb_at from notify.messages
where status in ('held', 'queued') and not_after < (select transport.app_clock()) - $1::interval
order by not_after
limit $2)
union all
(select id, request_id, status, resends, not_before, not_after, lease_until, climb_at from notify.messages
where climb_at < (select transport.app_clock()) - $1::interval
order by climb_at
limit $2)

-- name: questions_overdue
select id, expires_at from notify.questions
where status in ('waiting', 'open', 'paused') and expires_at < (select transport.app_clock()) - $1::interval
order by expires_at
limit $2

-- name: calls_overdue
select id, owner, due_at from notify.call_tasks
where status in ('open', 'taken') and (due_at < (select transport.app_clock()) - $1::interval or owner = '')
order by due_at
limit $2

-- name: callbacks_overdue
select id, owner, case when status = 'taken' then lease_until else due_at end as due_at from intake.callbacks
where ended_at is null
    and (owner = '' or case when status = 'taken' then lease_until else due_at end < (select transport.app_clock()) - $1::interval)
limit $2

-- name: talks_stuck
select * from (
    select id, stage, heard_at,
        exists(select from intake.timers where kind = 'conversation' and subject = talk.id and guard = talk.version) as watched,
        exists(select from intake.incoming_messages where conversation_id = talk.id and read_at is null) as listed
    from intake.conversations talk
    where stage <> 'over' and heard_at < (select transport.app_clock()) - $1::interval
) as waiting
where stage in ('filing', 'cancelling') or not watched or (stage = 'with_person' and not listed)
limit $2

-- name: calls_unreturned
-- Of the last day: somebody rang in vain, and nobody is to call them back.
select call.id, call.heard_at
from intake.calls call
where call.unanswered_at is not null and call.contact_point_id is not null
    and call.heard_at > (select transport.app_clock()) - interval '1 day'
    and call.heard_at < (select transport.app_clock()) - $1::interval
    and not exists (select from intake.callbacks where contact_point_id = call.contact_point_id and ended_at is null)
    and not exists (
        select from intake.callbacks where contact_point_id = call.contact_point_id and covers_until >= call.unanswered_at
    )
    and not exists (
        select from intake.calls later
        where later.contact_point_id = call.contact_point_id and later.answered_at >= call.unanswered_at
    )
    and not exists (
        select from intake.proved_filings where contact_point_id = call.contact_point_id and filed_at >= call.unanswered_at
    )
limit $2

-- name: rights_overdue
select id, owner, due_at, raised_at is not null as raised,
    exists(select from intake.timers where kind = 'privacy' and subject = one.id) as watched
from intake.privacy_requests one
where status = 'open' and (owner = '' or due_at < (select transport.app_clock()) - $1::interval)
limit $2

-- name: inquiries_overdue
-- Of the last day.
select ask_id as id, about, open_until,
    exists(
        select from intake.timers
        where subject = inquiry.request_id and kind = case about when 'fixed' then 'close' else 'wish_over' end
    ) as watched
from intake.inquiries inquiry join intake.requests request on request.id = request_id
where answered_at is null and (about in ('cancel', 'move') or about = 'fixed' and request.status = 'resolved' and round = reopened)
    and open_until > (select transport.app_clock()) - interval '1 day' and open_until < (select transport.app_clock()) - $1::interval
limit $2

-- name: merges_unfreed
select merged.id, other.updated_at as ended_at
from intake.merges join intake.requests merged on merged.id = merges.request_id join intake.requests other on other.id = merges.into_id
where merged.status = 'cancelled' and merged.details_box <> '' and other.status in ('cancelled', 'unreached')
    and merged.contact_point_id <> other.contact_point_id
    and other.updated_at < (select clock_timestamp()) - $1::interval
limit $2

-- name: delivered_lately
-- By the simulated carrier, which is the only one that can be looked at from behind.
select attempt_id, count(*) as times
from (select attempt_id from carrier.messages where outcome = 'delivered' and kind not in ('probe', 'link_how', 'link_wrong') and at > (select transport.app_clock()) - $1::interval
    order by at desc limit $2) as lately
group by attempt_id

-- name: attempts_known
select id, message_id, channel from notify.message_attempts where id = any ($1::uuid[])

-- name: messages_of
select id, request_id, status, resends, not_before, not_after, lease_until, climb_at from notify.messages where id = any ($1::uuid[])

-- name: broadcasts_unfinished
-- In which dispatch has not named everybody, or somebody could have been told since.
select id, case when gathered_at is null then 'named' else 'told' end as missing, progressed_at
from notify.broadcasts
where (gathered_at is null and status in ('draft', 'running', 'paused') and not_after > (select transport.app_clock()))
    or (status = 'running' and exists (
        select from notify.broadcast_people person
        where person.broadcast_id = broadcasts.id and person.status = 'waiting'
            and person.not_before <= (select transport.app_clock()) - $1::interval))
order by progressed_at
limit 100
