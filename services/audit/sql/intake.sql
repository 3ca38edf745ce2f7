-- Schema intake, as far as the judge looks at it.

-- name: intake_callbacks
select id, owner, case when status = 'taken' then lease_until else due_at end as due_at
from intake.callbacks
where ended_at is null

-- name: intake_talks
select id, stage, heard_at,
    exists(select from intake.timers where kind = 'conversation' and subject = talk.id and guard = talk.version) as watched,
    exists(select from intake.incoming_messages where conversation_id = talk.id and read_at is null) as listed
from intake.conversations talk
where stage <> 'over'

-- name: intake_unreturned
-- A callback that ends says until when it covers calls; an answer and a request that is surely theirs cover what came before them.
select call.id, call.heard_at
from intake.calls call
where call.unanswered_at is not null and call.contact_point_id is not null
    and not exists (select from intake.callbacks where contact_point_id = call.contact_point_id and ended_at is null)
    and not exists (
        select from intake.callbacks
        where contact_point_id = call.contact_point_id and covers_until >= call.unanswered_at
    )
    and not exists (
        select from intake.calls later
        where later.contact_point_id = call.contact_point_id and later.answered_at >= call.unanswered_at
    )
    and not exists (
        select from intake.proved_filings
        where contact_point_id = call.contact_point_id and filed_at >= call.unanswered_at
    )

-- name: intake_requests
select id, code, case when held and status = 'filed' then 'held' else status end as status, commune_code, owner, updated_at, contact_point_id, phone_box = '' and cleared_at is null as forgotten,
    danger_at is not null as on_board
from intake.requests

-- name: intake_rights
select id, owner, due_at, raised_at is not null as raised,
    exists(select from intake.timers where kind = 'privacy' and subject = one.id) as watched
from intake.privacy_requests one where status = 'open'

-- name: intake_inquiries
-- That still count: whether it is fixed only while the request waits to hear it.
select ask_id as id, about, open_until,
    exists(
        select from intake.timers
        where subject = inquiry.request_id and kind = case about when 'fixed' then 'close' else 'wish_over' end
    ) as watched
from intake.inquiries inquiry join intake.requests request on request.id = request_id
where answered_at is null and (about in ('cancel', 'move') or about = 'fixed' and request.status = 'resolved' and round = reopened)

-- name: intake_tickets
select id, status, owner, taken_at from intake.tickets where status in ('waiting', 'called')

-- name: intake_unfreed
select merged.id, other.updated_at as ended_at
from intake.merges join intake.requests merged on merged.id = merges.request_id join intake.requests other on other.id = merges.into_id
where merged.status = 'cancelled' and merged.details_box <> '' and other.status in ('cancelled', 'unreached')
    and merged.contact_point_id <> other.contact_point_id
