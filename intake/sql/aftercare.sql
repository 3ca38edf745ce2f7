-- After the help, and wishes from elsewhere: what registered numbers are asked, and the marks they give. Under the request's lock.

-- name: put_inquiry
insert into inquiries (ask_id, request_id, about, round, asked_at, open_until, asked_by) values ($1, $2, $3, $4, $5, $6, $7)

-- name: open_inquiry
select ask_id, open_until from inquiries
where request_id = $1 and about = $2 and round = $3 and answered_at is null and open_until > transport.app_clock()
order by asked_at desc limit 1

-- name: last_inquiry
select ask_id, open_until from inquiries where request_id = $1 and about = $2 and round = $3 order by asked_at desc limit 1

-- name: inquiry_by
select ask_id, request_id, about, round, open_until, answered_at from inquiries where ask_id = $1

-- name: note_answer
-- The last word counts: also a second answer to the same question.
update inquiries set answer = $4, answered_at = $5 where request_id = $1 and about = $2 and round = $3

-- name: end_wishes
-- Nobody has answered in time: nothing changes.
update inquiries set answer = 'silence', answered_at = $2
where request_id = $1 and about = 'cancel' and answered_at is null and open_until <= $2
returning ask_id

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
