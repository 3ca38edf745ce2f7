-- The schema `intake` as it is after all its migrations: read this, not their history. A test proves that they lead here.

create schema if not exists intake;
grant usage on schema intake to techrescue_intake, techrescue_desk, auditor;

-- A call for help. No clear name, number, address or text: those are in the boxes, sealed under the resident's key.
create table intake.requests (
    id uuid primary key,
    city text not null,
    code text not null,                        -- what the resident is told; shows public facts only
    version bigint not null default 1,         -- raised by each change, also of the status
    status text not null,
    channel text not null,
    category text not null,
    priority text not null,
    skills text[] not null default '{}',
    commune_code text,                         -- null with lat and lon: nobody knows where
    lat double precision,                      -- coarse: three decimals
    lon double precision,
    place_note text,                           -- what was odd about the place as it was told
    contact_point_id uuid not null,
    key_id uuid not null,                      -- opens both boxes
    phone_box text not null,                   -- sealed, purpose "phone"
    details_box text not null,                 -- sealed, purpose "details"
    visited_box text,                          -- sealed, purpose "phone": another than who filed is visited; until they are asked
    language text not null default 'vi',
    vulnerable text[] not null default '{}',
    visit_consent boolean,
    someone_present boolean,                   -- of the resident's own, while the helper is there; null: nobody has said
    by_call boolean not null default false,
    reopened integer not null default 0,
    owner text,                                -- who has to act: without a location, or without a word on the visit
    filed_by text not null,                    -- name of the token, or "public"
    filed_at timestamptz not null,
    expected_at timestamptz,
    job_id uuid,                               -- the job whose state is shown
    job_version bigint not null default 0,
    job_opened_at timestamptz,
    past_job_ids uuid[] not null default '{}', -- of earlier rounds; what they still say changes nothing
    updated_at timestamptz not null default clock_timestamp(),
    requester_kind text,                       -- resident, official, service_point; null: nobody has said
    priority_reasons text[] not null default '{}',   -- why it is so urgent: words of intake/kinds/reasons.py
    category_candidates text[] not null default '{}', -- where nobody named the category: what the text may be about, likeliest first
    cleared_at timestamptz,                    -- its time is over: the boxes are gone, the figures stay; null: not yet, or erased
    held boolean not null default false,       -- no job yet: its filer's number is not confirmed, for a while
    clock_at timestamptz,                      -- the next promise that somebody must keep; null: nobody must any more
    call_due_at timestamptz,                   -- until when somebody must have telephoned; null: nobody must
    danger_at timestamptz,                     -- the sooner of the two: its place on the board; null: it is not there
    on_word_of text not null default 'somebody', -- an OnWordOf of intake/draft.py; who does not say it knows nothing of who filed
    name_hashes bigint[],                      -- keyed, of whoever filed: what request_names leads from; null: nobody is found by name
    constraint requests_danger check (danger_at is not distinct from least(clock_at, call_due_at)),
    constraint requests_code unique (code),
    constraint requests_status check (status in ('needs_location', 'filed', 'waiting', 'assigned', 'on_the_way', 'in_progress',
        'frozen', 'resolved', 'closed', 'cancelled', 'handed_off', 'unreached')),
    constraint requests_channel check (channel in ('hotline', 'web', 'chat', 'counter', 'open311', 'import')),
    constraint requests_on_word_of check (on_word_of in ('holder', 'operator', 'somebody')),
    constraint requests_priority check (priority in ('P1', 'P2', 'P3', 'P4')),
    constraint requests_requester_kind check (requester_kind in ('resident', 'official', 'service_point')),
    constraint requests_place check ((commune_code is null) = (lat is null) and (lat is null) = (lon is null)),
    constraint requests_located check (status in ('needs_location', 'cancelled') or commune_code is not null),
    constraint requests_owner check (status <> 'needs_location' or owner is not null)
) with (fillfactor = 80);
create index requests_of_contact_point on intake.requests (contact_point_id);
-- What may be cleared, the oldest first.
create index requests_to_clear on intake.requests (updated_at)
    where cleared_at is null and phone_box <> '' and status in ('closed', 'cancelled', 'handed_off', 'unreached');
