-- What messages cost, from the attempts: what did not leave, or was refused at the door, costs nothing, what nobody knows of is counted as owed.

-- name: costs_of_routes
select attempt.carrier, attempt.channel, count(*) as attempts,
    coalesce(sum(attempt.cost_vnd) filter (where attempt.reason is distinct from 'refused'), 0)::bigint as vnd
from notify.message_attempts attempt
where attempt.started_at > (select transport.app_clock()) - $1::interval and attempt.status not in ('sending', 'not_sent')
group by attempt.carrier, attempt.channel
order by attempt.channel, attempt.carrier

-- name: cost_shares
-- Of how many messages, requests and accepted jobs. A request that is accepted again in a later round is one job more.
select
    coalesce(sum(attempt.cost_vnd) filter (where attempt.reason is distinct from 'refused'), 0)::bigint as vnd,
    count(distinct attempt.message_id) as messages,
    count(distinct message.request_id) filter (where message.job_id is not null or message.role = 'resident') as requests,
    (select count(*) from notify.sla_rounds where accepted_at > (select transport.app_clock()) - $1::interval) as accepted
from notify.message_attempts attempt
join notify.messages message on message.id = attempt.message_id
where attempt.started_at > (select transport.app_clock()) - $1::interval and attempt.status not in ('sending', 'not_sent')

-- name: cost_today
-- Of the running day in Hanoi, in all and of the commune that has cost most.
with spent as (
    select message.commune_code, sum(attempt.cost_vnd)::bigint as vnd
    from notify.message_attempts attempt
    join notify.messages message on message.id = attempt.message_id
    where attempt.started_at >= (
            select date_trunc('day', transport.app_clock() at time zone 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh')
        and attempt.status <> 'not_sent' and attempt.reason is distinct from 'refused'
    group by message.commune_code
)
select
    coalesce(sum(vnd), 0)::bigint as vnd,
    coalesce(max(vnd) filter (where commune_code is not null), 0)::bigint as commune_vnd,
    (select commune_code from spent where commune_code is not null and vnd > 0 order by vnd desc, commune_code limit 1) as commune_code
from spent
