-- Where people are reached besides their number. Phones are locked before their accounts (law 2); every address is sealed.

-- name: owner_of_account
-- Whose account this is, and the key of that person; without a number it is nobody's but its own.
select account.contact_point_id, point.key_id, point.address is not null as has_number
from accounts account join contact_points point on point.id = account.contact_point_id
where account.channel = $1 and account.blind_index = $2

-- name: look_at_chat
-- What has to be known before a text of a chat is taken, in one look: the time; the same text ($1, $2), and whether it was the code
-- that has bound an account; whose account it is ($3, $4), as above; codes that were none, counted since $5 before now, and whether
-- this text was one of them.
select
    clock.now, known.contact_point_id as known_of, coalesce(known.outcome = 'account', false) as bound,
    account.contact_point_id, point.key_id, point.address is not null as has_number,
    case when stranger.tries_since >= clock.now - $5::interval then stranger.tries else 0 end as tries,
    coalesce($2 = any (stranger.tried), false) as is_repeated
from (select transport.app_clock() as now) clock
left join inbound_texts known on known.carrier = $1 and known.carrier_message_id = $2
left join accounts account on account.channel = $3 and account.blind_index = $4
left join contact_points point on point.id = account.contact_point_id
left join strangers stranger on stranger.channel = $3 and stranger.blind_index = $4

-- name: bind_account
-- One account of a channel a phone: the newest counts.
insert into accounts (contact_point_id, channel, key_id, address, blind_index, bound_at) values ($1, $2, $3, $4, $5, $6)
on conflict (contact_point_id, channel) do update
set key_id = excluded.key_id, address = excluded.address, blind_index = excluded.blind_index, bound_at = excluded.bound_at,
    gone_at = null

-- name: unbind_account
delete from accounts where contact_point_id = $1 and channel = any ($2::text[]) and gone_at is null returning channel

-- name: end_accounts
-- The provider says that nothing arrives there any more, of an attempt that began after the account was bound.
update accounts account set gone_at = $4, address = null, blind_index = null
from unnest($1::uuid[], $2::text[], $3::uuid[]) as given (contact_point_id, channel, attempt_id)
join message_attempts attempt on attempt.id = given.attempt_id
where account.contact_point_id = given.contact_point_id and account.channel = given.channel and account.gone_at is null
    and account.bound_at < attempt.started_at
returning account.contact_point_id, account.channel

-- name: new_code
-- The newest of a phone counts. Nothing comes back where another phone has the same code: the caller makes another one.
insert into account_codes as known (contact_point_id, code, expires_at, wrong_before)
select $1, $2, $3, (select wrong from code_guesses)
where not exists (select from account_codes where code = $2 and contact_point_id <> $1 and expires_at > $4)
on conflict (contact_point_id) do update set code = excluded.code, expires_at = excluded.expires_at, wrong_before = excluded.wrong_before
returning contact_point_id

-- name: forget_codes
delete from account_codes where expires_at <= $1

-- name: lock_guessing
-- Whoever looks at a code has this first, before any phone, and until what came of it is committed: of many that come at once each
-- sees the guesses before it. And so no account is bound twice at the same time.
select from code_guesses for update

-- name: count_wrong_code
update code_guesses set wrong = wrong + 1

-- name: phone_of_code
-- `void`: since it was made so many codes were wrong ($3) that it may be luck that somebody knows it.
select contact_point_id, (select wrong from code_guesses) - wrong_before >= $3 as void
from account_codes where code = $1 and expires_at > $2

-- name: use_code
-- Whoever deletes it has used it: of two accounts that write it at once only one.
delete from account_codes where code = $1 and contact_point_id = $2 and expires_at > $3 returning contact_point_id

-- name: meet_stranger
-- An account that belongs to no number wrote to us: is it worth an answer, and how often has it tried a code within the hour?
-- $3: the message, where it has just tried one that is none. $5: since when tries and answers count.
with known as (
    select answered_at from strangers where channel = $1 and blind_index = $2
)
insert into strangers as met (channel, blind_index, tries, tried, tries_since, answered_at, seen_at)
values ($1, $2, cardinality($3::text[]), $3, $4, $4, $4)
on conflict (channel, blind_index) do update
set tries = case when met.tries_since < $5 then 0 else met.tries end + cardinality($3),
    tried = case when met.tries_since < $5 then '{}' else met.tried end || $3,
    tries_since = case when met.tries_since < $5 then $4 else met.tries_since end,
    answered_at = case when met.answered_at is null or met.answered_at < $5 then $4 else met.answered_at end,
    seen_at = $4
returning tries, (select answered_at from known) is null or (select answered_at from known) < $5 as is_due

-- name: forget_strangers
-- Who has not written for a day is nobody we know of. Whoever writes just now is left for the next time.
delete from strangers where (channel, blind_index) in (
    select channel, blind_index from strangers where seen_at < (select transport.app_clock()) - interval '1 day'
    order by seen_at limit $1 for update skip locked)

-- name: forget_stranger
delete from strangers where channel = $1 and blind_index = $2

-- name: clear_accounts
-- Erased with the person, and so is what would find them.
with gone as (
    delete from accounts where contact_point_id = $1 returning 1
), codes as (
    delete from account_codes where contact_point_id = $1 returning 1
)
select (select count(*) from gone) + (select count(*) from codes)
