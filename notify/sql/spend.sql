-- What messages cost today. A refusal at the door costs nothing, what nobody knows of is owed.

-- name: spent_since
-- By commune ('': of none): what was claimed from $1 on, and of it what was before $2.
select coalesce(message.commune_code, '') as commune, sum(attempt.cost_vnd)::bigint as vnd,
    coalesce(sum(attempt.cost_vnd) filter (where attempt.started_at < $2), 0)::bigint as settled
from message_attempts attempt
join messages message on message.id = attempt.message_id
where attempt.started_at >= $1 and attempt.cost_vnd > 0 and attempt.status <> 'not_sent'
    and attempt.reason is distinct from 'refused'
group by 1
