-- After the help: questions to registered numbers, and marks. `intake/schema.sql` has the reasons.

-- migrate:up
create table intake.inquiries (
    ask_id uuid primary key,
    request_id uuid not null,
    about text not null,
    round integer not null,
    asked_at timestamptz not null,
    asked_by text not null,
    open_until timestamptz not null,
    answered_at timestamptz,
    answer text,
    constraint inquiries_about check (about in ('fixed', 'survey', 'cancel')),
    constraint inquiries_answered check ((answer is null) = (answered_at is null))
) with (fillfactor = 80);
create index inquiries_of_request on intake.inquiries (request_id, about);

create table intake.surveys (
    request_id uuid primary key,
    contact_point_id uuid not null,
    round integer not null,
    score smallint not null,
    why_box text,
    key_id uuid not null,
    door text not null,
    said_at timestamptz not null,
    constraint surveys_score check (score between 1 and 5),
    constraint surveys_door check (door in ('phone', 'web', 'paper'))
) with (fillfactor = 80);
create index surveys_of_contact_point on intake.surveys (contact_point_id);
create index surveys_said on intake.surveys (said_at) where why_box is not null;
grant select, insert, update, delete on intake.inquiries, intake.surveys to techrescue_intake;
grant select on intake.inquiries, intake.surveys to auditor;

-- migrate:down
drop table intake.surveys;
drop table intake.inquiries;
