-- Web chats: who talks on the page, and what is new for whoever listens.

-- name: open_chat
insert into chat_sessions (id, token_hash, contact_point_id, opened_at, expires_at) values ($1, $2, $3, $4, $5)

-- name: find_chat
select token_hash, contact_point_id, expires_at, transport.app_clock() as now from chat_sessions where id = $1

-- name: prolong_chat
-- Never shorter: two messages at once, in whatever order they end.
update chat_sessions set expires_at = greatest(expires_at, $2) where id = $1

-- name: open_chats
select id from chat_sessions where id = any ($1::uuid[]) and expires_at > transport.app_clock()

-- name: turns_after
-- Of each chat what came after the turn that its listeners have, oldest first.
select turn.id, turn.contact_point_id, turn.speaker, turn.text_box, turn.at, turn.key_id
from unnest($1::uuid[], $2::bigint[]) as listened (contact_point_id, after)
cross join lateral (
    select turn.id, turn.contact_point_id, turn.speaker, turn.text_box, turn.at, talk.key_id
    from conversation_turns turn join conversations talk on talk.id = turn.conversation_id
    where turn.contact_point_id = listened.contact_point_id and turn.id > listened.after
    order by turn.id
    limit $3
) turn
order by turn.id

-- name: sweep_chats
-- For a while a chat that has ended is known, so that whoever comes back hears that it has. One of which anything is left, a talk
-- that a person still has or words that nobody has read, stays: whoever wrote them is forgotten in the vault together with it.
delete from chat_sessions
where id in (
    select id from chat_sessions chat
    where expires_at < $1
        and not exists (select from conversations where conversations.contact_point_id = chat.contact_point_id)
        and not exists (select from conversation_turns where conversation_turns.contact_point_id = chat.contact_point_id)
        and not exists (select from incoming_messages where incoming_messages.contact_point_id = chat.contact_point_id)
    order by expires_at limit $2 for update skip locked
)
returning id

-- name: forget_chats
delete from chat_sessions where contact_point_id = $1
    or contact_point_id in (select contact_point_id from conversations where filer_ids @> array[$1::uuid])
