-- Who asks, why a request is so urgent, and what it may be about where nobody could say. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.requests
    add column requester_kind text,
    add column priority_reasons text[] not null default '{}',
    add column category_candidates text[] not null default '{}',
    add constraint requests_requester_kind check (requester_kind in ('resident', 'official', 'service_point'));

-- migrate:down
alter table intake.requests
    drop column category_candidates,
    drop column priority_reasons,
    drop column requester_kind;
