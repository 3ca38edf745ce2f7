-- The members of teams: who they are, who of them is there, and what that makes of their team.

-- name: put_members
-- Whoever is listed is of the team from now on. Vetted without a date: since the day on which we first heard it. Presence is what
-- people say of themselves from day to day: a list changes it only where it says something.
with given as materialized (
    select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::jsonb[], $6::boolean[], $7::date[], $8::date[], $9::boolean[],
        $10::text[], $11::jsonb[], $12::boolean[], $13::timestamptz[])
        as given (id, responder_id, external_id, name, vetted, vetted_on, vetted_until, trained, skills, courses, present, absent_until)
), known as (
    update members set
        name = given.name, vetted_on = case when vetted then coalesce(given.vetted_on, members.vetted_on, local_day($1)) end,
        vetted_until = given.vetted_until, trained_at = case when trained then coalesce(members.trained_at, $1) end,
        skills = given.skills::text[], courses = given.courses, present = coalesce(given.present, members.present),
        absent_until = case when given.present is null then members.absent_until else given.absent_until end,
        left_at = null, updated_at = clock_timestamp()
    from given where members.id = given.id
)
insert into members (id, responder_id, external_id, name, vetted_on, vetted_until, trained_at, skills, courses, present, absent_until)
select id, responder_id, external_id, name, case when vetted then coalesce(vetted_on, local_day($1)) end, vetted_until,
    case when trained then $1::timestamptz end, skills::text[], courses, coalesce(present, true), absent_until
from given
where not exists (select from members where members.id = given.id)
order by responder_id, external_id

-- name: part_members
-- Who is on the list of their team no longer.
update members set left_at = $1, updated_at = clock_timestamp()
where responder_id = any ($2::uuid[]) and id <> all ($3::uuid[]) and left_at is null

-- name: forget_members
delete from members where responder_id = any ($1::uuid[])

-- name: set_presence
update members set present = $2, absent_until = $3, updated_at = clock_timestamp()
where id = $1 and left_at is null
returning id

-- name: team_of_member
select responder_id from members where id = $1

-- name: refresh_teams
-- What a team can do now. Only teams for which that is news are written: the matcher reads no other again. Locked by the caller.
with moment as materialized (
    select transport.app_clock() as now, local_day(transport.app_clock()) as today
), there as (
    select responder_id, members.skills, courses
    from moment, members
    where responder_id = any ($1::uuid[]) and is_vetted(vetted_on, vetted_until, left_at, now) and is_present(present, absent_until, now)
), listed as (
    select responder_id, bool_or(skills is not null) as with_skills
    from members where responder_id = any ($1::uuid[]) and left_at is null group by responder_id
), able as (
    select responder_id, array_agg(distinct skill order by skill) as skills
    from moment, there cross join lateral unnest(skills_on(skills, courses, today)) as skill group by responder_id
), due as (
    select one.id, counted.present_members,
        case when with_skills then coalesce(able.skills, '{}') else declared_skills end as skills,
        effective_capacity(declared_capacity, counted.present_members, load) as capacity
    from responders one
        left join listed on listed.responder_id = one.id
        left join able on able.responder_id = one.id
        cross join lateral (
            select case when listed.responder_id is not null then (select count(*) from there where there.responder_id = one.id)::integer end
                as present_members) as counted
    where one.id = any ($1::uuid[])
)
update responders set present_members = due.present_members, skills = due.skills, capacity = due.capacity,
    version = version + 1, updated_at = clock_timestamp()
from due
where responders.id = due.id
    and (responders.present_members, responders.skills, responders.capacity) is distinct from (due.present_members, due.skills, due.capacity)

-- name: next_change_of_teams
-- When something of whom they have changes by itself.
select responder_id, min(due_at) as due_at
from (select transport.app_clock() as now) moment, members
    cross join lateral changes_by_itself(present, absent_until, vetted_on, vetted_until, courses) as due_at
where responder_id = any ($1::uuid[]) and left_at is null and due_at > now
group by responder_id

-- name: visits_in_doubt
-- Visits of these teams for which nobody is there any more, or not the one who was named. One visit for several requests is the
-- offer of whichever of them, over or not.
select jobs.id, jobs.version
from (select transport.app_clock() as now) moment, jobs
    join responders one on one.id = jobs.responder_id
    join offers on coalesce(offers.group_id, offers.job_id) = coalesce(jobs.group_id, jobs.id) and offers.kind = 'visit'
        and offers.status = 'accepted'
    left join members on members.id = offers.member_id
    left join members other on other.id = offers.partner_id
where jobs.responder_id = any ($1::uuid[]) and closed_at is null
    and (one.present_members = 0 or (offers.member_id is not null and not coalesce(
        is_vetted(members.vetted_on, members.vetted_until, members.left_at, now)
            and is_present(members.present, members.absent_until, now), false))
        or (offers.partner_id is not null and not coalesce(
        is_vetted(other.vetted_on, other.vetted_until, other.left_at, now)
            and is_present(other.present, other.absent_until, now), false)))
order by jobs.id

-- name: standing_of_member
select is_vetted(vetted_on, vetted_until, left_at, now) as vetted, is_present(present, absent_until, now) as present
from (select transport.app_clock() as now) moment, members where id = $1

-- name: members_of_team
-- Without names: those are for whoever writes to them.
select members.id, external_id, is_vetted(vetted_on, vetted_until, left_at, now) as vetted, vetted_on, vetted_until,
    trained_at is not null as trained, members.skills, courses, is_present(present, absent_until, now) as present, absent_until
from (select transport.app_clock() as now) moment, members
where responder_id = $1 and left_at is null
order by external_id

-- name: member
-- Also of who has left; who was erased is not here.
select members.id, members.external_id, one.external_id as team, members.name, is_vetted(vetted_on, vetted_until, left_at, now) as vetted,
    vetted_on, vetted_until, trained_at is not null as trained, members.skills, courses, left_at
from (select transport.app_clock() as now) moment, members join responders one on one.id = members.responder_id
where members.id = $1

-- name: visits_of_member
-- Those that are over, with an outcome; $2 to $3, either may be null.
select jobs.outcome, on_scene_at, done_at
from offers join jobs on jobs.id = offers.job_id
where (offers.member_id = $1 or offers.partner_id = $1) and offers.status = 'completed' and jobs.outcome is not null and done_at is not null
    and ($2::timestamptz is null or done_at >= $2) and ($3::timestamptz is null or done_at < $3)
order by done_at, jobs.id

-- name: commune_of_member
select commune_code from responders where id = (select responder_id from members where id = $1)
