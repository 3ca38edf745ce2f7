-- Who will be there: what coverage.py looks for gaps in. Nothing here decides about an offer.

-- name: presence_in_commune
-- Each kind of person and window once, cut to [$3, $4) and to the end of a break: of those who could be asked, as far as it is known
-- before a job is. Of a team with members cut, too, wherever it will be able to do something else: `changes_by_itself`.
with people as (
    select one.id, one.kind, one.skills, one.declared_skills, one.capacity, one.off_duty_until, one.present_members is not null as has_members
    from responders one join contact_points point on point.id = one.contact_point_id
    where one.city = $1 and one.commune_code = $2 and one.active
        and point.confirmed_at is not null and point.address is not null and point.unreachable_at is null
), moments as (
    select id, $3::timestamptz as at from people
    union
    select responder_id, changing
    from people join members on members.responder_id = people.id and has_members and left_at is null
        cross join lateral changes_by_itself(present, absent_until, vetted_on, vetted_until, courses) as changing
    where changing > $3 and changing < $4
), stretches as (
    select id, at as since, lead(at, 1, $4) over (partition by id order by at) as until from moments
), there as (
    select stretches.id, since, members.skills, courses
    from stretches join members on members.responder_id = stretches.id
    where is_vetted(vetted_on, vetted_until, left_at, since) and is_present(present, absent_until, since)
), able as (
    select people.id, since, until, people.kind, off_duty_until, case
        when not has_members then people.skills
        when not exists (
            select from members where responder_id = people.id and left_at is null and members.skills is not null
        ) then declared_skills
        else array(
            select distinct skill
            from there cross join lateral unnest(skills_on(there.skills, courses, local_day(since))) as skill
            where there.id = people.id and there.since = stretches.since
            order by skill
        ) end as skills
    from people join stretches using (id)
    where case when has_members then exists (select from there where there.id = people.id and there.since = stretches.since)
        else capacity > 0 end
)
select distinct able.skills, able.kind = 'engineer' as engineer,
    ceil(extract(epoch from greatest(starts_at, since, off_duty_until)))::bigint as starts,
    floor(extract(epoch from least(ends_at, until)))::bigint as ends
from able join shifts on shifts.responder_id = able.id
where shifts.status in ('planned', 'confirmed') and shifts.ends_at > greatest(since, off_duty_until) and shifts.starts_at < until
    and coalesce(off_duty_until < until, true)
