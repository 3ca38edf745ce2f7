-- The schema `dispatch` as it is after all its migrations: read this, not their history. A test proves that they lead here.

create schema if not exists dispatch;
grant usage on schema dispatch to techrescue_dispatch, auditor;

-- A phone or account that one or several people share. Nobody is asked before its owner has confirmed it.
create table dispatch.contact_points (
    id uuid primary key,                       -- issued by the vault, the same in every context
    city text not null,
    address jsonb,                             -- sealed, purpose "phone"; null: erased
    language text not null default 'vi',
    channels text[] not null default '{sms}',  -- in the order this person prefers
    confirmed_at timestamptz,
    undelivered integer not null default 0,    -- messages in a row that did not arrive, without an answer in between
    undelivered_at timestamptz,                -- the last of them
    unreachable_at timestamptz,                -- from then on nobody is asked here, until an answer comes
    unreachable_why text,
    updated_at timestamptz not null default clock_timestamp(),
    constraint contact_points_unreachable check ((unreachable_at is null) = (unreachable_why is null)),
    constraint contact_points_unreachable_why check (unreachable_why in ('undelivered', 'drill', 'stopped'))
);
create index contact_points_changed on dispatch.contact_points (city, updated_at);

-- Teams, volunteers, engineers and mobile points: one pool.
create table dispatch.responders (
    id uuid primary key,
    external_id text not null,                 -- what the roster's owner calls them; stable over imports
    city text not null,
    kind text not null,
    name jsonb,                                -- sealed, purpose "name"; null: erased
    contact_point_id uuid not null references dispatch.contact_points,
    commune_code text not null,
    home_lat double precision not null,
    home_lon double precision not null,
    position_lat double precision,
    position_lon double precision,
    position_at timestamptz,                   -- stale after 30 minutes: then home counts
    declared_skills text[] not null default '{}',
    skills text[] not null default '{}',       -- effective: of a team whose members list theirs, what those who are there can do
    language text not null default 'vi',       -- of the texts to them
    languages text[] not null default '{vi}',  -- spoken, by them or by somebody of the team
    declared_capacity integer not null default 1,
    present_members integer,                   -- vetted members who are there; null: not a team with members
    capacity integer not null default 1,       -- effective: dispatch.effective_capacity()
    load integer not null default 0,           -- accepted visits that are not over
    offers_made integer not null default 0,
    offers_answered integer not null default 0,
    last_offered_at timestamptz,
    last_accepted_at timestamptz,
    complaints integer not null default 0,
    complained_at timestamptz,                 -- the last one: it is forgotten in the course of half a year
    declined_at timestamptz,                   -- the last no: not asked for anything for a while
    counted_on date,                           -- the local day of the two counters; on any other day they stand for 0
    offers_today integer not null default 0,
    accepted_today integer not null default 0,
    confirms_shifts boolean not null default false, -- is asked before each shift whether they will be there
    remote boolean not null default false,     -- helps by telephone, too: may be asked from anywhere in the city
    off_duty_until timestamptz,                -- a break, or 'infinity': until they are back; asked for nothing before
    active boolean not null default true,
    version bigint not null default 1,
    updated_at timestamptz not null default clock_timestamp(),
    constraint responders_external_id unique (city, external_id),
    constraint responders_kind check (kind in ('team', 'volunteer', 'engineer', 'mobile_point')),
    constraint responders_load check (load >= 0 and load <= capacity),
    constraint responders_declared_capacity check (declared_capacity between 0 and 100),
    constraint responders_position check ((position_at is null) = (position_lat is null) and (position_at is null) = (position_lon is null))
) with (fillfactor = 80);
create index responders_changed on dispatch.responders (city, updated_at);
create index responders_of_contact_point on dispatch.responders (contact_point_id);
create index responders_of_commune on dispatch.responders (city, commune_code);

-- The guard `load <= capacity` must hold while a team shrinks: its capacity follows as its work ends.
create function dispatch.effective_capacity(declared integer, present integer, load integer) returns integer
    language sql immutable parallel safe
    return greatest(load, least(declared, coalesce(present, declared)));

-- A statement that finds the world other than its caller did: it fails, and nothing of it happens.
create function dispatch.refuse(reason text) returns boolean
    language plpgsql as $$ begin raise exception '%', reason; end $$;