create index requests_without_place on intake.requests (filed_at) where status = 'needs_location';
-- What the auditor looks through twice a minute: all that somebody must be working on, however much is over.
create index requests_live on intake.requests (id)
    where status in ('needs_location', 'filed', 'waiting', 'assigned', 'on_the_way', 'in_progress', 'frozen');

create index requests_with_number on intake.requests (id) where visited_box is not null; -- of the visited, who is still to be asked
create index requests_in_danger on intake.requests (danger_at, id) where danger_at is not null;
create index requests_in_danger_of_commune on intake.requests (commune_code, danger_at, id) where danger_at is not null;
create index requests_alike on intake.requests (category, lat, lon) where danger_at is not null; -- what looks like the same, near by

-- Codes of what may be one with a request: open ones of the same phone (`person` null: one that nobody has filed from), and
-- of the same kind within `radius_m` and `apart` of its time; at most `most`, the nearest of the first `looked_at` that there
-- are. A degree of latitude is 111,195 m; places have three decimals, on a plane that is exact enough. Whoever asks reckons
-- the box around it: who may not see all rows has the index only for conditions that cannot fail. In SQL and without settings
-- of its own, so that it is planned as a part of who asks.
create function intake.alike(
    asked uuid, person uuid, kind text, asked_at timestamptz, asked_lat float8, asked_lon float8,
    south float8, north float8, west float8, east float8, radius_m float8, apart interval, most integer, looked_at integer
) returns table (code text)
language sql stable as $$
    select both_kinds.code from (
        (
            select other.id, other.code, true as same_phone, 0::float8 as metres
            from intake.requests other
            where other.contact_point_id = person and other.danger_at is not null and other.id <> asked
            order by other.filed_at desc limit most
        )
        union all
        (
            select near.id, near.code, false, near.metres from (
                select other.id, other.code, other.filed_at, away.metres
                from intake.requests other
                cross join lateral (
                    select 111195 * sqrt(
                        power(other.lat - asked_lat, 2) + power((other.lon - asked_lon) * cos(radians(asked_lat)), 2)
                    ) as metres
                ) away
                where other.category = kind and other.danger_at is not null
                    and other.lat between south and north and other.lon between west and east
                    and other.filed_at between asked_at - apart and asked_at + apart
                    and other.contact_point_id is distinct from person and away.metres <= radius_m
                limit looked_at
            ) near
            order by near.metres, near.filed_at limit most
        )
    ) both_kinds
    order by same_phone desc, metres, id limit most
$$;

-- When a request reached which status, after its filing. What the resident may read; kept for the SLA figures.
create table intake.steps (
    id bigint generated always as identity primary key,
    request_id uuid not null,
    version bigint not null,
    status text not null,
    at timestamptz not null,
    constraint steps_once unique (request_id, version)
);

-- Who is expected at whose door, once somebody has accepted: what a visit check compares with. Names are sealed under the helper's key.
create table intake.visits (
    request_id uuid primary key,
    job_id uuid not null,
    visit integer not null,                    -- of the job; with the sealed seed of the request it makes the phrase
    helper_kind text not null,
    name jsonb,                                -- sealed, purpose "name"
    member jsonb,                              -- sealed, purpose "name": who of a team comes
    partner jsonb,                             -- … and with whom, where two come
    unnamed boolean not null default false,    -- a team that has not said who comes
    by_phone boolean not null default false,   -- somebody calls, and comes to no door
    meeting_at timestamptz,                    -- when the resident opened a meeting on the web for that call
    wrong_tries integer not null default 0,    -- on this visit
    suspicious_at timestamptz                  -- a "no", or too many wrong phrases: told to dispatch once a visit
) with (fillfactor = 80);

