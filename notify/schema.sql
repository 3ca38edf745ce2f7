-- Notify: who is told, what they are asked, and proof of both. Texts and numbers stand here sealed under the recipient's own key
-- (`address` purpose "phone", `body` purpose "text", `member` purpose "name"): base64 boxes, the key in the vault.
-- Lock order: contact point, question, message; within a kind by id. Hot tables carry no foreign keys: rows come in sets.

select transport.install_plumbing('notify');  -- first: whatever is made in the schema afterwards is granted by itself

-- A phone that one or several people share. The row is the lock of everything that phone is asked.
create table notify.contact_points (
    id uuid primary key,                       -- issued by the vault, the same in every context
    key_id uuid not null,
    address text,                              -- sealed; null once erased, or its time is over
    language text not null default 'vi',
    last_code smallint not null default 9,     -- the last of two digits: they go round, so that a late "1 27" finds its question
    reply_version bigint not null default 0,   -- version of the last reply.received or message.received
    stopped_at timestamptz,                    -- its owner wants no texts of ours since then; null: they do
    updated_at timestamptz not null default clock_timestamp(),
    talk_asked_at timestamptz,                 -- when intake's conversation asked here, if that was its last word: a bare "1" means it
    talk_asked_over text,                      -- … in the conversation of which channel
    talk_asked_before timestamptz,             -- when it had asked there before: what was written in between is read afterwards
    talk_text_id uuid,                         -- … and with which text: it may have waited, or gone another way
    talk_text_before uuid                      -- null: asked by a process of the version before, or nothing was
) with (fillfactor = 80);

-- Where else somebody is reached than at their number: one account of a channel at a time, proved by a code that only the owner of
-- the number got. An account belongs to one phone. `gone_at`: the provider says that nothing arrives there any more.
create table notify.accounts (
    contact_point_id uuid not null,
    channel text not null,
    key_id uuid not null,
    address text,                              -- sealed under the person's key, purpose "account"; null once gone
    blind_index bytea,                         -- of channel and address; null once gone: the account may be anybody's then
    bound_at timestamptz not null,
    gone_at timestamptz,
    primary key (contact_point_id, channel),
    constraint accounts_channel check (channel in ('zalo', 'telegram', 'web_push', 'email')),
    constraint accounts_gone check ((gone_at is null) = (address is not null) and (gone_at is null) = (blind_index is not null))
);
create unique index accounts_of_one_phone on notify.accounts (channel, blind_index) where blind_index is not null;

-- The code that somebody asked for by SMS and writes in the chat: one a phone, good for ten minutes and for one account.
create table notify.account_codes (
    contact_point_id uuid primary key,
    code bytea not null unique,                -- a keyed hash
    expires_at timestamptz not null,
    wrong_before bigint not null default 0     -- `code_guesses.wrong` when it was made: each guess since then was one at this code, too
);

-- How many codes were wrong, of all accounts and the door together: one row, whose lock lets one code at a time be looked at.
-- It is locked before phones.
create table notify.code_guesses (
    id smallint primary key default 1,
    wrong bigint not null default 0,
    constraint code_guesses_one check (id = 1)
);
insert into notify.code_guesses default values;

-- Accounts that write to us and belong to no number, for a day: how often they tried a code, and when they last had an answer.
create table notify.strangers (
    channel text not null,
    blind_index bytea not null,
    tries smallint not null default 0,
    tries_since timestamptz not null,
    answered_at timestamptz,
    seen_at timestamptz not null,
    tried text[] not null default '{}',        -- the messages that those tries were: a provider that repeats one guesses nothing
    primary key (channel, blind_index)
);
create index strangers_seen on notify.strangers (seen_at);