-- The local day of a moment, for caps of a day.
create function dispatch.local_day(at timestamptz) returns date
    language sql immutable parallel safe
    return (at at time zone 'Asia/Ho_Chi_Minh')::date;

-- Whether the policy lets this person be asked again: the last no is long ago, and the day's caps, for each place, are not reached.
create function dispatch.may_be_asked(declined_at timestamptz, counted_on date, offers_today integer, accepted_today integer,
    capacity integer, at timestamptz, cool_seconds float8, offers_a_day integer, accepted_a_day integer) returns boolean
    language sql stable parallel safe
    return (declined_at is null or declined_at <= at - make_interval(secs => cool_seconds))
        and (counted_on is distinct from dispatch.local_day(at)
            or (offers_today < offers_a_day * capacity and accepted_today < accepted_a_day * capacity));

create table dispatch.members (
    id uuid primary key,
    responder_id uuid not null references dispatch.responders on delete cascade,
    external_id text not null,
    name jsonb not null,                       -- sealed, purpose "name", under the responder's key
    vetted_on date,                            -- nobody unvetted stands at a resident's door
    vetted_until date,                         -- the last day; null: no end
    trained_at timestamptz,
    skills text[],                             -- without an end; null: neither these nor courses are listed, the team's count
    courses jsonb not null default '[]',       -- [{skill, passed_on, expires_on}]: a skill until the last day of its course
    present boolean not null default true,
    absent_until timestamptz,                  -- back by themselves then; null: until somebody says so
    left_at timestamptz,                       -- no longer of the team; what they did stays on their record
    updated_at timestamptz not null default clock_timestamp(),
    constraint members_external_id unique (responder_id, external_id)
);

-- Residents and helpers who have met: what counts for the same helper, and against. By the id of the resident's contact point.
create table dispatch.acquaintances (
    resident_id uuid not null,
    responder_id uuid not null references dispatch.responders on delete cascade,
    good integer not null default 0,           -- visits that solved it, and were not reopened
    complaints integer not null default 0,     -- any: never sent to this resident again
    updated_at timestamptz not null default clock_timestamp(),
    constraint acquaintances_key primary key (resident_id, responder_id)
);
create index acquaintances_changed on dispatch.acquaintances (updated_at);
create index acquaintances_complained on dispatch.acquaintances (resident_id, responder_id) where complaints > 0;
create index acquaintances_of_responder on dispatch.acquaintances (responder_id);

-- What residents have complained about: ids and a word, never what was said.
create table dispatch.complaints (
    id uuid primary key,                       -- of the event that told of it
    city text not null,
    commune_code text not null,                -- of the visit: whose ward lead looks into it
    request_id uuid not null,
    job_id uuid not null,
    responder_id uuid not null references dispatch.responders on delete cascade,
    reason text not null,
    at timestamptz not null,
    constraint complaints_once_a_visit unique (job_id, responder_id)
);
create index complaints_of_commune on dispatch.complaints (city, commune_code, at);
create index complaints_of_responder on dispatch.complaints (responder_id);

-- Whether somebody may stand at a door, as far as papers go.
create function dispatch.is_vetted(vetted_on date, vetted_until date, left_at timestamptz, at timestamptz) returns boolean
    language sql stable parallel safe
    return left_at is null and coalesce(vetted_on <= dispatch.local_day(at), false)
        and (vetted_until is null or vetted_until >= dispatch.local_day(at));

create function dispatch.is_present(present boolean, absent_until timestamptz, at timestamptz) returns boolean
    language sql immutable parallel safe
    return present or coalesce(absent_until <= at, false);

-- Their own, and those of courses that have not expired.
create function dispatch.skills_on(skills text[], courses jsonb, day date) returns text[]
    language sql immutable parallel safe
    return coalesce(skills, '{}') || array(
        select course.skill from jsonb_to_recordset(courses) as course (skill text, expires_on date)
        where course.expires_on is null or course.expires_on >= day);

-- When something of a member changes by itself: an absence or a course ends, a vetting begins or ends.
create function dispatch.changes_by_itself(present boolean, absent_until timestamptz, vetted_on date, vetted_until date, courses jsonb)
    returns setof timestamptz language sql stable parallel safe