-- Who is asked whether somebody may come, on whose phone. The answer itself stands in the request.
create table intake.consents (
    request_id uuid primary key,
    ask_id uuid not null,                      -- of the question
    contact_point_id uuid not null,            -- the visited person's own phone
    key_id uuid not null,
    phone_box text,                            -- sealed under their own key, purpose "phone"; null once erased
    language text not null,
    behalf boolean not null,                   -- somebody else filed it for them
    call_at timestamptz not null,              -- without an answer until then somebody telephones
    open_until timestamptz not null,           -- a bare word still answers the question
    said_at timestamptz                        -- when they said something last, themselves or to an operator
) with (fillfactor = 80);
create index consents_of_contact_point on intake.consents (contact_point_id);

-- How often somebody has telephoned about it, and heard neither yes nor no.
create table intake.consent_calls (
    request_id uuid primary key,
    round integer not null,                    -- `reopened` of the request: each time is counted anew
    calls integer not null
) with (fillfactor = 80);

-- Why a request stands still, and until when at the latest: what the resident may read. A row whose time is over says nothing.
create table intake.pauses (
    request_id uuid primary key,
    reason text not null,                      -- a Pause of shared/pauses.py
    until timestamptz not null
) with (fillfactor = 80);

-- Where a deployment's own geocoder found the address of a request that our names do not settle; null: it found nothing.
create table intake.place_hints (
    request_id uuid primary key,
    commune_code text,
    at timestamptz not null
);

-- One row a filing that was answered. Both hashes are keyed: what callers put into a key or a body cannot be guessed from them.
create table intake.idempotency_keys (
    key_hash bytea primary key,                -- of caller and key
    body_hash bytea not null,                  -- of the body in canonical form
    request_id uuid not null,
    answer jsonb not null,                     -- the answer without the pass phrase, which is made again from the sealed seed
    at timestamptz not null default clock_timestamp()
);
create index idempotency_keys_of_request on intake.idempotency_keys (request_id);

-- One filing as it is handed to the query `file_requests`: what of it goes into requests, idempotency_keys and outbox.
create type intake.filing as (
    key_hash bytea, body_hash bytea, request_id uuid, answer jsonb, code text, status text, channel text, category text,
    priority text, skills text, commune_code text, lat double precision, lon double precision, place_note text,
    contact_point_id uuid, key_id uuid, phone_box text, details_box text, language text, vulnerable text,
    visit_consent boolean, by_call boolean, visited_box text, asks_consent boolean, someone_present boolean, filed_by text, expected_at timestamptz, event_id uuid, traceparent text, body bytea
);

-- Fixed windows of the public doors: how often one phone or one address came. Buckets are keyed hashes.
create table intake.allowances (
    bucket bytea primary key,
    window_ends_at timestamptz not null,
    used integer not null
) with (fillfactor = 80);
create index allowances_over on intake.allowances (window_ends_at);

-- What people wrote that answered no question: kept sealed, opened for operators until one of them has read it.
create table intake.incoming_messages (
    event_id uuid primary key,
    contact_point_id uuid not null,
    channel text not null,
    key_id uuid not null,
    text_box text not null,                    -- sealed, purpose "text"
    received_at timestamptz not null,
    read_at timestamptz,
    read_by text,                              -- the name of a token
    more integer not null default 0,           -- what this number wrote before it, beyond what is kept open of one: counted only
    phone_box text,                            -- sealed, purpose "phone": who wrote it; null: said by a version that did not know
    conversation_id uuid                       -- handed over by the machine: the text is all that was said in it
);
create unique index incoming_messages_handed_over on intake.incoming_messages (conversation_id)
    where conversation_id is not null and read_at is null;
create index incoming_messages_waiting on intake.incoming_messages (received_at) where read_at is null;
create index incoming_messages_read on intake.incoming_messages (read_at) where read_at is not null;
create index incoming_messages_of_contact_point on intake.incoming_messages (contact_point_id, received_at);

-- Faults that a person of dispatch has confirmed: who files about the same, near enough, hears that it is known. A projection.
create table intake.known_faults (
    group_id uuid primary key,
    version bigint not null,                   -- of the group, as it was last told
    fault text not null,
    lat double precision not null,             -- coarse: three decimals
    lon double precision not null,
    radius_m double precision not null,
    requests integer not null,                 -- how many tell of it
    ended_at timestamptz
);
create index known_faults_now on intake.known_faults (fault) where ended_at is null;