create table notify.questions (
    id uuid primary key,
    contact_point_id uuid not null,
    kind text not null,
    code integer not null,
    status text not null default 'waiting',
    created_at timestamptz not null,
    asked_at timestamptz,                      -- when its first message was handed to the carrier
    expires_at timestamptz not null,           -- from then on an answer is late; the lease moves it once the offer is submitted
    closed_at timestamptz,
    answer text,                               -- the first answer; null: none
    answered_at timestamptz,
    thanked boolean not null default false,    -- a second answer was politely answered once
    constraint questions_kind check (kind in ('visit', 'escalation', 'shift', 'incident', 'session', 'consent', 'drill', 'fixed', 'survey', 'cancel', 'move')),
    constraint questions_code check (code >= 10),
    constraint questions_status check (status in ('waiting', 'open', 'paused', 'answered', 'expired', 'withdrawn')),
    constraint questions_closed check ((closed_at is not null) = (status in ('answered', 'expired', 'withdrawn')))
) with (fillfactor = 80);
create unique index questions_one_open_a_phone on notify.questions (contact_point_id) where status = 'open';
create unique index questions_code_of_phone on notify.questions (contact_point_id, code) where status in ('waiting', 'open', 'paused');
create index questions_of_phone on notify.questions (contact_point_id, created_at);
create index questions_expiring on notify.questions (expires_at) where status in ('waiting', 'open', 'paused');

-- What an answer is about. A visit question has one offer; a lead's escalations share one question.
create table notify.question_offers (
    offer_id uuid primary key,
    question_id uuid not null,
    message_id uuid,                           -- which text told of it; null: a call task did
    request_id uuid not null,
    job_id uuid not null,
    city text not null,
    category text not null,
    commune_code text not null,
    lease_seconds double precision not null,
    not_after timestamptz not null,
    closed_at timestamptz                      -- taken back or decided: an answer no longer speaks of it
);
create index question_offers_of_question on notify.question_offers (question_id);

-- Accepted jobs have a short number for later words ("DEN 14"), out of the same row as the codes: never two meanings at once.
create table notify.jobs_on_phone (
    contact_point_id uuid not null,
    job_id uuid not null,
    number integer not null,
    offer_id uuid not null,
    request_id uuid not null,
    city text not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    asked text,                                -- what we asked about it and still wait for: going, well
    puzzled boolean not null default false,    -- of the version before `asked_back`, which still writes it while it runs
    asked_back text[] not null default '{}',   -- what we asked back about it, each once: outcome, late, absent, coming
    primary key (contact_point_id, job_id),
    constraint jobs_on_phone_asked check (asked in ('going', 'well')),
    constraint jobs_on_phone_number check (number >= 10)
);
create unique index jobs_on_phone_number_live on notify.jobs_on_phone (contact_point_id, number) where ended_at is null;
create index jobs_on_phone_of_job on notify.jobs_on_phone (job_id) where ended_at is null;

create table notify.messages (
    id uuid primary key,
    cause_event_id uuid not null,              -- with person and purpose: the same event never writes twice
    contact_point_id uuid not null,
    key_id uuid not null,
    address text,                              -- sealed; null once erased
    body text,                                 -- sealed; null once erased
    city text not null,
    commune_code text,                         -- whose budget pays for it; null: of no commune
    request_id uuid not null,
    job_id uuid,
    question_id uuid,
    role text not null,
    purpose text not null,
    priority text not null,
    urgency smallint not null,                 -- 0 first; from priority and purpose; 8: of a broadcast, or to many
    own_act boolean not null,                  -- answers what this person just did: may come at night
    told boolean not null default true,        -- events are emitted; false for answers to answers
    channels text[] not null,                  -- the ladder, in the order this person prefers
    rung smallint not null default 0,
    status text not null default 'queued',
    reason text,                               -- why it ended undelivered
    attempts smallint not null default 0,      -- that count: a carrier that was away does not
    resends smallint not null default 0,       -- after an unknown attempt: once
    attempt_id uuid,                           -- the running or last one
    not_before timestamptz not null,           -- claimed from then on
    not_after timestamptz not null,            -- worthless from then on
    lease_until timestamptz,                   -- sending: lost afterwards; unknown: decided afterwards
    climb_at timestamptz,                      -- submitted: the next channel has it afterwards; null: it may rest there
    version bigint not null default 0,         -- of its events
    traceparent text,
    created_at timestamptz not null,
    submitted_at timestamptz,
    ended_at timestamptz,
    constraint messages_priority check (priority in ('P1', 'P2', 'P3', 'P4')),
    constraint messages_status check (status in ('held', 'queued', 'sending', 'submitted', 'unknown', 'delivered', 'undelivered', 'withdrawn')),
    constraint messages_lease check ((lease_until is not null) = (status in ('sending', 'unknown'))),
    constraint messages_climb check (climb_at is null or status = 'submitted'),
    constraint messages_ended check ((ended_at is not null) = (status in ('delivered', 'undelivered', 'withdrawn'))),
    constraint messages_once unique (cause_event_id, contact_point_id, purpose)
) with (fillfactor = 70);
create index messages_queued on notify.messages (urgency, not_before, id) where status = 'queued';
create index messages_dying on notify.messages (not_after) where status in ('held', 'queued');
create index messages_leased on notify.messages (lease_until) where status in ('sending', 'unknown');
create index messages_climbing on notify.messages (climb_at, contact_point_id) where climb_at is not null;
-- By an expression: where a phone or a question is asked for, no other index of waiting messages fits. The planner thinks little of any of them, for
-- they are mostly empty, and took one that does not know phones: all that waits was read, once for each phone.
create index messages_in_flight on notify.messages ((case when status = 'sending' then contact_point_id end), lease_until)
    where (case when status = 'sending' then contact_point_id end) is not null;
