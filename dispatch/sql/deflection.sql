-- What became of the jobs that were offered by phone: how many visits a call has saved.

-- name: remote_results
-- Of jobs that somebody was asked to help by phone since $2, by category: solved in the call, went on to a visit, handed to an office,
-- ended otherwise, not over yet. One that went on and was solved by the visitor counts as a visit.
with tried as (
    select job_id, bool_or(status = 'completed') as in_the_call
    from offers where by_phone and city = $1 and made_at >= $2
    group by job_id
), judged as (
    select jobs.category, case
        when tried.in_the_call and jobs.outcome = 'solved' then 'solved'
        when tried.in_the_call and jobs.status = 'handed_off' then 'office'
        when jobs.visit > 0 or exists (
            select from offers where offers.job_id = jobs.id and offers.kind = 'visit' and not offers.by_phone
        ) then 'visit'
        when jobs.closed_at is null then 'open'
        else 'other' end as result
    from tried join jobs on jobs.id = tried.job_id
)
select category, result, count(*) as jobs from judged group by category, result order by category, result