-- Incidents that are open: whoever asks for that kind of help hears that it waits, and why. A projection.
create table intake.known_incidents (
    incident_id uuid primary key,
    version bigint not null,                   -- of the incident, as it was last told
    city text not null,
    category text not null,
    symptom text,                              -- a Symptom of shared/events/incidents.py
    opened_at timestamptz not null,
    ended_at timestamptz
);
create index known_incidents_now on intake.known_incidents (category) where ended_at is null;

-- The hotline: a call as its telephone system tells of it. Doubled, late, in any order: each moment is the earliest that was said.
create table intake.calls (
    id uuid primary key,
    call_hash bytea not null,                  -- keyed, of the telephone system and its own id for the call: it may hold a number
    source text not null,                      -- name of the telephone system's token
    contact_point_id uuid,                     -- null: a hidden number, or its time is over
    key_id uuid,
    phone_box text,                            -- sealed, purpose "phone"
    rang_at timestamptz,
    answered_at timestamptz,
    operator text,                             -- the name of their token, as far as the telephone system tells it
    ended_at timestamptz,
    lost_at timestamptz,
    lost text,                                 -- missed, abandoned: as it was told
    silent_at timestamptz,                     -- it rang, and nothing was heard of it after that
    outcome text,                              -- what follows from all these; null: it goes on
    began_at timestamptz,
    unanswered_at timestamptz,                 -- since when somebody has to return it
    heard_at timestamptz not null,             -- first, by our clock
    constraint calls_once unique (call_hash),
    constraint calls_outcome check (outcome in ('answered', 'missed', 'abandoned')),
    constraint calls_number check ((contact_point_id is null) = (key_id is null) and (key_id is null) = (phone_box is null))
) with (fillfactor = 80);
create index calls_of_contact_point on intake.calls (contact_point_id, heard_at);
create index calls_now on intake.calls (heard_at) where ended_at is null and unanswered_at is null;
create index calls_unanswered on intake.calls (heard_at) where unanswered_at is not null and contact_point_id is not null;
create index calls_heard on intake.calls (heard_at); -- whose time is over
create index calls_began on intake.calls (began_at);

-- Somebody rang and nobody took it, or asked to be called: one task a number, until somebody has spoken with them.
create table intake.callbacks (
    id uuid primary key,
    contact_point_id uuid not null,
    key_id uuid not null,
    phone_box text not null,                   -- sealed, purpose "phone"
    reason text not null,
    request_id uuid,                           -- what it is about, where they asked
    misses integer not null,                   -- calls of theirs that nobody took
    asked_at timestamptz,
    first_at timestamptz not null,             -- since when they wait
    last_at timestamptz not null,
    status text not null,
    owner text not null,                       -- hotline, city_desk, or the operator who has it
    due_at timestamptz not null,               -- by then somebody has called
    lease_until timestamptz,
    held_by text,                              -- who took it last and has not said what came of it
    said_by text,
    outcome text,                              -- of the last try; once it has ended, of all
    tries integer not null,
    raised integer not null,
    escalated_at timestamptz,
    covers_until timestamptz,                  -- calls until then need no other callback
    opened_at timestamptz not null,
    ended_at timestamptz,
    version bigint not null,
    conversation_id uuid,                      -- in which they asked first: what it is about stands there
    constraint callbacks_status check (status in ('open', 'taken', 'ended')),
    constraint callbacks_owned check (owner <> ''),
    constraint callbacks_lease check ((status = 'taken') = (lease_until is not null)),
    constraint callbacks_ended check ((status = 'ended') = (ended_at is not null))
) with (fillfactor = 80);
create unique index callbacks_once on intake.callbacks (contact_point_id) where ended_at is null;
create index callbacks_of_contact_point on intake.callbacks (contact_point_id, covers_until);
create index callbacks_of_conversation on intake.callbacks (conversation_id) where conversation_id is not null;
create index callbacks_open on intake.callbacks (due_at) where ended_at is null;
create index callbacks_ended on intake.callbacks (ended_at) where ended_at is not null;

