-- Outages: channels none of whose routes takes anything.

-- name: open_outages
-- `heard`: somebody has got a text through since.
select channel, began_at, exists (
    select from message_attempts attempt
    where attempt.started_at > outages.began_at and attempt.channel = outages.channel and attempt.status in ('submitted', 'delivered')
) as heard
from outages
where ended_at is null

-- name: begin_outage
-- Unless another process has begun it, or gets texts through ($4: since when that counts).
insert into outages (id, channel, began_at)
select $1, $2, $3
where not exists (
    select from message_attempts attempt
    where attempt.started_at > $4 and attempt.channel = $2 and attempt.status in ('submitted', 'delivered'))
on conflict do nothing
returning id

-- name: end_outage
update outages set ended_at = $2 where channel = $1 and ended_at is null returning id, began_at

-- name: waiting_in_outage
-- What would have been told by now, over channels that take nothing ($2) or no question ($3), for purposes ($4) that matter.
-- A sender that finds no route puts them off by a second at a time.
select id, attempt_id from messages
where status = 'queued' and urgency between 0 and $5 and not_before <= $1::timestamptz + interval '2 seconds' and not_after > $1
    and (channels[rung + 1] = any ($2::text[]) or (question_id is not null and channels[rung + 1] = any ($3::text[])))
    and purpose = any ($4::text[])
order by urgency, not_before, id
limit $6

-- name: count_calls_to_make
select count(*) from call_tasks where status in ('open', 'taken')

-- name: outages_lately
-- For people: what is shut now, and what was within the last day.
select id, channel, began_at, ended_at from outages
where ended_at is null or ended_at > (select transport.app_clock()) - interval '1 day'
order by ended_at is not null, began_at desc
limit 100

-- name: count_waiting
select count(*) from messages
where status = 'queued' and urgency between 0 and 7 and not_before <= (select transport.app_clock())