create index messages_queued_for_phone on notify.messages ((case when status = 'queued' then contact_point_id end), not_before)
    where (case when status = 'queued' then contact_point_id end) is not null;
create index messages_waiting_of_question on notify.messages ((case when status in ('held', 'queued') then question_id end))
    where (case when status in ('held', 'queued') then question_id end) is not null;
create index messages_bulk_open on notify.messages (cause_event_id) where urgency = 8 and status in ('queued', 'sending', 'unknown');
create index messages_of_request on notify.messages (request_id);

-- One attempt is one id at the carrier. `counts`: against the person's allowance, and as an attempt. `as_resident`: against the
-- allowance of the resident, whom anybody can have written to, and not of the helper or lead who may have the same phone.
-- `as_answer`: to what they have just done themselves, against an allowance of its own.
create table notify.message_attempts (
    id uuid primary key,
    message_id uuid not null,
    contact_point_id uuid not null,
    number smallint not null,
    channel text not null,
    carrier text not null,
    carrier_ref text,
    status text not null default 'sending',
    counts boolean not null default true,
    as_resident boolean not null default false,
    as_answer boolean not null default false,
    bulk boolean not null default false,       -- of a broadcast: against an allowance of its own
    cost_vnd integer not null default 0,       -- what the provider asks for it; owed unless it did not leave
    reason text,
    started_at timestamptz not null,
    submitted_at timestamptz,
    ended_at timestamptz,
    constraint message_attempts_status check (status in ('sending', 'submitted', 'unknown', 'delivered', 'undelivered', 'not_sent'))
) with (fillfactor = 70);
create index message_attempts_of_message on notify.message_attempts (message_id);
create index message_attempts_started on notify.message_attempts using brin (started_at) with (pages_per_range = 16, autosummarize = on);
create index message_attempts_allowance on notify.message_attempts (contact_point_id, started_at) where counts and channel = 'sms';
create index message_attempts_bulk on notify.message_attempts (contact_point_id, started_at) where bulk;

-- What carriers said, each word once.
create table notify.receipts (
    attempt_id uuid not null,
    status text not null,
    carrier text not null,
    carrier_ref text,
    at timestamptz not null,
    primary key (attempt_id, status)
);

-- What a provider calls an attempt, where its receipts name nothing else; of no other route.
create table notify.attempt_refs (
    carrier text not null,
    carrier_ref text not null,
    attempt_id uuid not null,
    primary key (carrier, carrier_ref)
);
create index attempt_refs_by_age on notify.attempt_refs (attempt_id); -- ids begin with their time

-- Receipts that overtook the recording of their reference, or are forged: looked at again for an hour.
create table notify.early_receipts (
    carrier text not null,
    carrier_ref text not null,
    status text not null,
    at timestamptz not null,
    primary key (carrier, carrier_ref, status)
);

