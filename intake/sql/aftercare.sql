-- After the help, and wishes from elsewhere: what registered numbers are asked, and the marks they give. Under the request's lock.

-- name: numbers_of_request
-- Whose word counts: the registered number, and the visited person's, where they were asked on their own.
select requests.contact_point_id as registered, coalesce(consents.contact_point_id, requests.contact_point_id) as visited
from requests left join consents on consents.request_id = requests.id where requests.code = $1

-- name: call_in_hand
-- The call in which this operator is, as the telephone system says; of one that nobody has ended for four hours nobody knows.
select contact_point_id from calls
where operator = $1 and answered_at is not null and ended_at is null and unanswered_at is null and heard_at > transport.app_clock() - interval '4 hours'
order by answered_at desc limit 1

-- name: put_inquiry
insert into inquiries (ask_id, request_id, about, round, asked_at, open_until, asked_by, key_id, move_box)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: open_inquiry
select ask_id, open_until, about, key_id, move_box from inquiries
where request_id = $1 and about = $2 and round = $3 and answered_at is null and open_until > transport.app_clock()
order by asked_at desc limit 1

-- name: last_inquiry
select ask_id, open_until, about from inquiries where request_id = $1 and about = $2 and round = $3 order by asked_at desc limit 1

-- name: inquiry_by
select ask_id, request_id, about, round, open_until, answered_at, key_id, move_box from inquiries where ask_id = $1

-- name: note_answer
-- The last word counts: also a second answer to the same question. What a move would have changed is kept nowhere any more.
-- Says whether the question had been open.
with before as (
    select coalesce(bool_or(answered_at is null), false) as open from inquiries where request_id = $1 and about = $2 and round = $3
), noted as (
    update inquiries set answer = $4, answered_at = $5, move_box = null where request_id = $1 and about = $2 and round = $3
)
select open from before

-- name: end_wishes
-- Nobody has answered in time: nothing changes.
update inquiries set answer = 'silence', answered_at = $2, move_box = null
where request_id = $1 and about in ('cancel', 'move') and answered_at is null and open_until <= $2
returning ask_id, about, open_until

-- name: end_inquiries
-- "Is it fixed?" and the mark, which nobody has answered: over, at most $2 at once. A late word is still heard.
update inquiries set answer = 'silence', answered_at = $1
where ask_id in (
    select ask_id from inquiries where answered_at is null and open_until <= $1 and about in ('fixed', 'survey')
    order by open_until limit $2 for update skip locked
)
returning about

-- name: forget_moves
update inquiries set move_box = null from requests
where requests.contact_point_id = $1 and inquiries.request_id = requests.id and inquiries.move_box is not null

-- name: ended_at
-- When the help ended: resolved, or closed, whichever was later.
select max(at) from steps where request_id = $1 and status in ('resolved', 'closed', 'unreached', 'handed_off')

-- name: put_mark
-- One a request: a later word takes the place of an earlier one, whichever arrives first.
insert into surveys as known (request_id, contact_point_id, round, score, why_box, key_id, door, said_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (request_id) do update set
    contact_point_id = excluded.contact_point_id, round = excluded.round, score = excluded.score, why_box = excluded.why_box,
    key_id = excluded.key_id, door = excluded.door, said_at = excluded.said_at
where known.said_at < excluded.said_at
returning true

-- name: forget_why
update surveys set why_box = null where contact_point_id = $1