-- What an operator has typed so far, sealed as a whole. It becomes a request, is deleted, or its time is over.
create table intake.drafts (
    id uuid primary key,
    key_hash bytea not null,                   -- keyed, of the operator and the key that their window gave it
    operator text not null,                    -- the name of a token
    call_id uuid,                              -- during which it was typed
    contact_point_id uuid,                     -- of whoever is helped, as far as they are known: erased with them
    key_id uuid not null,                      -- theirs, or the house's of nobody we know
    box text not null,                         -- sealed, purpose "draft"
    version integer not null,
    status text not null,
    code text,                                 -- of the request it became
    created_at timestamptz not null,
    touched_at timestamptz not null,
    constraint drafts_once unique (key_hash),
    constraint drafts_status check (status in ('open', 'filing', 'filed')),
    constraint drafts_code check ((status = 'filed') = (code is not null))
) with (fillfactor = 80);
create index drafts_of_operator on intake.drafts (operator) where status <> 'filed';
create index drafts_of_contact_point on intake.drafts (contact_point_id);
create index drafts_touched on intake.drafts (touched_at);
create index drafts_of_request on intake.drafts (code) where code is not null;
-- A deployment's own list of procedures, each import a version of its own; the newest is what is searched, older ones say what was.
create table intake.guidance_versions (
    version integer primary key,
    id uuid not null,                          -- what the audit calls it
    digest bytea not null,                     -- of what the list says: the same again is no new version
    at timestamptz not null,
    imported_by text not null,
    procedures integer not null,
    constraint guidance_versions_id unique (id)
);

create table intake.procedures (
    version integer not null,
    code text not null,                        -- national
    name text not null,
    office_group text not null,
    owner text not null,                       -- the office that handles it: a word of intake/guidance/entry.py
    category text,                             -- null: of none of ours
    steps text[] not null,
    primary key (version, code)
);

-- What became of "try this first", by entry and day. Counts only.
create table intake.guidance_outcomes (
    entry_id text not null,
    day date not null,                         -- in Hanoi
    offered integer not null default 0,
    helped integer not null default 0,
    not_helped integer not null default 0,
    person integer not null default 0,         -- they wanted a person instead
    primary key (entry_id, day)
);
-- Where people walk in: data of a deployment, loaded by ops.
create table intake.service_points (
    id text primary key,                       -- what the deployment calls it
    name text not null,
    commune_code text not null,
    days text not null,                        -- ISO weekdays on which it is open: 12345
    opens integer not null,                    -- minutes of the local day
    closes integer not null,
    on_holidays boolean not null,
    active boolean not null,
    updated_at timestamptz not null default clock_timestamp(),
    constraint service_points_hours check (0 <= opens and opens < closes and closes <= 1440)
);

-- How far the queue of a point is on a local day. Its row is the lock under which everything of that queue is decided.
create table intake.point_days (
    point_id text not null,
    day date not null,
    last_number integer not null default 0,
    calls integer not null default 0,
    in_a_row integer not null default 0,       -- of priority
    primary key (point_id, day)
) with (fillfactor = 80);