begin atomic
    select absent_until where not present
    union all select vetted_on::timestamp at time zone 'Asia/Ho_Chi_Minh'
    union all select (vetted_until + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
    union all select (course.expires_on + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
        from jsonb_to_recordset(courses) as course (expires_on date);
end;

-- Rules in local time (Asia/Ho_Chi_Minh): of each `period_days` days, counted from `anchor` on, those at `places` (0 is the anchor's)
-- have a shift, from `starts` to `ends`, `nights` midnights later. A week is a period of seven days from a Monday.
create table dispatch.rotations (
    id uuid primary key,                       -- made from the responder and the rule: the same rule is the same row
    responder_id uuid not null references dispatch.responders on delete cascade,
    anchor date not null,                      -- no shift starts before it
    period_days integer not null,
    places integer[] not null,
    starts time not null,
    ends time not null,
    nights integer not null default 0,
    until date,                                -- the last day a shift may start; null: no end
    constraint rotations_period check (period_days between 1 and 999),
    constraint rotations_nights check (nights between 0 and 3)
);
create index rotations_of_responder on dispatch.rotations (responder_id);

-- Local days on which no rotation starts a shift. Dated shifts stand.
create table dispatch.days_off (
    responder_id uuid not null references dispatch.responders on delete cascade,
    first_day date not null,
    last_day date not null,
    constraint days_off_key primary key (responder_id, first_day, last_day),
    constraint days_off_order check (first_day <= last_day)
);

-- Half-open [starts_at, ends_at) in UTC: dated shifts, and those that rotations make 14 days ahead. Those of one person may touch or
-- overlap; who asks until when somebody is there joins them. What is over stays, also when its rule goes.
create table dispatch.shifts (
    id uuid primary key,
    responder_id uuid not null references dispatch.responders on delete cascade,
    rotation_id uuid references dispatch.rotations on delete set null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    status text not null default 'planned',    -- only `planned` and `confirmed` are worked; the others stay, so that no list revives them
    agreed boolean not null default false,     -- people agreed on it among themselves: no list takes it away
    offers_before integer,                     -- of a confirmed one: what its person had been asked when it began …
    answers_before integer,                    -- … and had answered; compared at its end
    constraint shifts_status check (status in ('planned', 'confirmed', 'declined', 'silent', 'missed', 'given')),
    constraint shifts_order check (starts_at < ends_at),
    constraint shifts_window unique (responder_id, starts_at, ends_at)
);
create index shifts_ending on dispatch.shifts (ends_at, responder_id);
create index shifts_of_rotation on dispatch.shifts (rotation_id);
create index shifts_missed on dispatch.shifts (ends_at) where status = 'missed';

-- Places in a window that people are sought for: instead of who gave a shift up or did not confirm it, or because a ward lead
-- posted them.
create table dispatch.openings (
    id uuid primary key,
    city text not null,
    commune_code text not null,
    skills text[] not null default '{}',       -- somebody who has one of them
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    shift_id uuid,                             -- in whose place; null: a ward lead asks for people
    places integer not null default 1,
    taken integer not null default 0,
    status text not null default 'open',
    wave integer not null default 0,           -- how many times people were asked
    told_at timestamptz,                       -- when those who answer for the ward heard that nobody was found
    created_at timestamptz not null,
    constraint openings_order check (starts_at < ends_at),
    constraint openings_places check (taken between 0 and places),
    constraint openings_status check (status in ('open', 'filled', 'closed'))
);
create unique index openings_one_open_a_shift on dispatch.openings (shift_id) where status = 'open';
create unique index openings_posted on dispatch.openings (city, commune_code, starts_at, ends_at, skills)
    where status = 'open' and shift_id is null;
create index openings_open on dispatch.openings (city, starts_at) where status = 'open';

-- A shift that changes hands: somebody asks a colleague, or those who are able, to work in their place. It is theirs until a yes.
create table dispatch.swaps (
    id uuid primary key,
    city text not null,
    commune_code text not null,
    shift_id uuid not null,                    -- whose hours are given
    giver_id uuid not null,
    named_id uuid,                             -- the colleague who is asked; null: those of the commune who can do the same
    return_id uuid,                            -- the shift of that colleague which the giver takes for it
    starts_at timestamptz not null,            -- of what is given; once agreed, of what the taker works
    ends_at timestamptz not null,
    running boolean not null,                  -- a take-over: the shift had begun when it was asked
    releases boolean not null default false,   -- a take-over: the giver's visits go back to the pool with the yes
    status text not null default 'asked',
    taker_id uuid,
    wave integer not null default 0,           -- how many times people were asked
    answer_by timestamptz not null,
    asked_at timestamptz not null,
    ended_at timestamptz,
    constraint swaps_order check (starts_at < ends_at),
    constraint swaps_return check (return_id is null or named_id is not null),
    constraint swaps_status check (status in ('asked', 'agreed', 'refused', 'silent', 'over')),
    constraint swaps_taker check ((status = 'agreed') = (taker_id is not null)),
    constraint swaps_ended check ((status = 'asked') = (ended_at is null))
);
create unique index swaps_one_asked_a_shift on dispatch.swaps (shift_id) where status = 'asked';
create index swaps_of_giver on dispatch.swaps (giver_id, ends_at);
create index swaps_of_taker on dispatch.swaps (taker_id, ends_at) where taker_id is not null;
create index swaps_of_commune on dispatch.swaps (city, commune_code, ends_at);

-- A question about a shift to one person: will you be there (its shift), will you take this place (its opening), will you work in
-- somebody's place (its swap)?
create table dispatch.shift_asks (
    id uuid primary key,
    kind text not null,
    shift_id uuid,
    opening_id uuid,
    swap_id uuid,
    responder_id uuid not null,
    contact_point_id uuid not null,
    starts_at timestamptz not null,            -- of the window as it was asked about
    ends_at timestamptz not null,
    status text not null default 'pending',
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    reason text,                               -- of `unsent`: why notify could not ask
    constraint shift_asks_kind check (kind in ('confirm', 'take', 'swap', 'take_over')),
    constraint shift_asks_about check ((kind = 'confirm') = (shift_id is not null) and (kind = 'take') = (opening_id is not null)
        and (kind in ('swap', 'take_over')) = (swap_id is not null)),
    constraint shift_asks_status check (status in ('pending', 'yes', 'no', 'over', 'unsent')),
    constraint shift_asks_ended check ((ended_at is null) = (status = 'pending'))
);
create index shift_asks_of_shift on dispatch.shift_asks (shift_id) where shift_id is not null;
create index shift_asks_open on dispatch.shift_asks (contact_point_id) where status = 'pending';
create index shift_asks_to_take on dispatch.shift_asks (responder_id, asked_at) where kind = 'take';
create unique index shift_asks_once_an_opening on dispatch.shift_asks (opening_id, responder_id) where opening_id is not null;
create unique index shift_asks_once_a_swap on dispatch.shift_asks (swap_id, responder_id) where swap_id is not null;

-- A drill: once a month each phone of the roster is asked whether anybody is there. No job behind it.
create table dispatch.drills (
    id uuid primary key,
    city text not null,
    month date not null,                       -- its first day
    status text not null default 'running',
    a_day integer not null,                    -- so many are asked on one day
    most_out double precision not null,        -- the share of a commune that drills may take out, all together
    least_answered double precision not null,  -- the share of all that must have answered for silence to count
    step bigint not null default 0,            -- how often its timer was set
    started_at timestamptz not null,
    ended_at timestamptz,
    constraint drills_once_a_month unique (city, month),
    constraint drills_status check (status in ('running', 'stopped', 'over')),
    constraint drills_ended check ((ended_at is null) = (status = 'running'))
);

-- One question of a drill to one phone.
create table dispatch.drill_asks (
    id uuid primary key,                       -- of the question
    drill_id uuid not null references dispatch.drills on delete cascade,
    contact_point_id uuid not null,
    commune_code text not null,                -- of the first responder there
    status text not null default 'planned',
    answered_before integer,                   -- how many offers its people had answered by then
    asked_at timestamptz,
    submitted_at timestamptz,                  -- when a provider had it
    answer_by timestamptz,
    answered_at timestamptz,
    over text,                                 -- the provider by which the answer came; null: to something else
    reason text,                               -- why it did not reach them
    constraint drill_asks_once unique (drill_id, contact_point_id),
    constraint drill_asks_status check (status in ('planned', 'asked', 'answered', 'silent', 'spared', 'unsent', 'over')),
    constraint drill_asks_asked check ((asked_at is null) = (answer_by is null) and (status <> 'asked' or asked_at is not null))
);
create index drill_asks_planned on dispatch.drill_asks (drill_id, id) where status = 'planned';
create index drill_asks_due on dispatch.drill_asks (drill_id, commune_code, answer_by) where status = 'asked';
create index drill_asks_open on dispatch.drill_asks (contact_point_id) where status in ('asked', 'silent');
create index drill_asks_asked on dispatch.drill_asks (drill_id, asked_at);

-- Whom a broadcast of notify is for, and how far they have been named.
create table dispatch.audiences (
    id uuid primary key,                       -- of the broadcast
    city text not null,
    audience jsonb not null,                   -- an Audience of shared/events/broadcasts.py
    pages integer not null default 0,          -- told so far
    after uuid,                                -- the last one who was named; null: nobody yet
    asked_at timestamptz not null,
    ended_at timestamptz                       -- all have been named
);

-- Who owns a job that nobody takes. commune_code null: the whole city; a commune without its own lead falls to the city desk.
create table dispatch.leads (
    id uuid primary key,
    city text not null,
    commune_code text,
    role text not null,
    name jsonb,                                -- sealed, purpose "name"
    contact_point_id uuid not null references dispatch.contact_points,
    active boolean not null default true,
    updated_at timestamptz not null default clock_timestamp(),
    constraint leads_role check (role in ('ward_lead', 'deputy', 'city_desk')),
    constraint leads_place check ((role = 'city_desk') = (commune_code is null)),
    constraint leads_seat unique nulls not distinct (city, commune_code, role)
);

-- What a roster said of somebody the last time (of a responder or a seat), as a keyed fingerprint: the same list again changes nothing.
create table dispatch.roster_lines (
    id uuid primary key,
    fingerprint bytea not null
);

create table dispatch.jobs (
    id uuid primary key,
    request_id uuid not null,
    round integer not null default 0,          -- each reopening and each second visit is a new job of the same request
    request_version bigint not null,           -- the newest version of the request this job has seen
    city text not null,
    code text not null,
    version bigint not null default 1,
    status text not null default 'pending',
    priority text not null,
    category text not null,
    skills text[] not null default '{}',
    commune_code text not null,
    lat double precision not null,             -- coarse: three decimals
    lon double precision not null,
    vulnerable integer not null default 0,     -- how many reasons to go first within the tier
    visit integer not null default 0,          -- counts releases; a new visit has a new pass phrase
    wave integer not null default 0,           -- how many waves of offers went out on this visit
    waves_empty integer not null default 0,    -- how many of them ended with nobody
    widened boolean not null default false,    -- our promise was in danger: waves are larger from then on
    excluded uuid[] not null default '{}',     -- responders who said no, were not reached or gave it back
    barred uuid[] not null default '{}',       -- responders whom a person ruled out: over amendments and further visits
    details jsonb not null,                    -- sealed, as the request brought it; its box is empty once its time is over
    resident jsonb not null,                   -- a Recipient
    group_id uuid,                             -- confirmed by a person: helped by one visit together with others
    rides boolean not null default false,      -- another job of its group is offered; whoever takes that one takes this one, too
    shared_by integer not null default 1,      -- how many requests its visit helps, when it was last counted
    visit_consent boolean,
    company text,                              -- who has to be there beside one helper: a Company of shared/company.py
    by_call boolean not null default false,
    escalated_to text,
    escalated_at timestamptz,
    responder_id uuid,                         -- the winner, from accepted on
    outcome text,
    not_before timestamptz,                    -- it stands still: no offers until the timer `open` clears it
    pause text,                                -- why, when it is not for the hour: a Pause of shared/pauses.py
    paused_at timestamptz,                     -- since when
    held_seconds double precision not null default 0, -- of the tier's clock, spent in earlier such pauses: the promises move by them
    promises_told integer not null default 0,  -- how many moments of its promises were dealt with: each acts once
    news_at timestamptz,                       -- when the resident was last told how it stands
    aftercare jsonb not null default '{}',     -- what a visit that was put off waits for, what was asked, an alarm: dispatch/jobs/aftercare.py
    filed_at timestamptz not null,
    opened_at timestamptz not null,
    waiting_since timestamptz not null,        -- the escalation clock runs from here: opened, or released again
    first_offer_at timestamptz,
    accepted_at timestamptz,
    en_route_at timestamptz,
    on_scene_at timestamptz,
    done_at timestamptz,
    closed_at timestamptz,                     -- done, handed off or cancelled
    updated_at timestamptz not null default clock_timestamp(),
    constraint jobs_status check (status in
        ('pending', 'offered', 'accepted', 'en_route', 'on_scene', 'frozen', 'done', 'handed_off', 'cancelled')),
    constraint jobs_priority check (priority in ('P1', 'P2', 'P3', 'P4')),
    constraint jobs_company check (company in ('two', 'two_at_night', 'relative')),
    constraint jobs_escalated_to check (escalated_to in ('ward_lead', 'deputy', 'city_desk')),
    constraint jobs_pause check ((pause is null) = (paused_at is null) and (pause is null or not_before is not null)),
    constraint jobs_owner check ((responder_id is not null) or status not in ('accepted', 'en_route', 'on_scene')),
    constraint jobs_closed check ((closed_at is not null) = (status in ('done', 'handed_off', 'cancelled'))),
    constraint jobs_rides check (not rides or group_id is not null),
    constraint jobs_shared_by check (shared_by >= 1),
    constraint jobs_round unique (request_id, round)
) with (fillfactor = 80);
create unique index jobs_one_live_a_request on dispatch.jobs (request_id) where closed_at is null;
create index jobs_waiting on dispatch.jobs (city, updated_at) where status = 'pending';
create index jobs_escalated on dispatch.jobs (city, commune_code) where escalated_to is not null and closed_at is null;
create index jobs_of_responder on dispatch.jobs (responder_id) where responder_id is not null and closed_at is null;
create unique index jobs_one_offered_a_group on dispatch.jobs (group_id) where group_id is not null and not rides and closed_at is null;
create index jobs_of_group on dispatch.jobs (group_id) where group_id is not null and closed_at is null;
create index jobs_held on dispatch.jobs (city, id) where pause = 'incident' and closed_at is null;
create index jobs_to_forget on dispatch.jobs (closed_at) where closed_at is not null and details ->> 'box' <> '';
create index jobs_opened on dispatch.jobs using brin (opened_at);  -- what is new stands at the end of the table

-- Several requests that look like one fault. Proposed it changes nothing; confirmed by a person it is one visit for all of them.
create table dispatch.groups (
    id uuid primary key,
    city text not null,
    version bigint not null,
    status text not null default 'proposed',
    fault text not null,                       -- of shared/categories.json
    commune_code text not null,                -- of whoever called first, like the place
    lat double precision not null,             -- coarse: three decimals
    lon double precision not null,
    radius_m double precision not null,
    proposed_at timestamptz not null,
    last_called_at timestamptz not null,       -- who calls within the window after this belongs to it
    constraint groups_status check (status in ('proposed', 'confirmed', 'dismissed', 'split', 'over')),
    constraint groups_radius check (radius_m >= 0)
);
create index groups_live on dispatch.groups (city, last_called_at) where status in ('proposed', 'confirmed');
create index groups_by_status on dispatch.groups (status, last_called_at);

create table dispatch.group_members (
    group_id uuid not null references dispatch.groups on delete cascade,
    job_id uuid not null,
    request_id uuid not null,
    status text not null default 'proposed',
    at timestamptz not null default clock_timestamp(),
    constraint group_members_key primary key (group_id, job_id),
    constraint group_members_status check (status in ('proposed', 'in', 'out'))
);
create unique index group_members_one_group_a_job on dispatch.group_members (job_id) where status <> 'out';
create index group_members_of_job on dispatch.group_members (job_id);

-- A kind of help that cannot work anywhere in the city just now. Proposed it changes nothing; while it is open the jobs of its
-- category are held, and when it has ended each of their residents is asked.
create table dispatch.incidents (
    id uuid primary key,
    city text not null,
    version bigint not null,
    status text not null,
    category text not null,
    symptom text,                              -- what is known of it: a Symptom of shared/events/incidents.py
    people integer not null default 0,         -- who had asked for it within the window when it was proposed
    proposed_at timestamptz not null,          -- or opened, when nobody had proposed it
    opened_at timestamptz,
    ended_at timestamptz,                      -- over, dismissed or subsided
    rings integer not null default 0,          -- how often it rang at the city desk because nobody had ended it
    constraint incidents_status check (status in ('proposed', 'open', 'ended', 'dismissed', 'subsided')),
    constraint incidents_opened check (opened_at is not null or status not in ('open', 'ended'))
);
create unique index incidents_one_live_a_category on dispatch.incidents (city, category) where status in ('proposed', 'open');
create index incidents_by_status on dispatch.incidents (status, proposed_at);
create index incidents_ended on dispatch.incidents (city, category, ended_at) where ended_at is not null;

create table dispatch.offers (
    id uuid primary key,
    job_id uuid not null,
    request_id uuid not null,
    city text not null,
    kind text not null,
    status text not null default 'pending',
    visit integer not null default 0,          -- of the job when the offer was made
    wave integer not null,
    group_id uuid,                             -- its target, when the visit is for a group; else the job is
    responder_id uuid,                         -- null: an escalation; leads are no responders
    level text,                                -- of an escalation: who is asked
    contact_point_id uuid not null,
    lease_seconds double precision not null,
    expires_at timestamptz not null,           -- first the cap (lease + time to be sent), then submitted_at + lease
    not_after timestamptz not null,
    distance_m integer,
    by_phone boolean not null default false,   -- asked to help in a call, not to go there
    reason text,                               -- why it ended, a word from a closed set
    member jsonb,                              -- sealed, purpose "name": who of the team goes, as the roster has it
    member_id uuid,                            -- the same; stays when that person leaves the team, for their record
    partner jsonb,                             -- where two people go: sealed name of the other one
    partner_id uuid,
    made_at timestamptz not null,
    submitted_at timestamptz,
    ended_at timestamptz,                      -- when it stopped being pending
    updated_at timestamptz not null default clock_timestamp(),
    constraint offers_kind check (kind in ('visit', 'escalation')),
    constraint offers_status check (status in
        ('pending', 'accepted', 'declined', 'expired', 'withdrawn', 'undeliverable', 'released', 'completed')),
    constraint offers_target check ((kind = 'visit') = (responder_id is not null) and (kind = 'escalation') = (level is not null)),
    constraint offers_level check (level in ('ward_lead', 'deputy', 'city_desk'))
) with (fillfactor = 80);
create unique index offers_one_accepted_visit_a_target on dispatch.offers ((coalesce(group_id, job_id)))
    where kind = 'visit' and status = 'accepted';
create unique index offers_one_pending_visit_a_responder on dispatch.offers (responder_id) where kind = 'visit' and status = 'pending';
create unique index offers_one_pending_visit_a_contact_point on dispatch.offers (contact_point_id)
    where kind = 'visit' and status = 'pending';
create unique index offers_one_pending_escalation_a_job on dispatch.offers (job_id) where kind = 'escalation' and status = 'pending';
create index offers_of_job on dispatch.offers (job_id);
create index offers_of_member on dispatch.offers (member_id) where member_id is not null;
create index offers_by_phone on dispatch.offers (made_at) where by_phone;
create index offers_ended_lately on dispatch.offers (city, updated_at) where kind = 'visit' and status <> 'pending';

-- 128-bit link tokens, only their SHA-256: reading this table opens no door.
create table dispatch.link_tokens (
    hash bytea primary key,
    offer_id uuid not null,
    created_at timestamptz not null default clock_timestamp()
);
create index link_tokens_of_offer on dispatch.link_tokens (offer_id);

-- What notify has sent to a contact point, as far as it matters for asking it again. A projection: may be rebuilt, decides nothing alone.
create table dispatch.allowances (
    contact_point_id uuid primary key,
    sent_at timestamptz[] not null default '{}',  -- to a helper or lead, newest first, at most 21
    blocked_until timestamptz,                    -- notify refused: limit, quiet hours or an outage
    updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 80);
create index allowances_changed on dispatch.allowances (updated_at);

-- A request that was cancelled before we ever saw it: a late request.filed must not open a job.
create table dispatch.tombstones (
    request_id uuid primary key,
    request_version bigint not null,
    at timestamptz not null default clock_timestamp()
);

-- Who was asked, and why: what the audit is for everybody else, this is for the matcher. No personal data.
create table dispatch.decisions (
    id bigint generated always as identity primary key,
    job_id uuid not null,
    visit integer not null,
    wave integer not null,
    at timestamptz not null,
    candidates jsonb not null,                 -- [{responder_id, cost_minutes, minutes, distance_m, until, offered}], cheapest first
    exclusions jsonb not null,                 -- {rule: how many}
    ranking jsonb not null default '{}'        -- {tier, waited_minutes, vulnerable, ahead_minutes}: what gave the job its place
);
create index decisions_of_job on dispatch.decisions (job_id);

select transport.install_plumbing('dispatch');

grant select, insert, update, delete on all tables in schema dispatch to techrescue_dispatch;
grant usage on all sequences in schema dispatch to techrescue_dispatch;
grant execute on all functions in schema dispatch to techrescue_dispatch;
grant select on all tables in schema dispatch to auditor;