-- What people wrote, stored before anything is made of it.
create table notify.inbound_texts (
    id bigint generated always as identity primary key,
    carrier text not null,
    carrier_message_id text not null,
    channel text not null default 'sms',
    contact_point_id uuid not null,
    key_id uuid not null,
    body text,                                 -- sealed; null once erased
    received_at timestamptz not null,
    handled_at timestamptz,
    outcome text,                              -- what we made of it
    constraint inbound_texts_once unique (carrier, carrier_message_id),
    constraint inbound_texts_handled check ((handled_at is not null) = (outcome is not null)),
    constraint inbound_texts_outcome check
        (outcome in ('reply', 'asked_back', 'unknown_code', 'double', 'passed_on', 'erased', 'account', 'rang'))
);
create index inbound_texts_rings on notify.inbound_texts (received_at) where carrier = 'missed_calls' and outcome = 'asked_back';
create index inbound_texts_unhandled on notify.inbound_texts (contact_point_id, id) where handled_at is null;
create index inbound_texts_of_phone on notify.inbound_texts (contact_point_id);

-- A person whom no machine reaches: somebody calls, and there is always an owner and a time.
create table notify.call_tasks (
    id uuid primary key,
    cause_event_id uuid not null,
    contact_point_id uuid not null,
    key_id uuid not null,
    address text,                              -- sealed; null once erased
    body text,                                 -- sealed: what to say; null: the purpose says it, or erased
    peer text,                                 -- a Sealed: the number to connect with, of a call that brings two together
    city text not null,
    request_id uuid not null,
    job_id uuid,
    offer_id uuid,
    role text not null,
    purpose text not null,
    priority text not null,
    status text not null default 'open',
    owner text not null default 'city_desk',   -- never empty: the desk, or the operator who took it
    due_at timestamptz not null,
    raised smallint not null default 0,        -- how often it fell back to the desk because nobody had called
    version bigint not null default 0,
    outcome text,
    created_at timestamptz not null,
    taken_at timestamptz,
    ended_at timestamptz,
    commune_code text,                         -- of the request, when it was asked for: whose operators may take it; null: the city's alone
    constraint call_tasks_priority check (priority in ('P1', 'P2', 'P3', 'P4')),
    constraint call_tasks_status check (status in ('open', 'taken', 'done', 'dropped')),
    constraint call_tasks_owner check (owner <> ''),
    constraint call_tasks_ended check ((ended_at is not null) = (status in ('done', 'dropped'))),
    constraint call_tasks_outcome check ((outcome is not null) = (ended_at is not null)),
    constraint call_tasks_once unique (cause_event_id, contact_point_id, purpose)
);
create index call_tasks_to_make on notify.call_tasks (due_at) where status in ('open', 'taken');
create index call_tasks_to_hang_up on notify.call_tasks (id) where status = 'dropped' and owner = 'bridge';
create index call_tasks_of_request on notify.call_tasks (request_id);

-- A channel none of whose routes took anything for a while. One is open at a time, whatever the number of processes.
create table notify.outages (
    id uuid primary key,
    channel text not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    constraint outages_ended check (ended_at >= began_at)
);
create unique index outages_open on notify.outages (channel) where ended_at is null;

-- One text to thousands: made by a person, and nobody hears it before a person starts it. No personal data in the texts.
create table notify.broadcasts (
    id uuid primary key,
    city text not null,
    kind text not null,
    status text not null default 'draft',
    audience jsonb not null,                   -- whom it is for, as it was asked
    text_vi text not null,
    text_en text not null,
    not_after timestamptz not null,            -- worthless from then on
    per_second integer,                        -- slower than the lane; null: as fast as the lane
    paced_at timestamptz not null default 'epoch', -- up to then its pace is used up
    made_by text not null,                     -- name of a token
    created_at timestamptz not null,
    gathered_at timestamptz,                   -- dispatch has named everybody
    started_at timestamptz,
    progressed_at timestamptz not null,        -- when somebody was last named or told
    ended_at timestamptz,
    form_hash bytea,                           -- of all that was asked for: the same key with another form is refused
    constraint broadcasts_kind check (kind in ('outage', 'session', 'campaign')),
    constraint broadcasts_status check (status in ('draft', 'running', 'paused', 'stopped', 'done')),
    constraint broadcasts_per_second check (per_second between 1 and 10000),
    constraint broadcasts_ended check ((ended_at is not null) = (status in ('stopped', 'done')))
);
create index broadcasts_running on notify.broadcasts (started_at) where status = 'running';
create index broadcasts_of_city on notify.broadcasts (city, created_at);