-- A number in the hand of somebody who waits. Phone and words are sealed, and gone with the end of the visit.
create table intake.tickets (
    id uuid primary key,                       -- random: who has it may ask how it stands
    point_id text not null,
    day date not null,                         -- local
    number integer not null,
    status text not null,
    version bigint not null default 1,
    reason text,                               -- why they go first; null: they do not
    category text,
    language text not null,
    owner text,                                -- who has to act: the point, then the desk that has called
    taken_at timestamptz not null,
    closes_at timestamptz not null,
    called_at timestamptz,
    ended_at timestamptz,
    desk text,
    no_shows integer not null default 0,
    comes_after integer,                       -- calls of the day, after a no-show
    contact_point_id uuid,
    key_id uuid,                               -- opens both boxes
    phone_box text,                            -- sealed, purpose "phone"
    need_box text,                             -- sealed, purpose "text"
    request_code text,                         -- what it became
    data_consent text,                         -- the version of the text on personal data that was agreed to at the kiosk
    key_hash bytea not null,                   -- of caller and Idempotency-Key
    body_hash bytea not null,
    constraint tickets_number unique (point_id, day, number),
    constraint tickets_key unique (key_hash),
    constraint tickets_status check (status in ('waiting', 'called', 'done', 'missed', 'cancelled', 'unserved', 'unreported')),
    constraint tickets_owner check (owner is not null or status not in ('waiting', 'called')),
    constraint tickets_over check ((ended_at is null) = (status in ('waiting', 'called')))
) with (fillfactor = 80);
create index tickets_live on intake.tickets (id) where status in ('waiting', 'called');
create index tickets_of_day on intake.tickets (day); -- whose time is over
create index tickets_served on intake.tickets (point_id, ended_at) where status = 'done';
create index tickets_of_contact_point on intake.tickets (contact_point_id) where contact_point_id is not null;

-- Files of requests. The report holds rows, columns and advice, and nothing that stood in the file.
create table intake.imports (
    id uuid primary key,
    file_hash text not null,                   -- SHA-256: the same file is the same import
    by text not null,                          -- the name of a token: who sends it again when it has stopped
    begun_at timestamptz not null,
    progressed_at timestamptz not null,
    status text not null,
    rows integer not null,
    good integer not null,
    filed integer not null default 0,
    before integer not null default 0,         -- rows that were filed when the same file came earlier
    bad jsonb not null default '[]',
    constraint imports_file unique (file_hash),
    constraint imports_status check (status in ('running', 'stopped', 'done'))
) with (fillfactor = 80);

-- One person and us, talking: what is remembered between two messages. What they told is in the box until it is filed or forgotten.
create table intake.conversations (
    id uuid primary key,
    key bytea not null,                        -- a keyed hash of channel and who writes
    city text not null,
    channel text not null,
    contact_point_id uuid not null,            -- of the number, or of the account where no number is known
    key_id uuid not null,                      -- opens all boxes
    phone_box text,                            -- sealed, purpose "phone"; null: an account without a number
    stage text not null,
    language text not null,
    version bigint not null,                   -- guards its timer, and counts what was said
    box text not null,                         -- sealed, purpose "conversation": draft, question, counts
    code text,                                 -- of the last request filed here
    filer_id uuid,                             -- dies with the next release, and so does its trigger: filer_ids has it
    wake_at timestamptz,                       -- its rest is over then; null: a clerk is at it, or it is over
    began_at timestamptz not null,
    heard_at timestamptz not null,             -- when they wrote last
    ended_at timestamptz,
    owner text,                                -- who has to act while a person has it: hotline, city_desk, or the operator who answers; before: one is wanted
    filer_ids uuid[],                          -- contact points of others than the writer whose number was in a draft here, or was to be called
    constraint conversations_channel check (channel in ('zalo', 'telegram', 'sms', 'web')),
    constraint conversations_stage check
        (stage in ('listening', 'confirming', 'filing', 'idle', 'cancelling', 'with_person', 'asleep', 'over')),
    constraint conversations_wait check (stage in ('filing', 'cancelling', 'over') or wake_at is not null),
    constraint conversations_ended check ((ended_at is not null) = (stage = 'over'))
) with (fillfactor = 70);
create unique index conversations_live on intake.conversations (key) where stage <> 'over';
create index conversations_at_the_clerk on intake.conversations (id) where stage in ('filing', 'cancelling');
create index conversations_of_contact_point on intake.conversations (contact_point_id);
create index conversations_of_filers on intake.conversations using gin (filer_ids) where filer_ids is not null;
create index conversations_at_the_desk on intake.conversations (id) where stage = 'with_person' and owner = 'city_desk';
create index conversations_over on intake.conversations (ended_at) where ended_at is not null;
-- While processes of the version before still run, they write filer_id alone: without this an erasure would pass such a conversation by.
create function intake.keep_old_filer() returns trigger language plpgsql as $$
begin
    if new.filer_ids is null or not new.filer_ids @> array[new.filer_id] then
        new.filer_ids := new.filer_ids || new.filer_id;
    end if;
    return new;
