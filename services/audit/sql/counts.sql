-- The few figures of the front page, one schema a query.

-- name: count_requests
select
    count(*) as filed,
    count(*) filter (where filed_at > transport.app_clock() - interval '24 hours') as filed_today,
    count(*) filter (where status in ('needs_location', 'filed', 'waiting')) as waiting,
    count(*) filter (where status in ('assigned', 'on_the_way', 'in_progress')) as in_work,
    count(*) filter (where status in ('resolved', 'closed')) as solved
from intake.requests

-- name: count_responders
select count(distinct responder_id)
from dispatch.shifts
where starts_at <= transport.app_clock() and ends_at > transport.app_clock()

-- name: count_messages
select count(*) filter (where status in ('submitted', 'delivered')) from notify.messages

-- name: count_outages
select count(*) from notify.outages where ended_at is null