-- Whom a broadcast is for, each once. It is the queue: a message is written when it is somebody's turn, and claimed with it.
create table notify.broadcast_people (
    broadcast_id uuid not null,
    contact_point_id uuid not null,
    key_id uuid not null,
    address text,                              -- sealed; null once written or skipped
    language text not null,
    channels text[] not null,
    channel text,                              -- the first of them that somebody serves; null: none
    role text not null,
    status text not null default 'waiting',
    reason text,                               -- why it was skipped
    not_before timestamptz not null,
    primary key (broadcast_id, contact_point_id),
    constraint broadcast_people_status check (status in ('waiting', 'written', 'skipped')),
    constraint broadcast_people_reason check ((reason is not null) = (status = 'skipped'))
) with (fillfactor = 80);
create index broadcast_people_waiting on notify.broadcast_people (broadcast_id, not_before, contact_point_id) where status = 'waiting';
create index broadcast_people_kept on notify.broadcast_people (broadcast_id) where address is not null;
create index broadcast_people_of_person on notify.broadcast_people (contact_point_id) where address is not null;

-- The pace of all broadcasts together: one row, whose lock lets one replica hand out at a time.
create table notify.broadcast_lane (
    id smallint primary key default 1,
    paced_at timestamptz not null default 'epoch', -- up to then the pace is used up
    left_at timestamptz[] not null default '{}', -- when something left in the last second
    left_many integer[] not null default '{}',  -- and how many then
    constraint broadcast_lane_one check (id = 1)
);
insert into notify.broadcast_lane default values;

-- What became of probes: messages to numbers of ours, which are nobody's. Real time; kept for a week.
create table notify.probes (
    id uuid primary key,                       -- what the provider knows it by
    carrier text not null,
    carrier_ref text,                          -- its own id, where its receipts name no other
    sent_at timestamptz not null,
    ended_at timestamptz,
    outcome text,
    constraint probes_outcome check (outcome in ('delivered', 'undelivered', 'refused', 'down', 'uncertain', 'lost')),
    constraint probes_ended check ((ended_at is null) = (outcome is null))
);
create index probes_of_carrier on notify.probes (carrier, sent_at);
create index probes_sent on notify.probes (sent_at);
create index probes_awaited on notify.probes (carrier) where outcome is null;

-- The newest version seen of a request or job: what is older is counted and dropped.
create table notify.subjects (
    id uuid primary key,
    version bigint not null
) with (fillfactor = 70);

-- The pair of tokens of a Zalo app. The one that renews works a single time: whoever uses it has claimed the row (`renewing_until`)
-- and committed that; the new pair is committed before anybody uses it.
create table notify.zalo_tokens (
    app_id text primary key,
    pair text not null,                        -- both, sealed under the deployment's own key
    access_until timestamptz not null,
    version bigint not null default 1,         -- raised by each new pair
    renewing_until timestamptz,                -- somebody is at it, or it has failed and is not tried before
    failure text,                              -- why renewing this pair has failed the last time; null: it has not
    changed_at timestamptz not null,
    constraint zalo_tokens_failure check (failure in ('away', 'unknown', 'refused'))
);

-- The simulated carrier (embedded and test profiles only) ----------------------------------------------------------------------
-- Its schema plays somebody else's machines: the mobile network and the phones. So texts and numbers stand here in clear, nothing
-- of ours reads it but /dev/messages, and its role sees no other schema.

select transport.open_schema('carrier');

create table carrier.messages (
    id bigint generated always as identity primary key,
    attempt_id uuid not null,                  -- not unique: what was sent twice is there twice
    to_number text not null,
    channel text not null,
    body text not null,
    request_id uuid not null,
    kind text not null,
    outcome text not null,
    at timestamptz not null,
    constraint messages_outcome check (outcome in ('delivered', 'undelivered', 'rejected'))
);
create index messages_of_attempt on carrier.messages (attempt_id);
create index messages_since on carrier.messages (at);

create table carrier.receipts (
    id bigint generated always as identity primary key,
    attempt_id uuid not null,
    status text not null,
    due_at timestamptz not null
);
create index receipts_due on carrier.receipts (due_at, id);

-- Service levels ---------------------------------------------------------------------------------------------------------------