end
$$;
create trigger conversations_old_filer before insert or update of filer_id on intake.conversations
    for each row when (new.filer_id is not null) execute function intake.keep_old_filer();

-- What was said, masked before it was sealed (purpose "text").
create table intake.conversation_turns (
    id bigint generated always as identity primary key,
    conversation_id uuid not null,
    contact_point_id uuid not null,
    speaker text not null,                     -- they; we: the machine; person: an operator
    message_id text,                           -- of theirs, as the channel names it: twice the same is one
    answers text,                              -- of ours: the message it answers; null: we began
    text_box text not null,
    at timestamptz not null,
    constraint conversation_turns_speaker check (speaker in ('they', 'we', 'person')),
    constraint conversation_turns_of_them check ((message_id is not null) = (speaker = 'they'))
);
create unique index conversation_turns_once on intake.conversation_turns (contact_point_id, message_id) where message_id is not null;
create index conversation_turns_of_conversation on intake.conversation_turns (conversation_id, id);
create index conversation_turns_by_age on intake.conversation_turns (at);

-- Who talks on our own page. Known by a token alone; what was said stands with the conversations, which know them as a contact point.
create table intake.chat_sessions (
    id uuid primary key,
    token_hash bytea not null,
    contact_point_id uuid not null,
    opened_at timestamptz not null,
    expires_at timestamptz not null            -- moves with each message
) with (fillfactor = 80);
create index chat_sessions_of_contact_point on intake.chat_sessions (contact_point_id);
create index chat_sessions_over on intake.chat_sessions (expires_at);
create index conversation_turns_of_contact_point on intake.conversation_turns (contact_point_id, id);

-- What a registered number is asked about its request: a day later whether it is fixed, how good the help was, and whether a request
-- that somebody else wants to call off shall be called off.
create table intake.inquiries (
    ask_id uuid primary key,
    request_id uuid not null,
    about text not null,
    round integer not null,                    -- `reopened` of the request
    asked_at timestamptz not null,
    asked_by text not null,                    -- timer, resident, the name of a token, or "public"
    open_until timestamptz not null,
    answered_at timestamptz,
    answer text,                               -- an Answer of shared/events/messages.py, by whichever way; or silence
    key_id uuid,                               -- of a move that waits for its yes: what is to change, sealed, purpose "details";
    move_box text,                             -- null once it is answered
    constraint inquiries_about check (about in ('fixed', 'survey', 'cancel', 'move')),
    constraint inquiries_answered check ((answer is null) = (answered_at is null))
) with (fillfactor = 80);
create index inquiries_of_request on intake.inquiries (request_id, about);
create index inquiries_unanswered on intake.inquiries (open_until) where answered_at is null;

-- How good the help was: one mark a request, the last that was given within a week.
create table intake.surveys (
    request_id uuid primary key,
    contact_point_id uuid not null,
    round integer not null,
    score smallint not null,
    why_box text,                              -- sealed under the resident's key, purpose "text"; null: not said, or over
    key_id uuid not null,
    door text not null,
    said_at timestamptz not null,
    constraint surveys_score check (score between 1 and 5),
    constraint surveys_door check (door in ('phone', 'web', 'paper'))
) with (fillfactor = 80);
create index surveys_of_contact_point on intake.surveys (contact_point_id);
create index surveys_said on intake.surveys (said_at) where why_box is not null;

-- Numbers that filed over the web and had never been here: whoever has one shows it by a code, by any answer from there, or to an operator.
-- A request of a number without a row, or with `confirmed_at`, is not marked.
create table intake.numbers (
    contact_point_id uuid primary key,
    request_id uuid not null,                  -- with which it came
    code_hash bytea,                           -- keyed; null: nothing can be sent there, or it is confirmed
    code_until timestamptz,
    tries integer not null default 0,          -- wrong codes
    met_at timestamptz not null,
    confirmed_at timestamptz,
    confirmed_by text                          -- code, answer, or the name of a token
) with (fillfactor = 80);

