-- What is forgotten when its time is over.

-- name: forget_jobs
-- What is sealed of jobs that were over $1 days ago: of the resident, and who went there. Figures and ids stay. At most $2.
with old as materialized (
    select id from jobs
    where closed_at < (select transport.app_clock()) - make_interval(days => $1) and details ->> 'box' <> ''
    order by closed_at limit $2
    for update skip locked
), went as (
    update offers set member = null, partner = null
    where job_id in (select id from old) and (member is not null or partner is not null)
)
update jobs set
    details = jsonb_set(details, '{box}', '""'), aftercare = aftercare - 'venue',
    resident = jsonb_set(jsonb_set(resident, '{address,box}', '""'), '{name}', 'null')
where id in (select id from old)