-- What happened, kept five years; every figure can be counted again from here. No person, no place finer than a commune.
create table notify.sla_log (
    event_id uuid primary key,
    type text not null,
    at timestamptz not null,
    request_id uuid not null,
    round smallint,                            -- each reopening and second visit is one; null: intake speaks of a later one
    job_id uuid,                               -- null: intake speaks
    version bigint not null,
    city text not null,
    commune_code text,
    category text not null,
    priority text not null,
    started_at timestamptz not null,           -- of the round; of the request where intake speaks
    offer_kind text,
    visit smallint,
    wave smallint,
    reason text,
    outcome text,
    escalated_to text,
    since timestamptz,
    until timestamptz,
    channel text,                              -- what reports are broken down by; null in lines from before they were kept
    vulnerable boolean,                        -- whether anything was said of it, never what
    responder_kind text,                       -- of whoever has the job
    resident_told boolean,                     -- whether the event writes to the resident
    score smallint                             -- of request.rated: 1 to 5
);
create index sla_log_of_request on notify.sla_log (request_id);
create index sla_log_at on notify.sla_log using brin (at);
create index sla_log_started on notify.sla_log using brin (started_at);

-- What the consumer has heard and nobody has written into the log yet: noted in the transaction of the batch, moved in large ones.
create table notify.sla_news (
    id bigint generated always as identity primary key,
    entry jsonb not null
);

-- One round of one request: when it reached which stage, and until when it should have. Times only ever get earlier, whatever
-- order events come in.
create table notify.sla_rounds (
    request_id uuid not null,
    round smallint not null,
    job_version bigint not null,               -- of the newest job event seen; below 0: only intake has spoken
    city text not null,
    commune_code text,
    category text not null,
    priority text not null,
    started_at timestamptz not null,           -- filed, or the round opened
    first_offer_at timestamptz,
    accepted_at timestamptz,
    on_scene_at timestamptz,
    done_at timestamptz,
    closed_at timestamptz,                     -- done, handed off or cancelled: no promise is missed afterwards
    outcome text,
    releases smallint not null default 0,
    pauses text[] not null default '{}',       -- "from/until" of those that stop the promises
    paused_until timestamptz,                  -- of one that runs
    counted text[] not null default '{}',      -- what sla_counts holds of this round, and under which tier: "accepted@P2"; never taken back
    check_at timestamptz,                      -- when the counter looks again: after news, at the next deadline; null: never
    primary key (request_id, round)
) with (fillfactor = 70);
create index sla_rounds_to_check on notify.sla_rounds (check_at) where check_at is not null;

-- The series Prometheus reads: only ever growing, changed in the transaction that marks the round as counted.
create table notify.sla_counts (
    series text not null,
    priority text not null,
    label text not null,                       -- a bucket's limit, an outcome, or ''
    value double precision not null,
    primary key (series, priority, label)
) with (fillfactor = 50);

-- Shares that others have counted, as they were imported: the last word about a day and a place counts. Those before it stay: an
-- edition was made from what was known then.
create table notify.kpi_rows (
    city text not null,
    measure text not null,
    day date not null,
    commune_code text not null,                 -- '' : of the whole city, beside what communes tell
    n integer not null,
    good integer not null,
    imported_at timestamptz not null,
    imported_by text not null,
    primary key (city, measure, day, commune_code, imported_at),
    constraint kpi_rows_share check (good between 0 and n)
);

-- Reports that were handed in, word for word: nobody may change or remove one.
create table notify.sla_editions (
    id uuid primary key,
    city text not null,
    since date not null,
    until date not null,
    phase text,
    broken_down_by text[] not null,
    as_of timestamptz not null,                -- the log as it stood then
    submitted_at timestamptz not null,
    submitted_by text not null,
    code_version text not null,                -- of all that decides about a figure
    supersedes uuid unique references notify.sla_editions,  -- the edition before it about the same days
    sha256 text not null,                      -- of `body`, in UTF-8
    body text not null,
    constraint sla_editions_hash check (sha256 ~ '^[0-9a-f]{64}$')
);
revoke update, delete, truncate on notify.sla_editions from techrescue_notify;

grant select, insert, update, delete on notify.sla_log, notify.sla_rounds, notify.sla_counts to techrescue_notify;
grant select on notify.sla_log, notify.sla_rounds, notify.sla_counts to auditor;