-- Of these requests it is known that whoever holds the number filed them: with an operator, from the number itself, or the code that
-- was sent there came back for them. Only they end a callback, and only they make what somebody says and is called for a commune's:
-- anybody may type a number, on the web, in a chat, or at the desk of one commune.
create view intake.proved_filings with (security_invoker = true) as
select request.contact_point_id, request.filed_at, request.commune_code
from intake.requests request
where request.on_word_of in ('holder', 'operator');

-- What was agreed to about personal data: which version of the text, where, when, and who says so. The texts: intake/privacy/.
create table intake.data_consents (
    request_id uuid primary key,
    contact_point_id uuid not null,
    version text not null,
    language text not null,
    door text not null,                        -- the channel; of a conversation the one it was held over
    said_by text not null,                     -- the name of a token, or "public"
    at timestamptz not null
);
create index data_consents_of_contact_point on intake.data_consents (contact_point_id);

-- What people ask about their own data: by when the law wants it done, who has it, what came of it. Nothing of the person but their id.
create table intake.privacy_requests (
    id uuid primary key,
    kind text not null,
    contact_point_id uuid not null,
    identified text not null,                  -- how somebody made sure that it is this person
    asked_at timestamptz not null,
    due_at timestamptz not null,               -- two working days
    opened_by text not null,                   -- the name of a token
    owner text not null,                       -- city_desk, ops once a working day is over
    raised_at timestamptz,
    status text not null default 'open',
    ended_at timestamptz,
    ended_by text,
    reason text,                               -- why it was refused
    conversation_id uuid,                      -- by which it was asked for, and can be done: they may have no number
    constraint privacy_requests_kind check (kind in ('export', 'correct', 'erase')),
    constraint privacy_requests_status check (status in ('open', 'done', 'refused')),
    constraint privacy_requests_ended check ((status = 'open') = (ended_at is null)),
    constraint privacy_requests_owner check (owner <> '')
) with (fillfactor = 80);
create unique index privacy_requests_once on intake.privacy_requests (contact_point_id, kind) where status = 'open';
create index privacy_requests_due on intake.privacy_requests (due_at) where status = 'open';

select transport.install_plumbing('intake');

-- The hourly sweep; it sets itself again.
insert into intake.timers (id, kind, subject, due_at, guard)
values ('00000000-0000-7000-8000-000000000001', 'sweep', '00000000-0000-7000-8000-000000000001', clock_timestamp(), 0);

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

-- What leads to a request by name: keyed hashes of the folded name and of its words that are not common. All stand in `requests.name_hashes`.
create table intake.request_names (
    hash bigint not null,
    request_id uuid not null
);
create index request_names_newest on intake.request_names (hash, request_id); -- not unique: filing writes several, and each would be looked for

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
            'offers_out', 'desk_calls', 'chronicle', 'board_changes', 'request_names', 'merges', 'reveals', 'inquiries'] loop
        execute format('alter table intake.%I enable row level security', named);
        execute format('create policy ours on intake.%I to techrescue_intake, auditor using (true) with check (true)', named);
        execute format('grant select on intake.%I to techrescue_desk', named);
    end loop;
    foreach named in array array['steps', 'visits', 'pauses', 'consents', 'cards', 'offers_out', 'desk_calls', 'chronicle', 'board_changes',
            'request_names', 'merges', 'reveals', 'inquiries'] loop
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
-- Whoever has written belongs to the communes of their own requests; who has none is the city's.
grant select on intake.proved_filings to techrescue_desk;
create policy in_sight on intake.incoming_messages for select to techrescue_desk using (
    current_setting('techrescue.communes', true) = '*'
    or exists (select from intake.proved_filings own where own.contact_point_id = incoming_messages.contact_point_id)
);

grant select, insert, update, delete on all tables in schema intake to techrescue_intake;
grant usage on all sequences in schema intake to techrescue_intake;
grant select on all tables in schema intake to auditor;
