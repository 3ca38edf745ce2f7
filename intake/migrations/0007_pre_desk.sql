-- The operators' desk: a board with its clocks, search, one request's life, duplicates, reveals, and who sees which rows.
-- `intake/schema.sql` has the reasons.

-- migrate:up
grant usage on schema intake to techrescue_desk;
alter table intake.requests add column clock_at timestamptz;
alter table intake.requests add column call_due_at timestamptz;
alter table intake.requests add column danger_at timestamptz;
alter table intake.requests add column name_hashes bigint[];
update intake.requests set clock_at = coalesce(expected_at, filed_at), danger_at = coalesce(expected_at, filed_at)
where status in ('needs_location', 'filed', 'waiting', 'assigned', 'on_the_way', 'in_progress', 'frozen');
alter table intake.requests add constraint requests_danger check (danger_at is not distinct from least(clock_at, call_due_at));
create index requests_in_danger on intake.requests (danger_at, id) where danger_at is not null;
create index requests_in_danger_of_commune on intake.requests (commune_code, danger_at, id) where danger_at is not null;
create index requests_alike on intake.requests (category, lat) where danger_at is not null;

-- The operators' desk ------------------------------------------------------------------------------------------------
-- What it shows beside the request itself, and who sees which rows: techrescue_desk reads, and the policies below decide. Whoever
-- reads tells `techrescue.city` and `techrescue.communes` ('*': all, else codes) for their transaction; untold, they see nothing.

-- What dispatch and notify have said of a request last, beyond its status. A projection.
create table intake.cards (
    request_id uuid primary key,
    job_id uuid,
    escalated_to text,                         -- who was asked because nobody was found
    held_seconds double precision not null default 0, -- of the tier's clock, in pauses that are over
    breached text,                             -- the last promise that was broken: a Stage of shared/service_levels.py
    group_id uuid,                             -- helped by one visit together with others
    session_at timestamptz,                    -- … at this hour
    heard_at timestamptz,                      -- when the resident was last told something …
    heard text,                                -- … what for: a word of notify's purposes
    heard_by text                              -- … over which channel
) with (fillfactor = 80);

-- Offers that may still be answered. A projection.
create table intake.offers_out (
    offer_id uuid primary key,
    request_id uuid not null,
    kind text not null,
    not_after timestamptz not null
) with (fillfactor = 80);
create index offers_out_of_request on intake.offers_out (request_id);

-- Somebody has to telephone: notify owns these tasks, and leases each to one operator. A projection.
create table intake.desk_calls (
    call_id uuid primary key,
    version bigint not null,                   -- of the task, as it was last told
    request_id uuid not null,
    purpose text not null,
    owner text not null,
    due_at timestamptz not null,
    ended_at timestamptz,
    outcome text
) with (fillfactor = 80);
create index desk_calls_of_request on intake.desk_calls (request_id);

-- What dispatch and notify told of a request, one row an event: what somebody reads who wants to know how it went. Ids and words.
create table intake.chronicle (
    event_id uuid primary key,
    request_id uuid not null,
    at timestamptz not null,
    what text not null,
    detail jsonb not null
);
create index chronicle_of_request on intake.chronicle (request_id, at);

-- That a request on the board has changed, one row a change: listeners are told, and whoever turns the pages of the board finds in
-- `danger_was` the order that held when they began. Read by `xid` below the oldest transaction that runs: ids alone are not in the
-- order in which they become visible. Kept for a day.
create table intake.board_changes (
    xid xid8 not null default pg_current_xact_id(),
    id bigint generated always as identity,
    request_id uuid not null,
    danger_was timestamptz,                    -- before the change; null: it was not on the board
    commune_was text,
    moves boolean not null default true,       -- written under the lock of the request, so that `danger_was` held until then
    at timestamptz not null default clock_timestamp(),
    primary key (xid, id)
);
create index board_changes_at on intake.board_changes using brin (at);

-- Who was looked up by name: keyed hashes of the folded name and of each of its words. `requests.name_hashes` says which are whose.
create table intake.request_names (
    hash bigint not null,
    request_id uuid not null,
    primary key (hash, request_id)
);

-- A person has said that two requests are one. The merged one is cancelled, and shows what becomes of the other.
create table intake.merges (
    request_id uuid primary key,               -- the merged one
    into_id uuid not null,
    merged_at timestamptz not null,
    merged_by text not null,                   -- the name of a token
    consent boolean,                           -- visit_consent of the merged one, for the way back
    constraint merges_two check (request_id <> into_id)
);
create index merges_into on intake.merges (into_id);

-- Who was shown a number and an address, and why.
create table intake.reveals (
    id uuid primary key,
    request_id uuid not null,
    actor text not null,
    reason text not null,
    words_box text,                            -- sealed under the resident's key, purpose "reason"
    at timestamptz not null
);
create index reveals_of_request on intake.reveals (request_id);

-- A commune's own requests, or all of the city; what belongs to a request is seen by whoever sees the request.
do $$
declare
    named text;
begin
    foreach named in array array['requests', 'audit', 'incoming_messages', 'steps', 'visits', 'pauses', 'consents', 'cards',
            'offers_out', 'desk_calls', 'chronicle', 'board_changes', 'request_names', 'merges', 'reveals'] loop
        execute format('alter table intake.%I enable row level security', named);
        execute format('create policy ours on intake.%I to techrescue_intake, auditor using (true) with check (true)', named);
        execute format('grant select on intake.%I to techrescue_desk', named);
    end loop;
    foreach named in array array['steps', 'visits', 'pauses', 'consents', 'cards', 'offers_out', 'desk_calls', 'chronicle', 'board_changes',
            'request_names', 'merges', 'reveals'] loop
        execute format('create policy in_sight on intake.%1$I for select to techrescue_desk
            using (exists (select from intake.requests seen where seen.id = %1$I.request_id))', named);
    end loop;
end
$$;
create policy in_sight on intake.requests for select to techrescue_desk using (
    city = current_setting('techrescue.city', true) and (
        current_setting('techrescue.communes', true) = '*'
        or commune_code = any (string_to_array(current_setting('techrescue.communes', true), ','))
    )
);
create policy in_sight on intake.audit for select to techrescue_desk
using (exists (select from intake.requests seen where seen.id = audit.subject));
-- Whoever has written belongs to the communes of their requests; who has none is the city's.
create policy in_sight on intake.incoming_messages for select to techrescue_desk using (
    current_setting('techrescue.communes', true) = '*'
    or exists (select from intake.requests seen where seen.contact_point_id = incoming_messages.contact_point_id)
);

-- migrate:down
do $$
declare
    named text;
begin
    foreach named in array array['requests', 'audit', 'incoming_messages', 'steps', 'visits', 'pauses', 'consents'] loop
        execute format('drop policy in_sight on intake.%I', named);
        execute format('drop policy ours on intake.%I', named);
        execute format('alter table intake.%I disable row level security', named);
        execute format('revoke select on intake.%I from techrescue_desk', named);
    end loop;
end
$$;
drop table intake.cards, intake.offers_out, intake.desk_calls, intake.chronicle, intake.board_changes, intake.request_names,
    intake.merges, intake.reveals;
alter table intake.requests drop column danger_at, drop column call_due_at, drop column clock_at, drop column name_hashes;
revoke usage on schema intake from techrescue_desk;
