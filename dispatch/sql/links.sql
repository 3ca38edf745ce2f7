-- Link tokens: only their SHA-256 is here.

-- name: put_link
insert into link_tokens (hash, offer_id) values ($1, $2)

-- name: offer_of_link
-- A link lives as long as its offer and a day longer, for a late look: texts with links in them stay on phones for years.
select link.offer_id
from link_tokens link
join offers on offers.id = link.offer_id
where link.hash = $1
    and (offers.status in ('pending', 'accepted') or offers.ended_at > transport.app_clock() - interval '1 day')
