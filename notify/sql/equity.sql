-- Whether some are helped later than others: what equity.py shows. Nothing here decides about anybody.

-- name: count_promises_by_group
-- Promises of rounds since $2 that are decided: what the counter has marked as reached or late, never both of it as kept. Whether
-- anything was said of the person, intake's lines say; a request of which none is known yet waits for the next look.
with asked as (
    select request_id, bool_or(vulnerable) as vulnerable
    from notify.sla_log where city = $1 and started_at >= $2 and job_id is null
    group by request_id having bool_or(vulnerable) is not null
), marks as (
    select rounds.request_id, rounds.round, rounds.commune_code, asked.vulnerable,
        split_part(mark, '@', 1) as name
    from asked join notify.sla_rounds rounds using (request_id) cross join lateral unnest(rounds.counted) as mark
    where rounds.started_at >= $2
), decided as (
    select request_id, round, commune_code, vulnerable, split_part(name, 'late:', case when name like 'late:%' then 2 else 1 end) as stage,
        bool_or(name like 'late:%') as late
    from marks group by 1, 2, 3, 4, 5
)
select stage, vulnerable, commune_code, count(*) filter (where not late) as kept, count(*) filter (where late) as missed
from decided where stage in ('offered', 'accepted', 'on_scene', 'done')
group by stage, vulnerable, commune_code
