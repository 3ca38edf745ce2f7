-- Schema notify, and that of the simulated carrier, as far as the judge looks at them.

-- name: notify_messages
select id, request_id, status, resends, not_before, not_after, lease_until, climb_at from notify.messages

-- name: notify_questions
select id, expires_at from notify.questions where closed_at is null

-- name: notify_asked_offers
select offer_id from notify.question_offers
union
select offer_id from notify.call_tasks where offer_id is not null

-- name: notify_call_tasks
select id, owner, due_at from notify.call_tasks where status in ('open', 'taken')

-- name: notify_attempts
select id, message_id, channel from notify.message_attempts

-- name: carrier_deliveries
select attempt_id, count(*) as times from carrier.messages where outcome = 'delivered' and kind not in ('probe', 'link_how', 'link_wrong') group by attempt_id
